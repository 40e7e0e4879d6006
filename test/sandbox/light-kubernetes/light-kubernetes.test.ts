/** Light clusters, met as the engine and the world's owner meet them; what they share with real ones is in the contract. */
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { connectApiServer } from '#activities/adapters/kubernetes/api-server.ts';
import { requireCluster } from '#activities/adapters/aws/found-cluster.ts';
import { eksToken } from '#activities/adapters/kubernetes/eks-token.ts';
import {
  CRON_JOBS,
  DEPLOYMENTS,
  HORIZONTAL_POD_AUTOSCALERS,
  JOBS,
  NODES,
  PODS,
  TARGET_GROUP_BINDINGS,
} from '#activities/kinds.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { isUnfinishedJobOf } from '#domain/workloads/singletons.ts';
import { unavailableReason } from '#domain/workloads/workload-health.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { createAdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { isAllowed } from '#sandbox/light-kubernetes/callers.ts';
import { startLightKubernetes } from '#sandbox/light-kubernetes/light-kubernetes.ts';
import { deployments, namespaces } from '#sandbox/kubernetes/resources.ts';
import { shopManifests } from '#sandbox/shop/manifests.ts';
import type { PodRecord } from '#sandbox/shop/pod-directory.ts';
import { seedCluster } from '#sandbox/world/seed-cluster.ts';
import { ACCESS } from '#test/contract/emulated-aws.ts';
import {
  lightKubernetesUnderTest,
  SET_UP_TIMEOUT_MS,
} from '#test/contract/kubernetes-under-test.ts';
import { eventually } from '../data-plane/eventually.ts';

const PATIENCE_MS = 60_000;
const { greenTargetGroupArn, securityGroupId } = SHOP_FRONT_DOOR;
const { signal } = new AbortController();

