/**
 * Real clusters behind EKS: each is a control plane of `sandbox/kubernetes`, its nodes are kwok's, its add-ons are real objects.
 * Pod networks of clusters do not overlap, because traffic moves between clusters by pod address.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { KubernetesApiError } from '../../kubernetes/kubernetes-api-error.ts';
import type { ControlPlane, KubernetesVersion } from '../../kubernetes/control-plane.ts';
import type { ControlPlanes } from '../../kubernetes/create-control-planes.ts';
import { startNodeAgent, type NodeAgent } from '../../node-agent/node-agent.ts';
import { resourceOf, workloadPods } from './backend-resources.ts';
import type { ClusterBackend, KubernetesManifest } from './cluster-backend.ts';

const PLAYABLE: readonly KubernetesVersion[] = ['1.33', '1.34', '1.35', '1.36'];
/** Second octets 64 to 127 of 10.0.0.0/8 are pods'; the VPC has 10.20. */
const FIRST_POD_NETWORK = 64;
const POD_NETWORKS = 64;
const NAMESPACE_POLL_MS = 1_000;

const keysSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string().optional() })) });

export interface KubernetesBackend extends ClusterBackend {
  /** The control plane of a running cluster, for the sandbox's own hands. */
  controlPlane(clusterName: string): ControlPlane | undefined;
  stopAll(): Promise<void>;
}

interface Running {
  readonly plane: ControlPlane;
  readonly podNetwork: number;
  /** Objects whose namespace does not exist yet. */
  readonly waiting: Map<string, KubernetesManifest>;
  readonly timer: NodeJS.Timeout;
  readonly agent: NodeAgent | undefined;
}

/** @param directory where pods that really run something have their files; without it there are none */
export function kubernetesBackend(planes: ControlPlanes, directory?: string): KubernetesBackend {
  const clusters = new Map<string, Running>();
  const reserved = new Set<number>();

  const running = (name: string): Running => {
    const cluster = clusters.get(name);
    if (cluster === undefined) throw new Error(`cluster is not running [cluster=${name}]`);
    return cluster;
  };

  const applyOne = async (
    { plane, waiting }: Running,
    manifest: KubernetesManifest,
  ): Promise<void> => {
    try {
      await plane.client.apply(resourceOf(manifest.kind), manifest);
      waiting.delete(keyOf(manifest));
    } catch (cause) {
      // EKS grants rights in namespaces that are still to come; RBAC objects need them first.
      if (!(cause instanceof KubernetesApiError && cause.status === 404)) throw cause;
      waiting.set(keyOf(manifest), manifest);
    }
  };

  const stop = async (name: string): Promise<void> => {
    const cluster = clusters.get(name);
    if (cluster === undefined) return;
    clusters.delete(name);
    clearInterval(cluster.timer);
    await cluster.agent?.stop();
    await cluster.plane.stop();
    reserved.delete(cluster.podNetwork);
  };

  return {
    start: async ({ name, version, issuer, serviceCidr, tokenWebhookUrl }) => {
      const podNetwork = freePodNetwork(reserved);
      reserved.add(podNetwork);
      const podCidr = `10.${podNetwork}.0.0/16`;
      try {
        const plane = await planes.start({
          name,
          version: playable(version),
          podCidr,
          serviceCidr,
          tokenWebhookUrl,
          issuerUrl: issuer,
        });
        const { client } = plane;
        const agent =
          directory === undefined
            ? undefined
            : await startNodeAgent({
                client,
                podCidr,
                serviceCidr,
                directory: join(directory, 'node-agents', name),
              });
        const waiting = new Map<string, KubernetesManifest>();
        const timer = setInterval(() => {
          const cluster = clusters.get(name);
          if (cluster === undefined) return;
          // A namespace that is still missing, or an API server that is being restarted: the next round tries again.
          for (const manifest of waiting.values())
            applyOne(cluster, manifest).catch(() => undefined);
        }, NAMESPACE_POLL_MS);
        timer.unref();
        clusters.set(name, { plane, podNetwork, waiting, timer, agent });
        return { endpoint: plane.endpoint, caData: plane.caData };
      } catch (cause) {
        reserved.delete(podNetwork);
        throw cause;
      }
    },
    addNodes: (name, nodes) => running(name).plane.addNodes(nodes),
    removeNodes: (name, nodeNames) => running(name).plane.removeNodes(nodeNames),
    apply: async (name, manifests) => {
      for (const manifest of manifests) await applyOne(running(name), manifest);
    },
    remove: async (name, manifests) => {
      const { plane, waiting } = running(name);
      for (const manifest of manifests) {
        waiting.delete(keyOf(manifest));
        await plane.client.delete(resourceOf(manifest.kind), manifest.metadata);
      }
    },
    workloadHealth: async (name, { kind, ...ref }) => {
      const object = await running(name).plane.client.get(workloadPods[kind], ref);
      return object === undefined ? undefined : object.pods;
    },
    publishedKeys: async (name) => {
      const path = '/openid/v1/jwks';
      const answer = await running(name).plane.client.raw({ method: 'GET', path });
      // Served as application/jwk-set+json, which the client takes for text.
      return keysSchema.parse(typeof answer === 'string' ? JSON.parse(answer) : answer).keys;
    },
    stop,
    controlPlane: (name) => clusters.get(name)?.plane,
    stopAll: async () => {
      await Promise.all([...clusters.keys()].map((name) => stop(name)));
    },
  };
}

const keyOf = ({ kind, metadata }: KubernetesManifest): string =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

function playable(version: string): KubernetesVersion {
  const known = PLAYABLE.find((candidate) => candidate === version);
  if (known === undefined) throw new Error(`no API server plays this version [version=${version}]`);
  return known;
}

function freePodNetwork(reserved: ReadonlySet<number>): number {
  for (let i = 0; i < POD_NETWORKS; i += 1) {
    if (!reserved.has(FIRST_POD_NETWORK + i)) return FIRST_POD_NETWORK + i;
  }
  throw new Error(`no pod network is free [clusters=${reserved.size}]`);
}
