import { CreateNodegroupCommand, DescribeNodegroupCommand } from '@aws-sdk/client-eks';
import { createServiceQuotas } from '#activities/adapters/aws/service-quotas.ts';
import type { QuotaRoom } from '#domain/preflight/quotas.ts';
import { createCloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import { QUOTA_CODES } from '#sandbox/aws/quotas/quota-book.ts';
import { ROLES, SUBNETS } from '#sandbox/aws/seed.ts';
import { REAL_CLOCK } from '#test/fakes/fake-clock.ts';
import { ACCESS, startEmulatedAws, type EmulatedAws } from '#test/contract/emulated-aws.ts';
import { createBlue } from '#test/contract/eks-under-test.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

const { signal } = new AbortController();
const BLUE = { access: ACCESS, name: 'shop-blue' };

let aws: EmulatedAws;
const cloudWatch = createCloudWatch();
beforeAll(async () => {
  aws = await startEmulatedAws({
    services: (account) => {
      cloudWatch.reportUsage(account.instances);
      return [cloudWatch.service];
    },
  });
  await createBlue(aws);
});
afterEach(() => aws.world?.faults.clear());
afterAll(async () => {
  cloudWatch.stop();
  await aws.stop();
});

async function read(): Promise<{
  readonly rooms: ReadonlyMap<string, QuotaRoom>;
  readonly unread: readonly string[];
}> {
  const quotas = createServiceQuotas({ clients: aws.clients, clock: REAL_CLOCK });
  const { rooms, unread } = await quotas.read(BLUE, ACCESS, signal);
  return { rooms: new Map(rooms.map((room) => [room.code, room])), unread };
}

async function addSpotNodes(count: number): Promise<void> {
  const names = { clusterName: BLUE.name, nodegroupName: 'spot' };
  await aws.owner.eks.send(
    new CreateNodegroupCommand({
      ...names,
      subnets: SUBNETS.map(({ subnetId }) => subnetId),
      nodeRole: ROLES.node,
      capacityType: 'SPOT',
      instanceTypes: ['c7i.2xlarge', 'm7i.2xlarge'],
      scalingConfig: { minSize: 0, maxSize: count, desiredSize: count },
    }),
  );
  await eventually('the spot nodes to be there', async () => {
    const { nodegroup } = await aws.owner.eks.send(new DescribeNodegroupCommand(names));
    return nodegroup?.status === 'ACTIVE';
  });
}

describe('quotas by Service Quotas', () => {
  it('are the account’s, with what is used of them and what a twin of blue takes', async () => {
    const { rooms, unread } = await read();

    expect(unread).toEqual([]);
    expect(rooms.get(QUOTA_CODES.clusters)).toMatchObject({ limit: 100, used: 1, needed: 1 });
    expect(rooms.get(QUOTA_CODES.issuers)).toMatchObject({
      limit: 100,
      used: 0,
      needed: 1,
      region: 'us-east-1',
    });
    // Three nodes of m7g.large.
    expect(rooms.get(QUOTA_CODES.onDemand)).toMatchObject({ limit: 640, used: 6, needed: 6 });
    expect(rooms.has(QUOTA_CODES.spot)).toBe(false);
  });

  it('count spot nodes apart, by the first type of their group', async () => {
    await addSpotNodes(2);

    const { rooms } = await read();

    expect(rooms.get(QUOTA_CODES.spot)).toMatchObject({ used: 16, needed: 16 });
    expect(rooms.get(QUOTA_CODES.onDemand)).toMatchObject({ used: 6, needed: 6 });
  });

  it('are AWS’s own where the account has no value', async () => {
    aws.world?.account.quotas.unset(QUOTA_CODES.onDemand);

    const { rooms } = await read();

    expect(rooms.get(QUOTA_CODES.onDemand)?.limit).toBe(5);
    aws.world?.account.quotas.set(QUOTA_CODES.onDemand, 640);
  });

  it.each([
    ['servicequotas', 'GetServiceQuota', Object.values(QUOTA_CODES)],
    ['eks', 'ListClusters', [QUOTA_CODES.clusters]],
    ['iam', 'ListOpenIDConnectProviders', [QUOTA_CODES.issuers]],
    ['monitoring', 'GetMetricData', [QUOTA_CODES.onDemand, QUOTA_CODES.spot]],
    ['ec2', 'DescribeInstanceTypes', [QUOTA_CODES.onDemand]],
  ])('are named, and the others read, where %s refuses %s', async (service, operation, codes) => {
    const effect = { kind: 'error', code: 'AccessDeniedException', status: 403 } as const;
    aws.world?.faults.add({ service, operation, effect });

    const { unread } = await read();

    expect(unread.map((why) => why.split(':')[0])).toEqual(expect.arrayContaining([...codes]));
    expect(unread).toHaveLength(codes.length);
  });
});
