/**
 * Brings up one control plane step by step, each step leaving its undo before the next is taken. Called by
 * `createControlPlanes` only.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../processes/free-ports.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import { waitUntil } from '../processes/wait-until.ts';
import type { ToolPaths } from '../tools/ensure-tools.ts';
import { createAdminClient, type AdminClient } from './admin-client.ts';
import { apiServerProcess, readCaData, writeApiServerFiles } from './api-server.ts';
import { createIdentities, type ClusterIdentities } from './cluster-identities.ts';
import { addNodes, removeNodes } from './cluster-nodes.ts';
import { clusterProcesses } from './cluster-processes.ts';
import type { ControlPlane, ControlPlaneSpec } from './control-plane.ts';
import type { Etcd } from './etcd.ts';
import { kubeconfig } from './kubeconfig.ts';
import { untypedResource } from './kubernetes-object.ts';

const CONTROLLERS_TIMEOUT_MS = 60_000;

const serviceAccounts = untypedResource({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
});

/** What all control planes of a sandbox share. */
export interface Ground {
  readonly supervisor: Supervisor;
  readonly tools: ToolPaths;
  readonly stateDir: string;
  readonly etcd: Etcd;
  /** Group versions that are off by default and are served all the same, such as `networking.k8s.io/v1beta1`. @default none */
  readonly moreApis?: readonly string[] | undefined;
}

interface Undo {
  readonly push: (undo: () => Promise<void>) => void;
  /** Last in, first out; what has been undone is not undone again. */
  readonly undoAll: () => Promise<void>;
}

export async function startControlPlane(
  spec: ControlPlaneSpec,
  ground: Ground,
  { push, undoAll }: Undo,
): Promise<ControlPlane> {
  const { supervisor, tools, stateDir, etcd, moreApis } = ground;
  const directory = join(stateDir, 'clusters', spec.name);
  push(() => rm(directory, { recursive: true, force: true }));
  await rm(directory, { recursive: true, force: true });
  const identities = createIdentities();
  const files = await writeApiServerFiles(join(directory, 'api-server'), spec, identities);

  // A name may come back after its cluster was deleted, with nothing of the old one left.
  const etcdPrefix = `/${spec.name}-${randomUUID()}/`;
  const port = await freePort();
  const endpoint = `https://127.0.0.1:${String(port)}`;
  const apiServerSpec = apiServerProcess({
    command: tools.path('kube-apiserver'),
    spec,
    files,
    port,
    etcdEndpoint: etcd.endpoint,
    etcdPrefix,
    moreApis,
  });
  push(() => etcd.deletePrefix(etcdPrefix));
  let apiServer = await supervisor.spawn(apiServerSpec);
  push(() => apiServer.stop());

  const caData = await readCaData(files.directory);
  const kubeconfigs = await writeKubeconfigs(directory, { ...spec, endpoint, caData, identities });
  const { serviceAccountKey } = files;
  for (const process of clusterProcesses({ spec, tools, kubeconfigs, serviceAccountKey })) {
    const started = await supervisor.spawn(process);
    push(() => started.stop());
  }

  const client = createAdminClient({ endpoint, caData, bearerToken: identities.admin });
  push(() => client.close());
  await untilControllersWork(client, spec.name);

  let stopped: Promise<void> | undefined;
  return {
    name: spec.name,
    version: spec.version,
    endpoint,
    caData,
    adminKubeconfigPath: kubeconfigs.admin,
    adminToken: identities.admin,
    client,
    addNodes: (nodes) => addNodes(client, nodes),
    removeNodes: (names) => removeNodes(client, names),
    killApiServer: () => apiServer.kill(),
    startApiServer: async () => {
      apiServer = await supervisor.spawn(apiServerSpec);
    },
    stop: () => {
      stopped ??= undoAll();
      return stopped;
    },
  };
}

async function writeKubeconfigs(
  directory: string,
  cluster: {
    readonly name: string;
    readonly endpoint: string;
    readonly caData: string;
    readonly identities: ClusterIdentities;
  },
) {
  const { name, endpoint, caData, identities } = cluster;
  await mkdir(directory, { recursive: true });
  const write = async (file: string, content: string) => {
    const path = join(directory, file);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  const forUser = (user: string, token: string) =>
    write(`${user}.kubeconfig`, kubeconfig({ name, server: endpoint, caData, token }));
  return {
    admin: await forUser('admin', identities.admin),
    controllerManager: await forUser('controller-manager', identities.controllerManager),
    scheduler: await forUser('scheduler', identities.scheduler),
    kubelets: await forUser('kubelets', identities.kubelets),
    ca: await write('ca.crt', Buffer.from(caData, 'base64').toString('utf8')),
  };
}

/** Pods are refused until the controllers have made their namespace's account. */
async function untilControllersWork(client: AdminClient, name: string): Promise<void> {
  await waitUntil(() => client.get(serviceAccounts, { namespace: 'default', name: 'default' }), {
    what: `the controllers of ${name} to work`,
    timeoutMs: CONTROLLERS_TIMEOUT_MS,
  });
}
