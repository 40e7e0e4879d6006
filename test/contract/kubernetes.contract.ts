import type {
  KubernetesCluster,
  KubernetesClusters,
  ObjectKind,
} from '#activities/ports/kubernetes.ts';
import type { ClusterRef, Identified } from '#activities/ports/refs.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** What every connection to a cluster's API keeps. */
export interface KubernetesUnderTest {
  readonly kubernetes: KubernetesClusters;
  /** Exists and admits the engine as an administrator. */
  readonly cluster: ClusterRef;
  readonly identity: Identified;
  stop(): Promise<void>;
}

const NAMESPACES: ObjectKind = { apiVersion: 'v1', plural: 'namespaces' };
const CONFIG_MAPS: ObjectKind = { apiVersion: 'v1', plural: 'configmaps' };
const DEPLOYMENTS: ObjectKind = { apiVersion: 'apps/v1', plural: 'deployments' };
const CRON_JOBS: ObjectKind = { apiVersion: 'batch/v1', plural: 'cronjobs' };

export function kubernetesContract(
  name: string,
  setUp: () => Promise<KubernetesUnderTest>,
  setUpTimeoutMs = 5_000,
): void {
  describe(`a cluster's API (${name})`, () => {
    let under: KubernetesUnderTest;
    let api: KubernetesCluster;
    let namespace: string;
    let tests = 0;
    const { signal } = new AbortController();
    const get = async (kind: ObjectKind, of: string): Promise<KubernetesObject | null> =>
      api.get(kind, namespace, of, signal);

    beforeAll(async () => {
      under = await setUp();
      api = await under.kubernetes.connect(under.cluster, under.identity, signal);
    }, setUpTimeoutMs);
    afterAll(async () => under.stop());

    beforeEach(async () => {
      tests += 1;
      namespace = `contract-${String(tests)}`;
      const metadata = { name: namespace, labels: { team: 'shop' } };
      await api.apply(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata }, signal);
    });

    const configMap = (of: string, data: object, place = namespace): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: of, namespace: place },
      data,
    });

    it('refuses a cluster that is not the one that was meant', async () => {
      const other = { ...under.identity, createdAt: '2020-01-01T00:00:00.000Z' };

      const connected = under.kubernetes.connect(under.cluster, other, signal);

      await expect(connected).rejects.toMatchObject({ type: 'identity-changed' });
    });

    it('is ready for us', async () => {
      expect(await api.isReady(signal)).toBe(true);
    });

    it('tells which deprecated APIs were asked for', async () => {
      for (const { version, resource } of await api.askedDeprecatedApis(signal)) {
        expect(version).toMatch(/^v\d/u);
        expect(resource).toMatch(/^[a-z]+$/u);
      }
    });

    it('gives back what was applied, cluster-wide objects too', async () => {
      await api.apply(CONFIG_MAPS, configMap('settings', { colour: 'blue' }), signal);

      expect(await get(CONFIG_MAPS, 'settings')).toMatchObject({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', namespace },
        data: { colour: 'blue' },
      });
      expect(await api.get(NAMESPACES, null, namespace, signal)).toMatchObject({
        kind: 'Namespace',
        metadata: { name: namespace, labels: { team: 'shop' } },
      });
    });

    it('changes nothing when the same is applied again, and applies changes', async () => {
      await api.apply(DEPLOYMENTS, deployment(namespace, 2), signal);
      await api.apply(DEPLOYMENTS, deployment(namespace, 2), signal);
      const once = await get(DEPLOYMENTS, 'web');
      await api.apply(DEPLOYMENTS, deployment(namespace, 3), signal);
      const changed = await get(DEPLOYMENTS, 'web');

      expect(once).toMatchObject({ metadata: { generation: 1 }, spec: { replicas: 2 } });
      expect(changed).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 3 } });
    });

    it('lists one namespace or all, each object with its kind', async () => {
      const elsewhere = `${namespace}-b`;
      await api.apply(
        NAMESPACES,
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere } },
        signal,
      );
      await api.apply(CRON_JOBS, cronJob(namespace), signal);
      await api.apply(CRON_JOBS, cronJob(elsewhere), signal);

      const here = await api.list(CRON_JOBS, namespace, signal);
      const all = await api.list(CRON_JOBS, null, signal);

      expect(here).toMatchObject([{ apiVersion: 'batch/v1', kind: 'CronJob' }]);
      const places = all.map(({ metadata }) => metadata.namespace);
      expect(places).toEqual(expect.arrayContaining([namespace, elsewhere]));
    });

    it('has no objects of kinds and names it does not know', async () => {
      const unknown = { apiVersion: 'nobody.example/v1', plural: 'things' };

      expect(await api.list(unknown, namespace, signal)).toEqual([]);
      expect(await api.get(unknown, namespace, 'thing', signal)).toBeNull();
      expect(await get(CONFIG_MAPS, 'nobody')).toBeNull();
    });

    it('merges a patch: sets, keeps and removes', async () => {
      await api.apply(CONFIG_MAPS, configMap('settings', { a: '1', b: '2' }), signal);

      await api.merge(CONFIG_MAPS, namespace, 'settings', { data: { b: null, c: '3' } }, signal);

      expect(await get(CONFIG_MAPS, 'settings')).toMatchObject({ data: { a: '1', c: '3' } });
      expect(JSON.stringify(await get(CONFIG_MAPS, 'settings'))).not.toContain('"b":"2"');
    });

    it('deletes, also what is not there', async () => {
      await api.apply(CONFIG_MAPS, configMap('settings', { a: '1' }), signal);

      await api.delete(CONFIG_MAPS, namespace, 'settings', signal);
      await api.delete(CONFIG_MAPS, namespace, 'settings', signal);

      expect(await get(CONFIG_MAPS, 'settings')).toBeNull();
    });

    it('cannot patch what is not there', async () => {
      const patched = api.merge(CONFIG_MAPS, namespace, 'nobody', { data: {} }, signal);

      await expect(patched).rejects.toMatchObject({ type: 'not-found' });
    });

    it('refuses objects in namespaces that are not there', async () => {
      const lost = api.apply(CONFIG_MAPS, configMap('settings', {}, 'nowhere'), signal);

      await expect(lost).rejects.toMatchObject({ type: 'not-found' });
    });

    it('refuses objects with fields that only a server sets', async () => {
      const { metadata, ...rest } = configMap('settings', {});
      const raw = { ...rest, metadata: { ...metadata, managedFields: [{ manager: 'blue' }] } };

      const applied = api.apply(CONFIG_MAPS, raw, signal);

      await expect(applied).rejects.toMatchObject({ type: 'invalid-request' });
    });
  });
}

function deployment(namespace: string, replicas: number): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1' }] },
      },
    },
  };
}

function cronJob(namespace: string): KubernetesObject {
  const template = { spec: { containers: [{ name: 'r', image: 'r:1' }], restartPolicy: 'Never' } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'report', namespace },
    spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template } } },
  };
}
