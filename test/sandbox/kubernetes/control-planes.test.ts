import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { createAdminClient, type AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import {
  CONTROL_PLANE_TOOLS,
  createControlPlanes,
  type ControlPlanes,
} from '#sandbox/kubernetes/create-control-planes.ts';
import type { ControlPlane } from '#sandbox/kubernetes/control-plane.ts';
import type { NodeSpec } from '#sandbox/kubernetes/cluster-nodes.ts';
import { startEtcd } from '#sandbox/kubernetes/etcd.ts';
import { KubernetesApiError } from '#sandbox/kubernetes/kubernetes-api-error.ts';
import { untypedResource } from '#sandbox/kubernetes/kubernetes-object.ts';
import {
  deployments,
  hasCondition,
  jobs,
  namespaces,
  nodes,
  pods,
} from '#sandbox/kubernetes/resources.ts';
import { runningProcesses } from '#sandbox/processes/ledger.ts';
import { createSupervisor, type Supervisor } from '#sandbox/processes/supervisor.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';

const WAIT_MS = 30_000;

const RBAC = 'rbac.authorization.k8s.io';
const clusterRoleBindings = untypedResource({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
});

const tokenReviewSchema = z.object({ spec: z.object({ token: z.string() }) });

let stateDir: string;
let supervisor: Supervisor;
let planes: ControlPlanes;
let blue: ControlPlane;
let green: ControlPlane;
let webhook: Server;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cutover-clusters-'));
  const tools = await ensureTools(CONTROL_PLANE_TOOLS);
  supervisor = await createSupervisor({ stateDir });
  webhook = await startTokenWebhook();
  const etcd = await startEtcd({ supervisor, tools, stateDir });
  planes = createControlPlanes({ supervisor, tools, stateDir, etcd });
  [blue, green] = await Promise.all([
    planes.start({ ...specOf('blue', 1), version: '1.34', tokenWebhookUrl: urlOf(webhook) }),
    planes.start({ ...specOf('green', 2), version: '1.36' }),
  ]);
  await Promise.all([
    blue.addNodes([node('blue-1', 1), node('blue-2', 1)]),
    green.addNodes([node('green-1', 2)]),
  ]);
}, 120_000);

afterAll(async () => {
  await supervisor.stop();
  webhook.close();
  await rm(stateDir, { recursive: true, force: true });
});

function specOf(name: string, net: number) {
  return {
    name,
    podCidr: `10.${String(net)}.0.0/16`,
    serviceCidr: `172.${String(20 + net)}.0.0/16`,
  } as const;
}

function node(name: string, net: number): NodeSpec {
  return {
    name,
    zone: 'eu-west-1a',
    internalIp: `10.${String(net)}.255.1`,
    kubeletVersion: 'v1.34.1-eks-113cf36',
    labels: { 'eks.amazonaws.com/nodegroup': 'general' },
  };
}

