/**
 * Light clusters behind the emulated EKS: hundreds of Kubernetes APIs in one process, for whoever needs many migrations and no real
 * API server. The product meets them as it meets real ones, over TLS, with EKS's tokens, by the endpoint and authority that
 * DescribeCluster reports; the same contract holds both (`test/contract/kubernetes.test.ts`). What is played and what is not says
 * `sandbox/light-kubernetes/README.md`.
 *
 * ```ts
 * const light = await startLightKubernetes({ onPods: (cluster, pods) => shop.directory.replaceCluster(cluster, pods) });
 * const aws = await startAwsWorld({ backend: light, clusterQuota: 2_000, services: … });
 * light.followBindings(elbv2);           // a client that acts as the account's owner
 * await seedCluster(eks, 'shop-blue');   // sandbox/world/seed-cluster.ts: cluster, access, node group, add-ons
 * for (const manifest of shopManifests(…)) light.cluster('shop-blue').apply(manifest, 'shop-team');
 * light.faults.add({ service: 'kubernetes', operation: 'apply deployments', times: 1, effect: { kind: 'reset', moment: 'after' } });
 * light.audit.entries({ operation: 'delete targetgroupbindings' });
 * ```
 */
import { randomBytes } from 'node:crypto';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Audit } from '#sandbox/aws/core/audit.ts';
import { Faults } from '#sandbox/aws/core/faults.ts';
import { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';
import type { ClusterBackend } from '#sandbox/aws/eks/cluster-backend.ts';
import type { PodRecord } from '#sandbox/shop/pod-directory.ts';
import { Callers } from './callers.ts';
import { startLightApiServer } from './light-api-server.ts';
import { LightBindings } from './light-bindings.ts';
import { LightCluster } from './light-cluster.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

export interface LightKubernetesOptions {
  /** @default 1 */
  readonly seed?: number;
  /** From a pod's place on a node to its readiness, in milliseconds. @default 50 to 250 */
  readonly readyAfter?: { readonly minMs: number; readonly maxMs: number };
  /** From a pod's deletion until it is gone, in milliseconds. @default 1000, as in the sandbox */
  readonly leaveAfterMs?: number;
  /** Calls of Kubernetes kept in the audit; the oldest go first. @default 100000 */
  readonly keepCalls?: number;
  /** All pods of a cluster that have an address, whenever one came, went or became ready; none once the cluster is gone. */
  readonly onPods?: (cluster: string, pods: readonly PodRecord[]) => void;
}

export interface LightKubernetes extends ClusterBackend {
  /** For the world's owner. @throws Error when it is not running */
  cluster(name: string): LightCluster;
  /** Names of those that are running. */
  clusters(): readonly string[];
  /** Operations are `VERB PLURAL`: `get`, `list`, `create`, `apply`, `patch`, `delete`. */
  readonly faults: Faults;
  /** Service `kubernetes`, operation `VERB PLURAL`; of writes the output says whether the object was `created`. */
  readonly audit: Audit;
  /** May do everything in every cluster, over the wire. */
  readonly adminToken: string;
  /** From now on clusters have the binding's definition, and target groups hold what bindings name. Once, before any cluster is made. */
  followBindings(elbv2: ElasticLoadBalancingV2Client): void;
  /** Why bindings are not followed now, by cluster and binding. */
  bindingFailures(): Readonly<Record<string, string>>;
  stopAll(): Promise<void>;
}

const DEFAULT_READY = { minMs: 50, maxMs: 250 } as const;
const DEFAULT_LEAVE_MS = 1_000;
/** Second octets from here are pods'; the VPC has 10.20. Four million addresses. */
const FIRST_POD_NETWORK = 64;

export async function startLightKubernetes(
  options: LightKubernetesOptions = {},
): Promise<LightKubernetes> {
  const { readyAfter = DEFAULT_READY, leaveAfterMs = DEFAULT_LEAVE_MS } = options;
  const nowMs = Date.now;
  const random = new SeededRandom(options.seed ?? 1);
  const delays = random.fork('pods');
  const faults = new Faults(random.fork('faults'));
  const audit = new Audit(options.keepCalls === undefined ? {} : { keep: options.keepCalls });
  const certificate = selfSignedCertificate(nowMs());
  const adminToken = randomBytes(24).toString('base64url');
  const callers = new Callers(adminToken, nowMs);
  const byName = new Map<string, { readonly cluster: LightCluster; readonly path: string }>();
  const byPath = new Map<string, LightCluster>();
  let bindings: LightBindings | undefined;
  let started = 0;
  let addresses = 0;

  const server = await startLightApiServer({
    certificate,
    callers,
    faults,
    audit,
    cluster: (path) => byPath.get(path),
  });
  const nextAddress = (): string => {
    addresses += 1;
    const [second, third, fourth] = [addresses >> 16, (addresses >> 8) & 0xff, addresses & 0xff];
    return `10.${FIRST_POD_NETWORK + second}.${third}.${fourth}`;
  };
  const running = (name: string): LightCluster => {
    const found = byName.get(name);
    if (found === undefined) throw new Error(`cluster is not running [cluster=${name}]`);
    return found.cluster;
  };
  const stop = async (name: string): Promise<void> => {
    const found = byName.get(name);
    if (found === undefined) return;
    byName.delete(name);
    byPath.delete(found.path);
    bindings?.forget(name);
    found.cluster.stop();
    options.onPods?.(name, []);
  };

  return {
    faults,
    audit,
    adminToken,
    cluster: running,
    clusters: () => [...byName.keys()],
    followBindings: (elbv2) => {
      bindings = new LightBindings(elbv2, nowMs);
    },
    bindingFailures: () => bindings?.failures() ?? {},
    start: async (toStart) => {
      started += 1;
      const path = `${toStart.name}-${started}`;
      const cluster = new LightCluster(toStart, {
        nowMs,
        nextAddress,
        leaveAfterMs,
        readyAfterMs: () => delays.between(readyAfter.minMs, readyAfter.maxMs),
        onPods: (changed) => {
          options.onPods?.(changed.name, changed.podRecords());
          bindings?.podsChanged(changed);
        },
        onObject: (changed, place, object) => bindings?.objectChanged(changed, place, object),
      });
      byName.set(toStart.name, { cluster, path });
      byPath.set(path, cluster);
      bindings?.follow(cluster);
      const caData = Buffer.from(certificate.certificate, 'utf8').toString('base64');
      return { endpoint: `${server.url}/${path}`, caData };
    },
    // The data and the endpoint stay; nothing here differs between versions.
    setVersion: async (name) => void running(name),
    addNodes: async (name, nodes) => running(name).addNodes(nodes),
    removeNodes: async (name, nodeNames) => running(name).removeNodes(nodeNames),
    apply: async (name, manifests) => {
      for (const manifest of manifests) running(name).applyWhenPossible(manifest);
    },
    remove: async (name, manifests) => {
      for (const manifest of manifests) running(name).remove(manifest);
    },
    workloadHealth: async (name, ref) => running(name).workloadHealth(ref),
    publishedKeys: async (name) => running(name).tokens.published(),
    stop,
    stopAll: async () => {
      await Promise.all([...byName.keys()].map(stop));
      await bindings?.stop();
      await server.stop();
      await callers.close();
    },
  };
}
