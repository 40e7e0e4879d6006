import { DescribeInstanceTypesCommand, type _InstanceType } from '@aws-sdk/client-ec2';
import { paginateListClusters } from '@aws-sdk/client-eks';
import { ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import type { QuotaRoom } from '#domain/preflight/quotas.ts';
import { refusalOf } from '#domain/refusal-of.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { Quotas } from '#activities/ports/quotas.ts';
import type { Access, ClusterRef } from '#activities/ports/refs.ts';
import { asFailure, isAwsError } from '#activities/adapters/known-failures.ts';
import { readMetricData } from '#activities/adapters/metrics/metric-data.ts';
import type { AwsClients } from './aws-clients.ts';
import { eachNodegroup } from './found-nodegroups.ts';

/**
 * Quotas of Service Quotas with what is used of them. AWS counts vCPUs itself (`AWS/Usage`); clusters and OIDC providers are listed.
 * Instances of other families than the Standard ones have quotas of their own, which are not looked at.
 */
interface QuotaName {
  readonly service: string;
  readonly code: string;
}

const CLUSTERS: QuotaName = { service: 'eks', code: 'L-1194D53C' };
const ISSUERS: QuotaName = { service: 'iam', code: 'L-858F3967' };
const VCPUS: Readonly<Record<Market, QuotaName>> = {
  'on-demand': { service: 'ec2', code: 'L-1216C47A' },
  spot: { service: 'ec2', code: 'L-34B43A08' },
};
type Market = 'on-demand' | 'spot';

/** A, C, D, H, I, M, R, T, Z, and the storage families `im` and `is`; not `dl`, `hpc`, `inf`, `mac`, `trn`. */
const STANDARD = /^(?:[acdhimrtz]|im|is)\d/u;
/** Usage is reported every five minutes; older than this it is not believed. */
const USAGE_SECONDS = 1_800;
const USAGE_PERIOD_SECONDS = 300;

export function createServiceQuotas({
  clients,
  clock,
}: {
  readonly clients: AwsClients;
  readonly clock: Pick<Clock, 'nowMs'>;
}): Quotas {
  return {
    read: async (blue, green, signal) => {
      const rooms: QuotaRoom[] = [];
      const unread: string[] = [];
      const ask = async (
        name: QuotaName,
        access: Access,
        needed: number,
        used: (quota: ServiceQuota) => Promise<number | null>,
      ): Promise<void> => {
        if (needed === 0) return;
        const place = `quota ${name.service} ${name.code} in ${access.region}`;
        const reading = asFailure(place, signal, async () => {
          const quota = await quotaOf(clients, name, access, signal);
          return { quota, used: await used(quota) };
        });
        const found = await reading.catch((cause: unknown) => refusalOf(cause).message);
        if (typeof found === 'string') unread.push(`${name.code}: ${found}`);
        else if (found.used === null) unread.push(`${name.code}: its usage is not reported`);
        else rooms.push(roomOf(name, access, found.quota, found.used, needed));
      };
      const vcpus = await asFailure(`node groups of ${blue.name}`, signal, async () =>
        vcpusOfTwin(clients, blue, green, signal),
      ).catch((cause: unknown) => refusalOf(cause).message);
      if (typeof vcpus === 'string') unread.push(`${VCPUS['on-demand'].code}: ${vcpus}`);
      const { onDemand, spot } = typeof vcpus === 'string' ? { onDemand: 0, spot: 0 } : vcpus;
      await Promise.all([
        ask(CLUSTERS, green, 1, async () => countClusters(clients, green, signal)),
        ask(ISSUERS, homeOfIam(green), 1, async () => countIssuers(clients, green, signal)),
        ask(VCPUS['on-demand'], green, onDemand, async (quota) =>
          usage(clients, green, quota, clock.nowMs() / 1_000, signal),
        ),
        ask(VCPUS.spot, green, spot, async (quota) =>
          usage(clients, green, quota, clock.nowMs() / 1_000, signal),
        ),
      ]);
      return { rooms, unread };
    },
  };
}

/** Service Quotas tells of IAM in one region of each partition. */
function homeOfIam(access: Access): Access {
  if (access.region.startsWith('cn-')) return { ...access, region: 'cn-north-1' };
  if (access.region.startsWith('us-gov-')) return { ...access, region: 'us-gov-west-1' };
  return { ...access, region: 'us-east-1' };
}

/** The account's own value; AWS's default where Service Quotas has none. */
async function quotaOf(
  clients: AwsClients,
  { service: ServiceCode, code: QuotaCode }: QuotaName,
  access: Access,
  abortSignal: AbortSignal,
): Promise<ServiceQuota> {
  const client = clients.serviceQuotas(access);
  const name = { ServiceCode, QuotaCode };
  try {
    const { Quota } = await client.send(new GetServiceQuotaCommand(name), { abortSignal });
    if (Quota?.Value !== undefined) return Quota;
  } catch (error) {
    if (!isAwsError(error, 'NoSuchResource')) throw error;
  }
  const command = new GetAWSDefaultServiceQuotaCommand(name);
  return (await client.send(command, { abortSignal })).Quota ?? {};
}

function roomOf(
  { service, code }: QuotaName,
  { region }: Access,
  { QuotaName: name = code, Value: limit = Infinity }: ServiceQuota,
  used: number,
  needed: number,
): QuotaRoom {
  return { service, code, name, region, limit, used, needed };
}

async function countClusters(
  clients: AwsClients,
  access: Access,
  abortSignal: AbortSignal,
): Promise<number> {
  const client = clients.eks(access).read;
  let count = 0;
  for await (const { clusters = [] } of paginateListClusters({ client }, {}, { abortSignal }))
    count += clusters.length;
  return count;
}

async function countIssuers(
  clients: AwsClients,
  access: Access,
  abortSignal: AbortSignal,
): Promise<number> {
  const command = new ListOpenIDConnectProvidersCommand({});
  const { OpenIDConnectProviderList = [] } = await clients
    .iam(access)
    .read.send(command, { abortSignal });
  return OpenIDConnectProviderList.length;
}

/** Null where AWS reports nothing. */
async function usage(
  clients: AwsClients,
  access: Access,
  { UsageMetric }: ServiceQuota,
  nowSeconds: number,
  signal: AbortSignal,
): Promise<number | null> {
  if (UsageMetric === undefined) return null;
  const { MetricNamespace, MetricName, MetricDimensions = {}, ...of } = UsageMetric;
  const Dimensions = Object.entries(MetricDimensions).map(([Name, Value]) => ({ Name, Value }));
  const [values] = await readMetricData(
    clients.cloudWatch(access),
    [
      {
        Metric: { Namespace: MetricNamespace, MetricName, Dimensions },
        Period: USAGE_PERIOD_SECONDS,
        Stat: of.MetricStatisticRecommendation ?? 'Maximum',
      },
    ],
    {
      fromSeconds: Math.floor(nowSeconds) - USAGE_SECONDS,
      toSeconds: Math.floor(nowSeconds) + USAGE_PERIOD_SECONDS,
      periodSeconds: USAGE_PERIOD_SECONDS,
    },
    'AWS/Usage',
    signal,
  );
  const newest = Math.max(...(values?.keys() ?? []));
  return values?.get(newest) ?? null;
}

/** What blue's node groups would take of each market, at the size that they have now. */
async function vcpusOfTwin(
  clients: AwsClients,
  blue: ClusterRef,
  green: Access,
  abortSignal: AbortSignal,
): Promise<{ readonly onDemand: number; readonly spot: number }> {
  const groups: { readonly type: string; readonly nodes: number; readonly isSpot: boolean }[] = [];
  for await (const [, group] of eachNodegroup(clients, blue, abortSignal)) {
    // On demand EKS takes the first type that it can have.
    const [type = ''] = group.instanceTypes ?? [];
    const nodes = group.scalingConfig?.desiredSize ?? 0;
    if (STANDARD.test(type)) groups.push({ type, nodes, isSpot: group.capacityType === 'SPOT' });
  }
  const sizes = await sizesOf(clients, green, new Set(groups.map(({ type }) => type)), abortSignal);
  const sum = (isSpot: boolean): number =>
    groups
      .filter((group) => group.isSpot === isSpot)
      .reduce((total, { type, nodes }) => total + nodes * (sizes.get(type) ?? 0), 0);
  return { onDemand: sum(false), spot: sum(true) };
}

/** vCPUs by type. */
async function sizesOf(
  clients: AwsClients,
  access: Access,
  types: ReadonlySet<string>,
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  if (types.size === 0) return new Map();
  const names = [...types].filter((type): type is _InstanceType => type !== '');
  const command = new DescribeInstanceTypesCommand({ InstanceTypes: names });
  const { InstanceTypes = [] } = await clients.ec2(access).send(command, { abortSignal });
  return new Map(
    InstanceTypes.map(({ InstanceType = '', VCpuInfo }) => [
      InstanceType,
      VCpuInfo?.DefaultVCpus ?? 0,
    ]),
  );
}
