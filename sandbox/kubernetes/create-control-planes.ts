/**
 * Real Kubernetes control planes, as many as wanted, on one etcd: what the emulator starts when somebody calls
 * CreateCluster. A cluster is ready when its API server serves and its controllers run; it has no nodes until some are
 * added.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../processes/free-ports.ts';
import type { SupervisedProcess } from '../processes/supervised-process.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import { waitUntil } from '../processes/wait-until.ts';
import type { ToolPaths } from '../tools/ensure-tools.ts';
import { applyAccessPolicies } from './access-policies.ts';
import { createAdminClient } from './admin-client.ts';
import { apiServerProcess, readCaData, writeApiServerFiles } from './api-server.ts';
import { createIdentities } from './cluster-identities.ts';
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

/** The programs `ensureTools` must have been asked for. */
export const CONTROL_PLANE_TOOLS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const;

export interface ControlPlanes {
  /** About 5 s on two cores; several may be started at once. @throws ProcessNotReadyError */
  start(spec: ControlPlaneSpec): Promise<ControlPlane>;
}

export function createControlPlanes(options: {
  readonly supervisor: Supervisor;
  readonly tools: ToolPaths;
  readonly stateDir: string;
  readonly etcd: Etcd;
}): ControlPlanes {
  const { supervisor, tools, stateDir, etcd } = options;

  async function start(spec: ControlPlaneSpec): Promise<ControlPlane> {
    // A name may come back after its cluster was deleted, with nothing of the old one left.
    const etcdPrefix = `/${spec.name}-${randomUUID()}/`;
    const directory = join(stateDir, 'clusters', spec.name);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const identities = createIdentities();
    const port = await freePort();
    const endpoint = `https://127.0.0.1:${String(port)}`;
    const files = await writeApiServerFiles(join(directory, 'api-server'), spec, identities);
    const apiServerSpec = apiServerProcess({
      command: tools.path('kube-apiserver'),
      spec,
      files,
      port,
      etcdEndpoint: etcd.endpoint,
      etcdPrefix,
    });
    let apiServer: SupervisedProcess = await supervisor.spawn(apiServerSpec);
    const caData = await readCaData(files.directory);
    const write = async (name: string, content: string) => {
      const path = join(directory, name);
      await writeFile(path, content, { mode: 0o600 });
      return path;
    };
    const configFor = (user: string, token: string) =>
      write(`${user}.kubeconfig`, kubeconfig({ name: spec.name, server: endpoint, caData, token }));
    const adminKubeconfigPath = await configFor('admin', identities.admin);
    const others = await Promise.all(
      clusterProcesses({
        spec,
        tools,
        kubeconfigs: {
          controllerManager: await configFor('controller-manager', identities.controllerManager),
          scheduler: await configFor('scheduler', identities.scheduler),
          kubelets: await configFor('kubelets', identities.kubelets),
        },
        serviceAccountKey: files.serviceAccountKey,
        caFile: await write('ca.crt', Buffer.from(caData, 'base64').toString('utf8')),
      }).map((process) => supervisor.spawn(process)),
    );
    const client = createAdminClient({ endpoint, caData, bearerToken: identities.admin });
    await applyAccessPolicies(client);
    // Pods are refused until the controllers have made their namespace's account.
    await waitUntil(() => client.get(serviceAccounts, { namespace: 'default', name: 'default' }), {
      what: `controllers of ${spec.name} to work`,
      timeoutMs: CONTROLLERS_TIMEOUT_MS,
    });

    let stopping: Promise<void> | undefined;
    async function stopAll(): Promise<void> {
      await client.close();
      await Promise.all(others.map((process) => process.stop()));
      await apiServer.stop();
      await etcd.deletePrefix(etcdPrefix);
      await rm(directory, { recursive: true, force: true });
    }

    return {
      name: spec.name,
      version: spec.version,
      endpoint,
      caData,
      adminKubeconfigPath,
      adminToken: identities.admin,
      client,
      addNodes: (nodes) => addNodes(client, nodes),
      removeNodes: (names) => removeNodes(client, names),
      killApiServer: () => apiServer.kill(),
      startApiServer: async () => {
        apiServer = await supervisor.spawn(apiServerSpec);
      },
      stop: () => {
        stopping ??= stopAll();
        return stopping;
      },
    };
  }

  return { start };
}
