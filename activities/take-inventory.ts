import { fieldsOf } from '#domain/json/json-fields.ts';
import { holderOf, isPodOf } from '#domain/workloads/lease-holder.ts';
import type { FoundRoute, Inventory } from '#domain/plan-draft/inventory.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { placeOf } from '#domain/workload-hazards/hazard.ts';
import { offeredIn } from '#domain/preflight/version-support.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { CRON_JOBS, DEPLOYMENTS, LEASES, STATEFUL_SETS, TARGET_GROUP_BINDINGS } from './kinds.ts';
import type { ObjectKind } from './ports/kubernetes.ts';
import type { Ports } from './ports/ports.ts';
import type { ClusterRef } from './ports/refs.ts';

/** What leads users to a target group; of `adapters/aws/found-routes.ts`. */
type FindRoutes = (
  cluster: ClusterRef,
  bound: { readonly targetGroupArn: string; readonly service: string },
  signal: AbortSignal,
) => Promise<readonly FoundRoute[]>;

export interface InventoryTools {
  readonly ports: Pick<Ports, 'clusters' | 'nodegroups' | 'addons' | 'kubernetes'>;
  readonly findRoutes: FindRoutes;
}

/** "Initial namespaces" of Kubernetes, and of EKS's own agents. */
const NOT_OURS = /^(?:kube-system|kube-public|kube-node-lease|amazon-.+)$/u;

/**
 * What a plan for this cluster has to name, as far as AWS and its API server tell. Reads only, and goes on without what it may not
 * read. Fails `not-found` when there is no such cluster.
 */
export async function takeInventory(
  { ports, findRoutes }: InventoryTools,
  cluster: ClusterRef,
  signal: AbortSignal,
): Promise<Inventory> {
  const blue = await ports.clusters.describe(cluster, signal);
  if (blue === null)
    throw new CutoverFailure('not-found', 'there is no such cluster', { resource: cluster.name });
  const unread: string[] = [];
  const tolerant = async <Value>(what: string, fallback: Value, reading: () => Promise<Value>) => {
    try {
      return await reading();
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof CutoverFailure)) throw cause;
      unread.push(`${what}: ${cause.message}`);
      return fallback;
    }
  };
  const server = await tolerant('its API server', null, () =>
    ports.kubernetes.connect(cluster, blue, signal),
  );
  const all = async (kind: ObjectKind): Promise<readonly KubernetesObject[]> =>
    server === null ? [] : tolerant(kind.plural, [], () => server.list(kind, null, signal));
  const [versions, nodegroups, addons, bindings, deployments, sets, cronJobs, leases] =
    await Promise.all([
      tolerant('Kubernetes versions', [], () => ports.clusters.versions(cluster.access, signal)),
      tolerant('node groups', [], () => ports.nodegroups.list(cluster, signal)),
      tolerant('add-ons', [], () => ports.addons.list(cluster, signal)),
      all(TARGET_GROUP_BINDINGS),
      all(DEPLOYMENTS),
      all(STATEFUL_SETS),
      all(CRON_JOBS),
      all(LEASES),
    ]);
  const routes = await Promise.all(
    bindings
      .flatMap(boundGroup)
      .map((bound) =>
        tolerant(`what leads to ${bound.targetGroupArn}`, [], () =>
          findRoutes(cluster, bound, signal),
        ),
      ),
  );
  const ours = [deployments, sets, cronJobs].map((found) => found.filter(isOurs));
  const [ourDeployments = [], ourSets = [], ourCronJobs = []] = ours;
  return {
    cluster: { name: cluster.name, version: blue.version, access: cluster.access },
    offeredVersions: offeredIn(versions),
    nodegroups: nodegroups.map(({ name }) => name),
    addons: addons.map(({ name, version }) => ({ name, version })),
    namespaces: distinct(ours.flat().map(({ metadata: { namespace = '' } }) => namespace)),
    routes: routes.flat(),
    cronJobs: ourCronJobs.filter(isAwake).map(placeOf).toSorted(),
    leaders: leadersAmong(ourDeployments, leases.filter(isOurs)),
    stateful: ourSets.map(placeOf).toSorted(),
    unread,
  };
}

function boundGroup({ metadata, spec }: KubernetesObject) {
  const { targetGroupARN, serviceRef } = fieldsOf(spec);
  const service = fieldsOf(serviceRef)['name'];
  return typeof targetGroupARN === 'string' && typeof service === 'string'
    ? [{ targetGroupArn: targetGroupARN, service: `${metadata.namespace ?? ''}/${service}` }]
    : [];
}

function leadersAmong(
  deployments: readonly KubernetesObject[],
  leases: readonly KubernetesObject[],
): readonly string[] {
  const holders = leases.map(holderOf);
  return deployments
    .map(placeOf)
    .filter((place) => holders.some((pod) => pod !== null && isPodOf(pod, place)))
    .toSorted();
}

function isOurs({ metadata: { namespace = '' } }: KubernetesObject): boolean {
  return namespace !== '' && !NOT_OURS.test(namespace);
}

function isAwake({ spec }: KubernetesObject): boolean {
  return fieldsOf(spec)['suspend'] !== true;
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}