describe('a light cluster with the shop', () => {
  let under: Awaited<ReturnType<typeof lightKubernetesUnderTest>>;
  let api: KubernetesCluster;
  let told: ReadonlyMap<string, readonly PodRecord[]>;

  beforeAll(async () => {
    const pods = new Map<string, readonly PodRecord[]>();
    told = pods;
    under = await lightKubernetesUnderTest({
      leaveAfterMs: 50,
      onPods: (cluster, records) => void pods.set(cluster, records),
    });
    await seedCluster(under.aws.owner.eks, 'shop-blue');
    const frontDoor = { kind: 'binding', targetGroupArn: greenTargetGroupArn } as const;
    for (const manifest of shopManifests({ frontDoor, securityGroupId }))
      under.light.cluster('shop-blue').apply(manifest, 'shop-team');
    const { arn = '', createdAt } = await requireCluster(under.aws.clients, blue(), signal);
    const identity = { arn, createdAt: createdAt?.toISOString() ?? '' };
    api = await under.kubernetes.connect(blue(), identity, signal);
    await eventually('the shop to be available', isAvailable, PATIENCE_MS);
  }, SET_UP_TIMEOUT_MS);
  afterAll(async () => under.stop());

  const blue = () => ({ access: ACCESS, name: 'shop-blue' });
  const deploymentOf = async (name: string): Promise<KubernetesObject> => {
    const found = await api.get(DEPLOYMENTS, 'shop', name, signal);
    if (found === null) throw new Error(`no Deployment ${name}`);
    return found;
  };
  const podsOf = async (service: string): Promise<readonly KubernetesObject[]> =>
    (await api.list(PODS, 'shop', signal)).filter(
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === service,
    );
  const isAvailable = async (): Promise<boolean> => {
    const found = await api.list(DEPLOYMENTS, 'shop', signal);
    return found.length === 3 && found.every((one) => unavailableReason(one) === null);
  };
  const targets = async (): Promise<readonly string[]> => {
    const { TargetHealthDescriptions = [] } = await under.aws.owner.elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: greenTargetGroupArn }),
    );
    return TargetHealthDescriptions.filter(
      ({ TargetHealth }) => TargetHealth?.State !== 'draining',
    ).map(({ Target }) => `${Target?.Id}:${Target?.Port}`);
  };

  it('has pods of its own addresses on its nodes, and tells whoever serves for them', async () => {
    const pods = await podsOf('web');
    const nodes = await api.list(NODES, null, signal);

    const names = new Set(nodes.map(({ metadata }) => metadata.name));
    const addresses = pods.map((pod) => fieldsOf(pod['status'])['podIP']);
    expect(pods).toHaveLength(3);
    expect(nodes).toHaveLength(3);
    expect(pods.every((pod) => names.has(String(fieldsOf(pod['spec'])['nodeName'])))).toBe(true);
    expect(new Set(addresses).size).toBe(3);
    expect(
      told
        .get('shop-blue')
        ?.filter(({ service, ready, ports }) => service === 'web' && ready && ports[0] === 8080)
        .map(({ address }) => address),
    ).toEqual(expect.arrayContaining(addresses));
  });

  it('has its ready pods in the target group that its binding names, as many as there are', async () => {
    const inGroup = async (count: number): Promise<boolean> => {
      const pods = await podsOf('web');
      const wanted = pods.map((pod) => `${String(fieldsOf(pod['status'])['podIP'])}:8080`);
      const found = await targets();
      return pods.length === count && wanted.toSorted().join() === found.toSorted().join();
    };
    await eventually('three targets', async () => inGroup(3), PATIENCE_MS);

    await api.merge(DEPLOYMENTS, 'shop', 'web', { spec: { replicas: 5 } }, signal);

    await eventually('five targets', async () => inGroup(5), PATIENCE_MS);
  });

  it('takes its targets out before a binding goes', async () => {
    const binding = await api.get(TARGET_GROUP_BINDINGS, 'shop', 'web', signal);
    expect(binding).not.toBeNull();

    await api.delete(TARGET_GROUP_BINDINGS, 'shop', 'web', signal);

    await eventually(
      'the binding to be gone',
      async () => (await api.get(TARGET_GROUP_BINDINGS, 'shop', 'web', signal)) === null,
      PATIENCE_MS,
    );
    expect(await targets()).toEqual([]);
  });

  it('lets pods leave when they are no longer wanted, and not at once', async () => {
    await api.merge(DEPLOYMENTS, 'shop', 'catalog', { spec: { replicas: 0 } }, signal);

    expect(fieldsOf((await deploymentOf('catalog'))['status'])['replicas']).toBe(0);
    await eventually('no pod', async () => (await podsOf('catalog')).length === 0, PATIENCE_MS);
  });

  it('replaces pods whose template changed', async () => {
    const before = (await podsOf('orders')).map(({ metadata }) => metadata.name);
    const template = { metadata: { annotations: { restarted: 'today' } } };

    await api.merge(DEPLOYMENTS, 'shop', 'orders', { spec: { template } }, signal);

    await eventually(
      'other pods alone',
      async () => {
        const now = (await podsOf('orders')).map(({ metadata }) => metadata.name);
        return now.length === 2 && now.every((name) => !before.includes(name));
      },
      PATIENCE_MS,
    );
    expect(unavailableReason(await deploymentOf('orders'))).toBeNull();
  });

  it('crashes in a loop where its owner wants it so, and is well again', async () => {
    const cluster = under.light.cluster('shop-blue');
    cluster.setPods('shop/orders', 'crash-looping');
    const [looping] = await podsOf('orders');
    const reason = unavailableReason(await deploymentOf('orders'));

    cluster.setPods('shop/orders', 'well');

    expect(JSON.stringify(looping?.['status'])).toContain('CrashLoopBackOff');
    expect(reason).not.toBeNull();
    await eventually(
      'orders to be available',
      async () => unavailableReason(await deploymentOf('orders')) === null,
      PATIENCE_MS,
    );
  });

  it('runs Jobs of its CronJobs until they end', async () => {
    const cronJob = await api.get(CRON_JOBS, 'shop', 'orders-nightly', signal);
    if (cronJob === null) throw new Error('no CronJob');

    under.light.cluster('shop-blue').startJob('shop', 'orders-nightly', 3_000);

    const unfinished = async (): Promise<number> =>
      (await api.list(JOBS, 'shop', signal)).filter((job) => isUnfinishedJobOf(cronJob, job))
        .length;
    expect(await unfinished()).toBe(1);
    await eventually('its end', async () => (await unfinished()) === 0, PATIENCE_MS);
  });

  it('tells who wrote which field', async () => {
    await api.merge(
      HORIZONTAL_POD_AUTOSCALERS,
      'shop',
      'web',
      { spec: { minReplicas: 4 } },
      signal,
    );

    const found = await api.get(HORIZONTAL_POD_AUTOSCALERS, 'shop', 'web', signal);
    expect(found?.metadata['managedFields']).toMatchObject([
      { manager: 'shop-team', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:minReplicas': {} } } },
      { manager: 'cutover', operation: 'Update', fieldsV1: { 'f:spec': { 'f:minReplicas': {} } } },
    ]);
  });

  it('takes a field away that its only writer names no longer, and keeps what others wrote', async () => {
    const settings = (data: object): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'claims', namespace: 'shop' },
      data,
    });
    const CONFIG_MAPS = { apiVersion: 'v1', plural: 'configmaps' };
    await api.apply(CONFIG_MAPS, settings({ ours: '1', gone: '1' }), signal);
    under.light.cluster('shop-blue').apply(settings({ theirs: '1', ours: '1' }), 'shop-team');

    await api.apply(CONFIG_MAPS, settings({ kept: '1' }), signal);

    const found = await api.get(CONFIG_MAPS, 'shop', 'claims', signal);
    expect(found?.['data']).toEqual({ theirs: '1', ours: '1', kept: '1' });
  });

  it('gives no Secret to whoever may only look on, and lets them write nothing', () => {
    const cluster = under.light.cluster('shop-blue');
    const group = { kind: 'Group', name: 'onlookers' };
    cluster.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'onlookers' },
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [group],
    });
    const may = (isRead: boolean, kind: string, groups: readonly string[]): boolean =>
      isAllowed(
        cluster,
        { username: 'someone', groups },
        { isRead, kind: cluster.objects.kinds.ofKind('v1', kind), namespace: 'shop' },
      );

    expect(may(true, 'ConfigMap', [group.name])).toBe(true);
    expect(may(true, 'Secret', [group.name])).toBe(false);
    expect(may(false, 'ConfigMap', [group.name])).toBe(false);
    expect(may(true, 'ConfigMap', ['strangers'])).toBe(false);
  });

  it('refuses a token for another cluster', async () => {
    const { endpoint = '', certificateAuthority } = await requireCluster(
      under.aws.clients,
      blue(),
      signal,
    );
    const nobody = await connectApiServer({
      name: 'shop-blue',
      endpoint,
      caData: certificateAuthority?.data ?? '',
      token: async () => eksToken(under.aws.clients.sts(ACCESS), 'contract'),
    });

    const asked = nobody.send({ method: 'GET', path: '/api/v1/namespaces' }, signal);

    await expect(asked).rejects.toMatchObject({ httpStatus: 401, name: 'Unauthorized' });
    await nobody.close();
  });

  it('serves the sandbox’s own hands by its administrator’s token', async () => {
    const { endpoint = '', certificateAuthority } = await requireCluster(
      under.aws.clients,
      blue(),
      signal,
    );
    const admin = createAdminClient({
      endpoint,
      caData: certificateAuthority?.data ?? '',
      bearerToken: under.light.adminToken,
    });

    const { items } = await admin.list(deployments, {
      namespace: 'shop',
      labelSelector: 'app.kubernetes.io/name=web',
    });

    expect(items.map(({ metadata }) => metadata.name)).toEqual(['web']);
    await admin.close();
  });

  it('loses an answer after its effect when a fault wants it so, and the audit tells what happened', async () => {
    const name = 'lost-answer';
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' } };
    const CONFIG_MAPS = { apiVersion: 'v1', plural: 'configmaps' };
    const operation = 'apply configmaps';
    under.light.faults.add({
      service: 'kubernetes',
      operation,
      where: { name },
      times: 1,
      effect: { kind: 'reset', moment: 'after' },
    });

    const first = api.apply(CONFIG_MAPS, object, signal);
    await expect(first).rejects.toMatchObject({ type: 'unavailable' });
    await api.apply(CONFIG_MAPS, object, signal);

    const calls = under.light.audit
      .entries({ operation })
      .filter(({ input }) => fieldsOf(input)['name'] === name);
    expect(calls.map(({ result }) => result)).toEqual([
      { kind: 'lost', fault: 'reset', effect: true, output: { created: true } },
      { kind: 'ok', output: { created: false } },
    ]);
  });

  it('cuts its metrics in half, too', async () => {
    const effect = { kind: 'truncate' } as const;
    // A question is asked three times.
    under.light.faults.add({ operation: 'get metrics', times: 3, effect });

    await expect(api.askedDeprecatedApis(signal)).rejects.toMatchObject({ type: 'unavailable' });
    expect(await api.askedDeprecatedApis(signal)).toEqual([]);
  });

  it.each([
    [{ kind: 'throttle' } as const, 'throttled'],
    [{ kind: 'error', code: 'InternalError', status: 503 } as const, 'unavailable'],
    [{ kind: 'truncate' } as const, 'unavailable'],
  ])('fails by %j as a real server would', async (effect, type) => {
    under.light.faults.add({ operation: 'list nodes', times: 3, effect });

    const listed = api.list(NODES, null, signal);

    await expect(listed).rejects.toMatchObject({ type });
    expect(await api.list(NODES, null, signal)).toHaveLength(3);
  });
});

describe('a light cluster that is made anew under its old name', () => {
  it('is not reached by whoever knew the old one', async () => {
    const light = await startLightKubernetes();
    const toStart = {
      name: 'shop-green',
      version: '1.36',
      issuer: '',
      serviceCidr: '172.20.0.0/16',
      tokenWebhookUrl: 'http://127.0.0.1:1',
    };
    const clientOf = async () =>
      createAdminClient({ ...(await light.start(toStart)), bearerToken: light.adminToken });
    const old = await clientOf();
    const before = await old.get(namespaces, { name: 'default' });
    await light.stop(toStart.name);
    const anew = await clientOf();

    expect(before?.metadata.name).toBe('default');
    expect(await old.get(namespaces, { name: 'default' })).toBeUndefined();
    const after = await anew.get(namespaces, { name: 'default' });
    expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
    await old.close();
    await anew.close();
    await light.stopAll();
  });
});
