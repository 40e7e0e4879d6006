/** What EKS and an API server say of the way to green's version: the product's own adapters, the emulated EKS, a light cluster. */
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { freshInsights, readAskedApis } from '#activities/preflight/read-control-plane.ts';
import { thisRun } from '#activities/activity-run.ts';
import type { Tools } from '#activities/tools.ts';
import { askedFindings } from '#domain/preflight/asked-apis.ts';
import { supportFindings } from '#domain/preflight/version-support.ts';
import { insightFindings, type InsightFacts } from '#domain/preflight/upgrade-insights.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { emulatedEksUnderTest } from '#test/contract/eks-under-test.ts';
import {
  lightKubernetesUnderTest,
  SET_UP_TIMEOUT_MS,
} from '#test/contract/kubernetes-under-test.ts';
import { createStage, resolvedInput } from '#test/activities/run-activity.ts';

const { signal } = new AbortController();
const BLUE = { name: 'shop-blue', version: '1.34' };
const WAY = { blue: BLUE, targetVersion: '1.36' };

describe('EKS', () => {
  let under: Awaited<ReturnType<typeof emulatedEksUnderTest>>;
  beforeAll(async () => {
    under = await emulatedEksUnderTest();
  }, SET_UP_TIMEOUT_MS);
  afterAll(() => under.stop());

  async function set(setting: object): Promise<void> {
    const { ok } = await fetch(`${under.aws.world?.url}/_sandbox/eks/insights/shop-blue`, {
      method: 'PUT',
      body: JSON.stringify({
        kubernetesVersion: '1.35',
        reason: 'as the test wants it',
        ...setting,
      }),
    });
    expect(ok).toBe(true);
  }

  async function read(): Promise<InsightFacts> {
    const stage = createStage();
    const { ports } = stage;
    const clusters = createEksClusters({ clients: under.aws.clients });
    const tools: Tools = { ports: { ...ports, clusters }, timings: QUICK_TIMINGS };
    const { spec, resolved } = await resolvedInput(stage);
    return stage.settled(async () => freshInsights(tools, { spec, resolved }, thisRun(tools)));
  }

  async function makeOld(ageHours: number): Promise<void> {
    for (const { name, kubernetesVersion, status, reason } of await createEksClusters({
      clients: under.aws.clients,
    }).insights(under.blue, signal))
      await set({ name, kubernetesVersion, status, reason, ageHours });
  }

  const calls = (operation: string): number =>
    under.aws.world?.audit.entries({ operation }).length ?? 0;

  it('has nothing against a clean cluster, and is not asked to look again', async () => {
    const clusters = createEksClusters({ clients: under.aws.clients });

    expect(insightFindings(await read(), WAY)).toEqual([]);
    expect(calls('StartInsightsRefresh')).toBe(0);
    expect(
      supportFindings(await clusters.versions(under.blue.access, signal), BLUE, '1.36'),
    ).toEqual([]);
  });

  it('says which versions are in extended support, by its own status', async () => {
    const clusters = createEksClusters({ clients: under.aws.clients });
    const all = await clusters.versions(under.blue.access, signal);

    expect(supportFindings(all, { ...BLUE, version: '1.33' }, '1.36')).toMatchObject([
      { code: 'version-support', severity: 'info' },
    ]);
    expect(supportFindings(all, BLUE, '1.33')).toMatchObject([
      { code: 'version-support', severity: 'warn' },
    ]);
  });

  it('looks again at what is old, and is waited for', async () => {
    await makeOld(5);

    const facts = await read();

    expect(facts.notRefreshed).toBeNull();
    expect(insightFindings(facts, WAY)).toEqual([]);
    expect(calls('StartInsightsRefresh')).toBe(1);
  });

  it('is taken at its old word by a role that may not ask it to look again', async () => {
    await makeOld(5);
    under.aws.world?.faults.add({
      service: 'eks',
      operation: 'StartInsightsRefresh',
      effect: { kind: 'error', code: 'AccessDeniedException', status: 403 },
    });

    expect(insightFindings(await read(), WAY)).toMatchObject([
      { code: 'insights-not-refreshed', severity: 'info' },
    ]);
    await makeOld(30);
    expect(insightFindings(await read(), WAY)).toMatchObject([
      { code: 'insight-unknown', severity: 'warn' },
    ]);
    under.aws.world?.faults.clear();
  });

  it('says of an error what to do, and which clients ask', async () => {
    await set({
      name: 'Deprecated APIs removed in Kubernetes v1.35',
      status: 'ERROR',
      recommendation: 'Update your manifests.',
      deprecationDetails: [
        {
          usage: '/apis/x.k8s.io/v1beta1/things',
          replacedWith: '/apis/x.k8s.io/v1/things',
          stopServingVersion: '1.35',
          clientStats: [{ userAgent: 'old-operator/v0.1', numberOfRequestsLast30Days: 7 }],
        },
      ],
    });

    const [error] = insightFindings(await read(), WAY);

    expect(error).toMatchObject({
      code: 'insight-error',
      remedy: 'EKS recommends: Update your manifests.',
    });
    expect(error?.title).toContain('old-operator/v0.1 (7 requests in 30 days)');
  });
});

describe("blue's API server", () => {
  let under: Awaited<ReturnType<typeof lightKubernetesUnderTest>>;
  beforeAll(async () => {
    under = await lightKubernetesUnderTest();
  }, SET_UP_TIMEOUT_MS);
  afterAll(() => under.stop());

  async function found(): Promise<readonly string[]> {
    const api = await under.kubernetes.connect(under.cluster, under.identity, signal);
    const facts = await readAskedApis(api, signal);
    return askedFindings(facts, [], WAY).map(({ severity, code }) => `${severity} ${code}`);
  }

  it('tells what its clients asked for that green will not have', async () => {
    expect(await found()).toEqual([]);

    const asked = { group: 'x.k8s.io', version: 'v1beta1', resource: 'things', subresource: '' };
    under.light.cluster('contract').askedApis = [
      { ...asked, removedRelease: '1.35' },
      { ...asked, resource: 'others', removedRelease: '1.40' },
    ];
    expect(await found()).toEqual(['warn deprecated-api-asked']);
  });

  it('may refuse to tell, and then that is said', async () => {
    under.light.faults.add({
      service: 'kubernetes',
      operation: 'get metrics',
      effect: { kind: 'error', code: 'Forbidden', status: 403 },
    });

    expect(await found()).toEqual(['info deprecated-apis-unread']);
  });
});
