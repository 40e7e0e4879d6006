import { CreateClusterCommand, DeleteClusterCommand } from '@aws-sdk/client-eks';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { requireCluster } from '#activities/adapters/aws/found-cluster.ts';
import { connectApiServer } from '#activities/adapters/kubernetes/api-server.ts';
import { createEksKubernetes } from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import { eksToken } from '#activities/adapters/kubernetes/eks-token.ts';
import type { ClusterDescription } from '#activities/ports/clusters.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { ROLES, SUBNETS } from '#sandbox/aws/seed.ts';
import { ACCESS, startEmulatedAws, type EmulatedAws } from '#test/contract/emulated-aws.ts';
import { eksKubernetesUnderTest, SET_UP_TIMEOUT_MS } from '#test/contract/kubernetes-under-test.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

const { signal } = new AbortController();
const CONFIG_MAPS = { apiVersion: 'v1', plural: 'configmaps' };

describe('a connection to a real API server', () => {
  let under: Awaited<ReturnType<typeof eksKubernetesUnderTest>>;
  beforeAll(async () => {
    under = await eksKubernetesUnderTest();
  }, SET_UP_TIMEOUT_MS);
  afterAll(async () => under.stop());

  const serverWith = async (token: (renew: boolean) => Promise<string>) => {
    const { endpoint = '', certificateAuthority } = await requireCluster(
      under.aws.clients,
      under.cluster,
      signal,
    );
    const caData = certificateAuthority?.data ?? '';
    return connectApiServer({ name: 'contract', endpoint, caData, token });
  };

  it('gets a new token, once, where the server refuses the old one', async () => {
    const asked: boolean[] = [];
    const server = await serverWith(async (renew) => {
      asked.push(renew);
      return renew ? eksToken(under.aws.clients.sts(ACCESS), 'contract') : 'k8s-aws-v1.expired';
    });

    const answer = await server.send({ method: 'GET', path: '/api/v1/namespaces/default' }, signal);

    expect(answer).toMatchObject({ kind: 'Namespace' });
    expect(asked).toEqual([false, true]);
    await server.close();
  });

  it('is refused with a token for another cluster', async () => {
    const server = await serverWith(async () =>
      eksToken(under.aws.clients.sts(ACCESS), 'shop-blue'),
    );

    const answer = server.send({ method: 'GET', path: '/api/v1/namespaces/default' }, signal);

    await expect(answer).rejects.toMatchObject({ httpStatus: 401, name: 'Unauthorized' });
    await server.close();
  });

  it('lists more objects than a page holds', async () => {
    const api = await under.kubernetes.connect(under.cluster, under.identity, signal);
    const names = Array.from({ length: 510 }, (_, index) => `many-${index}`);
    await Promise.all(
      names.map(async (name) =>
        api.apply(
          CONFIG_MAPS,
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } },
          signal,
        ),
      ),
    );

    const found = await api.list(CONFIG_MAPS, 'default', signal);

    const listed = new Set(found.map(({ metadata }) => metadata.name));
    expect(names.filter((name) => !listed.has(name))).toEqual([]);
    expect(listed.size).toBe(found.length);
  });
});

describe('a connection to a cluster', () => {
  let aws: EmulatedAws;
  let nowMs = 0;
  const cluster: ClusterRef = { access: ACCESS, name: 'shop-green' };
  const send = async (): Promise<void> => {
    await aws.owner.eks.send(
      new CreateClusterCommand({
        name: cluster.name,
        version: '1.36',
        roleArn: ROLES.cluster,
        resourcesVpcConfig: { subnetIds: SUBNETS.map(({ subnetId }) => subnetId) },
      }),
    );
  };
  const create = async (): Promise<ClusterDescription> => {
    await send();
    return found('ACTIVE');
  };
  const found = async (status: string): Promise<ClusterDescription> =>
    eventually(`a cluster that is ${status}`, async () => {
      const now = await createEksClusters({ clients: aws.clients }).describe(cluster, signal);
      return now?.status === status && now;
    });
  const kubernetes = () =>
    createEksKubernetes({ clients: aws.clients, clock: { nowMs: () => nowMs } });
  const descriptions = (): number =>
    aws.world?.audit.entries().filter(({ operation }) => operation === 'DescribeCluster').length ??
    0;

  beforeEach(async () => {
    aws = await startEmulatedAws();
  });
  afterEach(async () => aws.stop());

  it('that was made anew under its name is refused', async () => {
    const first = await create();
    const connections = kubernetes();
    await connections.connect(cluster, first, signal);
    await aws.owner.eks.send(new DeleteClusterCommand({ name: cluster.name }));
    await eventually('the cluster to be gone', async () => {
      const now = await createEksClusters({ clients: aws.clients }).describe(cluster, signal);
      return now === null;
    });
    const second = await create();

    nowMs += 3_600_000;
    const old = connections.connect(cluster, first, signal);

    await expect(old).rejects.toMatchObject({ type: 'identity-changed' });
    await expect(connections.connect(cluster, second, signal)).resolves.toBeDefined();
    await connections.close();
  });

  it('asks EKS once for many connections, and again after a while', async () => {
    const identity = await create();
    const connections = kubernetes();
    const before = descriptions();

    for (let i = 0; i < 5; i += 1) await connections.connect(cluster, identity, signal);
    expect(descriptions() - before).toBe(1);
    nowMs += 3_600_000;
    await connections.connect(cluster, identity, signal);

    expect(descriptions() - before).toBe(2);
    await connections.close();
  });

  it.each([
    ['is throttled', { kind: 'throttle' } as const],
    ['hangs', { kind: 'hang', moment: 'before' } as const],
  ])('is kept while EKS %s, and EKS is left alone for a while', async (_, effect) => {
    const identity = await create();
    const connections = kubernetes();
    await connections.connect(cluster, identity, signal);
    aws.world?.faults.add({ operation: 'DescribeCluster', effect });

    nowMs += 3_600_000;
    await expect(connections.connect(cluster, identity, signal)).resolves.toBeDefined();
    const asked = descriptions();
    nowMs += 10_000;
    await expect(connections.connect(cluster, identity, signal)).resolves.toBeDefined();
    expect(descriptions()).toBe(asked);
    nowMs += 60_000;
    await connections.connect(cluster, identity, signal);
    expect(descriptions()).toBeGreaterThan(asked);
    await connections.close();
  });

  it('that is still being made is waited for', async () => {
    aws.world?.eks.outcomes.add({ kind: 'cluster-create', outcome: { kind: 'stuck' } });
    await send();
    const identity = await found('CREATING');

    const connected = kubernetes().connect(cluster, identity, signal);

    await expect(connected).rejects.toMatchObject({ type: 'waiting' });
  });

  it('that is not there is not found', async () => {
    const identity = { arn: 'arn:aws:eks:eu-west-1:1:cluster/x', createdAt: '2026-01-01' };

    const connected = kubernetes().connect(cluster, identity, signal);

    await expect(connected).rejects.toMatchObject({ type: 'not-found' });
  });
});
