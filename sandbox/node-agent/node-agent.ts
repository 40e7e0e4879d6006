/**
 * The kubelets of a sandbox cluster for pods that must really run something: those with an image that it knows become processes of this
 * machine, on whatever node the real scheduler put them. kwok plays all other pods and leaves these alone (`stages.yaml`). What is
 * claimed, and what is not: README.md. Idle, it holds one watch; while such pods are there it looks a few times a second.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AdminClient } from '../kubernetes/admin-client.ts';
import { freePort } from '../processes/free-ports.ts';
import { agentPods, volumeClaims, type AgentPod } from './agent-resources.ts';
import { clusterParts } from './cluster-parts.ts';
import { startPodNetwork } from './pod-network.ts';
import { startPodProcess, type PodProcess } from './pod-process.ts';
import { creatingStatus, endedStatus, runningStatus } from './pod-status.ts';
import { provisionVolumes } from './provision-volumes.ts';
import { tellEvent } from './tell-event.ts';
import { tenthAddress } from './tenth-address.ts';

/** Node.js, whose `node` is this machine's own. */
export const NODE_IMAGE = 'sandbox/node:24';

const LOOK_MS = 250;
/** Only for its own speed: pods without it are never looked at. */
const LABEL = 'cutover/probe';

export interface NodeAgent {
  /** Ends its processes and deletes its volumes. */
  stop(): Promise<void>;
}

export async function startNodeAgent(options: {
  readonly client: AdminClient;
  /** Its own pods have the last addresses of it, kwok's the first. Such as `10.64.0.0/16`. */
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly directory: string;
}): Promise<NodeAgent> {
  const { client, directory } = options;
  const parts = clusterParts(client);
  const network = await startPodNetwork(parts);
  const stopping = new AbortController();
  const pods = new Map<string, AgentPod>();
  const processes = new Map<string, PodProcess>();
  const starting = new Set<string>();
  let wake = Promise.withResolvers<void>();
  let given = 0;

  const write = async ({ metadata }: AgentPod, status: object): Promise<void> => {
    const { name, namespace } = metadata;
    await client.patch(agentPods, { name, namespace }, { status }, { subresource: 'status' });
  };

  const start = async (pod: AgentPod): Promise<void> => {
    const { uid } = pod.metadata;
    const { nodeName = '' } = pod.spec;
    if (!(await parts.runsOn('aws-node', nodeName))) {
      await write(pod, creatingStatus(pod));
      await tellEvent(client, { ...pod, kind: 'Pod' }, noNetwork(nodeName));
      return;
    }
    const volumes = await mounted(client, pod, join(directory, 'volumes'));
    if (volumes === null) return;
    given += 1;
    const podIp = addressIn(options.podCidr, given);
    const listenPort = await freePort();
    const dnsPort = await network.add({ uid, nodeName, podIp, listenPort });
    const process = await startPodProcess({
      pod,
      directory: join(directory, 'pods', uid),
      volumes,
      resolvConf: resolvConf(pod.metadata.namespace ?? '', options.serviceCidr),
      ports: { relayPort: network.relayPort, dnsPort, listenPort },
    });
    processes.set(uid, process);
    await write(pod, runningStatus(pod, podIp, now()));
    const end = await process.ended;
    network.remove(uid);
    await write(pod, endedStatus(pod, end, now()));
  };

  const look = async (): Promise<boolean> => {
    for (const pod of pods.values()) {
      const { uid, deletionTimestamp } = pod.metadata;
      if (deletionTimestamp !== undefined) processes.get(uid)?.kill();
      else if (isToStart(pod) && !processes.has(uid) && !starting.has(uid)) {
        starting.add(uid);
        // A pod that went meanwhile, or an API server that is away: the next look tries again.
        start(pod)
          .catch(() => undefined)
          .finally(() => starting.delete(uid));
      }
    }
    const volumesStay = await provisionVolumes(client, parts).catch(() => true);
    return volumesStay || [...pods.values()].some(isUnfinished);
  };

  const following = follow(client, stopping.signal, pods, (gone) => {
    for (const uid of gone) {
      processes.get(uid)?.kill();
      processes.delete(uid);
    }
    wake.resolve();
  });
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await wake.promise;
      wake = Promise.withResolvers<void>();
      if (stopping.signal.aborted) return;
      if (await look()) wake.resolve();
      await delay(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    stop: async () => {
      stopping.abort();
      wake.resolve();
      await following.catch(() => undefined);
      await looking;
      const running = [...processes.values()];
      for (const process of running) process.kill();
      await Promise.all(running.map(({ ended }) => ended));
      await network.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Keeps the pods that it plays, by uid. */
async function follow(
  client: AdminClient,
  signal: AbortSignal,
  pods: Map<string, AgentPod>,
  onChange: (gone: readonly string[]) => void,
): Promise<void> {
  for await (const event of client.watch(agentPods, { labelSelector: LABEL }, signal)) {
    const before = [...pods.keys()];
    if (event.kind === 'snapshot') {
      pods.clear();
      for (const pod of event.objects.filter(isOurs)) pods.set(pod.metadata.uid, pod);
    } else if (event.kind === 'deleted') pods.delete(event.object.metadata.uid);
    else if (isOurs(event.object)) pods.set(event.object.metadata.uid, event.object);
    onChange(before.filter((uid) => !pods.has(uid)));
  }
}

function isOurs({ spec }: AgentPod): boolean {
  return spec.containers.every(({ image }) => image === NODE_IMAGE);
}

function isToStart({ spec, status }: AgentPod): boolean {
  return spec.nodeName !== undefined && status.phase === 'Pending';
}

function isUnfinished({ status }: AgentPod): boolean {
  return status.phase === 'Pending' || status.phase === 'Running';
}

/** As the AWS VPC CNI and containerd say it where the CNI's pod is not there. */
function noNetwork(host: string): Parameters<typeof tellEvent>[2] {
  return {
    reason: 'FailedCreatePodSandBox',
    message:
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="aws-cni" name="aws-cni" failed (add): add cmd: Error received from AddNetwork gRPC call: connection refused',
    component: 'kubelet',
    host,
  };
}

/** Directories of the pod's volumes by claim; null while one is not bound. */
async function mounted(
  client: AdminClient,
  { metadata, spec }: AgentPod,
  root: string,
): Promise<ReadonlyMap<string, string> | null> {
  const found = new Map<string, string>();
  for (const { persistentVolumeClaim } of spec.volumes) {
    if (persistentVolumeClaim === undefined) continue;
    const { claimName: name } = persistentVolumeClaim;
    const claim = await client.get(volumeClaims, { name, namespace: metadata.namespace });
    const { volumeName } = claim?.spec ?? {};
    if (claim?.status.phase !== 'Bound' || volumeName === undefined) return null;
    const directory = join(root, volumeName);
    await mkdir(directory, { recursive: true });
    found.set(name, directory);
  }
  return found;
}

/** As a kubelet writes it; the name server is the tenth address of Services, as on EKS. */
function resolvConf(namespace: string, serviceCidr: string): string {
  const search = [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'];
  return `search ${search.join(' ')}\nnameserver ${tenthAddress(serviceCidr)}\noptions ndots:5\n`;
}

function addressIn(podCidr: string, nth: number): string {
  const [first = '10', second = '64'] = podCidr.split('.');
  return `${first}.${second}.${255 - Math.floor(nth / 250)}.${1 + (nth % 250)}`;
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