/** Knows one token, of somebody who is in the group of viewers. */
async function startTokenWebhook(): Promise<Server> {
  const server = createServer((request, response) => {
    void reviewOf(request).then((review) => response.end(JSON.stringify(review)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function reviewOf(request: IncomingMessage) {
  const { token } = tokenReviewSchema.parse(await json(request)).spec;
  const authenticated = token === 'k8s-aws-v1.viewer';
  const user = { username: 'viewer', groups: ['viewers'] };
  return {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    status: authenticated ? { authenticated, user } : { authenticated },
  };
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}/token`;
}

async function newNamespace({ client }: ControlPlane): Promise<string> {
  const name = `test-${crypto.randomUUID().slice(0, 8)}`;
  await client.create(namespaces, { metadata: { name } });
  return name;
}

function podSpec(extra: object = {}) {
  return { containers: [{ name: 'main', image: 'shop/web:1' }], ...extra };
}

function deployment(namespace: string, replicas: number) {
  const labels = { app: 'web' };
  return {
    metadata: { name: 'web', namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec() },
    },
  };
}

async function available(client: AdminClient, namespace: string, replicas: number) {
  await waitUntil(
    async () => {
      const found = await client.get(deployments, { namespace, name: 'web' });
      return found?.status.availableReplicas === replicas;
    },
    { what: `${String(replicas)} available replicas`, timeoutMs: WAIT_MS },
  );
  return (await client.list(pods, { namespace })).items;
}

function waitForPod(client: AdminClient, namespace: string, name: string, condition: string) {
  return waitUntil(
    async () => {
      const pod = await client.get(pods, { namespace, name });
      return pod !== undefined && hasCondition(pod, condition) && pod;
    },
    { what: `pod ${name} to be ${condition}`, timeoutMs: WAIT_MS },
  );
}

describe('control planes', () => {
  it('play the version they were started with', async () => {
    const versionSchema = z.object({ emulationMajor: z.string(), emulationMinor: z.string() });
    const versionOf = async ({ client }: ControlPlane) =>
      versionSchema.parse(await client.raw({ method: 'GET', path: '/version' }));

    expect(await versionOf(blue)).toEqual({ emulationMajor: '1', emulationMinor: '34' });
    expect(await versionOf(green)).toEqual({ emulationMajor: '1', emulationMinor: '36' });
  });

  it('run Deployments whose pods have addresses that no other cluster has', async () => {
    const addresses = await Promise.all(
      [blue, green].map(async (plane) => {
        const namespace = await newNamespace(plane);
        await plane.client.create(deployments, deployment(namespace, 3));
        const found = await available(plane.client, namespace, 3);
        return found.map((pod) => pod.status.podIP ?? '');
      }),
    );

    for (const ip of addresses[0] ?? []) expect(ip).toMatch(/^10\.1\./u);
    for (const ip of addresses[1] ?? []) expect(ip).toMatch(/^10\.2\./u);
    expect(new Set(addresses.flat()).size).toBe(6);
  });

  it('run Jobs to their end', async () => {
    const namespace = await newNamespace(green);
    await green.client.create(jobs, {
      metadata: { name: 'report', namespace },
      spec: { template: { spec: podSpec({ restartPolicy: 'Never' }) } },
    });

    await waitUntil(
      async () => {
        const job = await green.client.get(jobs, { namespace, name: 'report' });
        return job !== undefined && hasCondition(job, 'Complete');
      },
      { what: 'the job to complete', timeoutMs: WAIT_MS },
    );
  });

  it('keep a pod unready that is told never to be ready, and let it go when deleted', async () => {
    const namespace = await newNamespace(blue);
    const annotations = { 'sandbox.cutover/never-ready': 'true' };
    await blue.client.create(pods, {
      metadata: { name: 'sick', namespace, annotations },
      spec: podSpec(),
    });

    const pod = await waitForPod(blue.client, namespace, 'sick', 'Initialized');
    expect(pod.status.phase).toBe('Running');
    expect(hasCondition(pod, 'Ready')).toBe(false);

    await blue.client.delete(pods, { namespace, name: 'sick' });
    await waitUntil(
      async () => (await blue.client.get(pods, { namespace, name: 'sick' })) === undefined,
      { what: 'the pod to go', timeoutMs: WAIT_MS },
    );
  });

  it('keep a pod unready until its readiness gates are answered', async () => {
    const namespace = await newNamespace(blue);
    const conditionType = 'target-health.elbv2.k8s.aws/web';
    const ref = { namespace, name: 'gated' };
    await blue.client.create(pods, {
      metadata: ref,
      spec: podSpec({ readinessGates: [{ conditionType }] }),
    });
    const started = await waitForPod(blue.client, namespace, 'gated', 'ContainersReady');
    expect(hasCondition(started, 'Ready')).toBe(false);

    const answer = { status: { conditions: [{ type: conditionType, status: 'True' }] } };
    await blue.client.patch(pods, ref, answer, { type: 'strategic', subresource: 'status' });

    await waitForPod(blue.client, namespace, 'gated', 'Ready');
  });

  it('move pods to other nodes when their nodes are removed', async () => {
    await blue.addNodes([node('blue-3', 1)]);
    const namespace = await newNamespace(blue);
    await blue.client.create(deployments, deployment(namespace, 6));
    await available(blue.client, namespace, 6);

    await blue.removeNodes(['blue-3', 'unknown']);

    expect(await blue.client.get(nodes, { name: 'blue-3' })).toBeUndefined();
    await waitUntil(
      async () => {
        const { items } = await blue.client.list(pods, { namespace });
        const placed = items.filter((pod) => hasCondition(pod, 'Ready'));
        return placed.length === 6 && placed.every(({ spec }) => spec.nodeName !== 'blue-3');
      },
      { what: 'six ready pods on the other nodes', timeoutMs: WAIT_MS },
    );
  });
});

describe('callers of a cluster', () => {
  it('are known by the token webhook and may do what the role of their group says', async () => {
    await blue.client.apply(clusterRoleBindings, {
      metadata: { name: 'viewers' },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: 'viewers' }],
    });
    const { endpoint, caData } = blue;
    const viewer = createAdminClient({ endpoint, caData, bearerToken: 'k8s-aws-v1.viewer' });

    await waitUntil(() => viewer.list(pods), { what: 'the binding to hold', timeoutMs: WAIT_MS });
    await expect(
      viewer.create(pods, { metadata: { name: 'x', namespace: 'default' }, spec: podSpec() }),
    ).rejects.toMatchObject({ status: 403 });
    await viewer.close();
  });

  it.each([
    ['a token nobody knows', 'k8s-aws-v1.stranger'],
    ['no token', undefined],
  ])('with %s may ask for health and nothing else', async (_what, bearerToken) => {
    const { endpoint, caData } = green;
    const stranger = createAdminClient({ endpoint, caData, bearerToken });

    await expect(stranger.list(pods)).rejects.toMatchObject({ status: 401 });
    const health = stranger.raw({ method: 'GET', path: '/readyz' });
    if (bearerToken === undefined) expect(await health).toBe('ok');
    else await expect(health).rejects.toThrow(KubernetesApiError);
    await stranger.close();
  });
});

describe('the admin client', () => {
  it('says that an object is missing, and that one exists', async () => {
    const { client } = green;
    const namespace = await newNamespace(green);
    const ref = { namespace, name: 'nothing' };

    expect(await client.get(pods, ref)).toBeUndefined();
    expect(await client.delete(pods, ref)).toBe(false);
    await expect(
      client.create(namespaces, { metadata: { name: namespace } }),
    ).rejects.toMatchObject({ status: 409, reason: 'AlreadyExists' });
  });

  it('applies an object twice with the effect of once', async () => {
    const { client } = green;
    const namespace = await newNamespace(green);

    const first = await client.apply(deployments, deployment(namespace, 1));
    const second = await client.apply(deployments, deployment(namespace, 1));

    expect(second.metadata.uid).toBe(first.metadata.uid);
    expect(second['spec']).toEqual(first['spec']);
  });

  it('follows objects over a crash of the API server without losing a change', async () => {
    const { client } = green;
    const namespace = await newNamespace(green);
    const following = new AbortController();
    const seen: string[] = [];
    const followed = (async () => {
      for await (const event of client.watch(pods, { namespace }, following.signal)) {
        if (event.kind === 'snapshot') {
          seen.push(`snapshot of ${String(event.objects.length)}`);
        } else if (event.kind !== 'modified') {
          seen.push(`${event.kind} ${event.object.metadata.name}`);
        }
      }
    })();
    const untilSeen = (entry: string) =>
      waitUntil(() => seen.includes(entry), { what: entry, timeoutMs: WAIT_MS });
    const create = (name: string) =>
      client.create(pods, { metadata: { name, namespace }, spec: podSpec() });
    await untilSeen('snapshot of 0');
    await create('before');
    await untilSeen('added before');

    await green.killApiServer();
    await green.startApiServer();
    await create('after');

    await waitUntil(() => seen.includes('added after') || seen.includes('snapshot of 2'), {
      what: 'the pod made after the crash',
      timeoutMs: WAIT_MS,
    });
    following.abort();
    await followed;
  });
});

describe('a stopped control plane', () => {
  it('leaves no process, and its name can be used by a new, empty cluster', async () => {
    const first = await planes.start({ ...specOf('brief', 3), version: '1.35' });
    const namespace = await newNamespace(first);

    await first.stop();

    const left = runningProcesses(stateDir).filter(({ name }) => name.startsWith('brief-'));
    expect(left).toEqual([]);
    const second = await planes.start({ ...specOf('brief', 3), version: '1.35' });
    expect(await second.client.get(namespaces, { name: namespace })).toBeUndefined();
    await second.stop();
  });
});
