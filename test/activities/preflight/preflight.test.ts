import type { Finding } from '#domain/preflight/finding.ts';
import { capsuleText } from '#domain/capsule/capsule.ts';
import { capsuleOf } from '#test/domain/capsule/capsules.ts';
import { helmSecret } from '#test/support/helm-secret.ts';
import { issuerOf } from '#test/fakes/fake-eks.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import {
  createStage,
  failureOf,
  REF,
  resolvedInput,
  type Stage,
} from '#test/activities/run-activity.ts';

async function findings(stage: Stage): Promise<readonly string[]> {
  const input = await resolvedInput(stage);
  const report = await stage.once(async () => stage.activities.checkReadiness(input));
  return report.findings.map(({ severity, code }: Finding) => `${severity} ${code}`);
}

describe('resolving names', () => {
  it('gives every name of the plan its identity and measures blue, without writing anything', async () => {
    const stage = createStage({ requestsPerSecond: 1_000 });
    const { resolved } = await resolvedInput(stage);
    expect(resolved.engineArn).toBe('arn:aws:iam::111122223333:role/cutover-engine');
    expect(resolved.blue).toMatchObject({ name: 'shop-blue', version: '1.34' });
    expect(resolved.blue.createdAt).toBe(stage.world.blue.createdAt);
    expect(resolved.routes).toHaveLength(1);
    expect(resolved.routes[0]).toMatchObject({ id: 'web', group: 'storefront', with: 'alb' });
    expect(resolved.baseline.requestsPerSecond).toBeCloseTo(1_000, 0);
    expect(resolved.baseline.healthyTargets).toEqual({ web: 3 });
    expect(stage.world.calls.audit).toEqual([]);
  });

  it('resolves to the same twice', async () => {
    const stage = createStage();
    expect((await resolvedInput(stage)).resolved.routes).toEqual(
      (await resolvedInput(stage)).resolved.routes,
    );
  });

  it('refuses credentials of another account than the plan says', async () => {
    const stage = createStage();
    stage.world.eks.engineAccount = '999999999999';
    expect(await failureOf(resolvedInput(stage))).toBe('invalid-request');
  });

  it('says so when there is no such cluster or rule', async () => {
    const stage = createStage();
    const other = fakePlan({ blue: { cluster: 'nobody' } }).spec;
    const resolve = async (): Promise<unknown> =>
      stage.activities.resolveNames({ ref: REF, spec: other });
    expect(await failureOf(stage.once(resolve))).toBe('not-found');
    stage.world.loadBalancer.rules.splice(0);
    expect(await failureOf(resolvedInput(stage))).toBe('not-found');
  });

  it('counts no load where the source shows none', async () => {
    const stage = createStage();
    stage.world.traffic.silence.set(0, 'both');
    const { resolved } = await resolvedInput(stage);
    expect(resolved.baseline.requestsPerSecond).toBe(0);
  });
});

describe('checking readiness', () => {
  it('finds nothing in a world where nothing is wrong, and writes nothing but a capsule that it takes away again', async () => {
    const stage = createStage();
    expect(await findings(stage)).toEqual([]);
    const place = { with: 'file', directory: null } as const;
    expect(stage.world.calls.audit.map(({ call }) => call)).toEqual([
      'capsules.write',
      'capsules.remove',
    ]);
    expect(await stage.world.capsules.list(place)).toEqual([]);
  });

  it('blocks where the rollback cannot be written down, instead of waiting at the first weight', async () => {
    const stage = createStage();
    stage.world.calls.failNext('capsules.write', 'capsule-not-written');
    expect(await findings(stage)).toEqual(['block capsule-place']);
  });

  it('leaves the capsule of an earlier run alone', async () => {
    const stage = createStage();
    const place = { with: 'file', directory: null } as const;
    const earlier = capsuleOf({ workflowId: REF.workflowId });
    await stage.world.capsules.write(place, earlier);
    await findings(stage);
    expect(await stage.world.capsules.list(place)).toMatchObject([{ text: capsuleText(earlier) }]);
  });

  it('reads clusters, insights, routes and workloads', async () => {
    const stage = createStage({
      plan: fakePlan({
        singletons: {
          handOverAtPercent: 100,
          cronJobs: 'all',
          deployments: ['shop/queue-worker'],
        },
      }),
    });
    const { world } = stage;
    world.blue.status = 'UPDATING';
    world.eks.offeredVersions = ['1.34'];
    world.eks.insights = [
      { name: 'APIs', kubernetesVersion: '1.35', status: 'WARNING', reason: 'used' },
    ];
    world.eks.addCluster({ access: world.plan.spec.access.default, name: 'shop-green' }, '1.36');
    world.setHealthyTargets('blue', 0);
    for (const rule of world.loadBalancer.rules) rule.ownedByCluster = 'shop-blue';
    world.blueKubernetes.remove('deployments', 'shop', 'queue-worker');
    expect(await findings(stage)).toEqual([
      'block blue-not-active',
      'block target-not-offered',
      'block green-name-taken',
      'block load-balancer-owned-by-blue',
      'block blue-unhealthy-targets',
      'block singleton-missing',
      'warn insight-warning',
    ]);
  });

  it('reads how long EKS supports the versions, and what blue’s clients ask for', async () => {
    const stage = createStage();
    const { world } = stage;
    world.eks.support.set('1.34', 'extended').set('1.36', 'extended');
    const asked = { group: 'x.k8s.io', version: 'v1beta1', resource: 'things', subresource: '' };
    world.blueKubernetes.askedApis = [{ ...asked, removedRelease: '1.36' }];
    expect(await findings(stage)).toEqual([
      'warn version-support',
      'warn deprecated-api-asked',
      'info version-support',
    ]);
  });

  it('reads whether green can have blue’s add-ons, and the account’s quotas room for green', async () => {
    const stage = createStage();
    const { eks } = stage.world;
    eks.offers.set('vpc-cni', []);
    const misfit = { path: 'replicaCount', found: '"two"', allowed: 'a number' };
    eks.addonMisfits.set('coredns', [misfit]);
    const full = { service: 'eks', code: 'L-1194D53C', name: 'Clusters', region: 'eu-west-1' };
    eks.quotas = { rooms: [{ ...full, limit: 1, used: 1, needed: 1 }], unread: [] };
    expect(await findings(stage)).toEqual([
      'block addon-configuration',
      'block addon-unavailable',
      'block quota-full',
    ]);
  });

  it('reads which security groups admit blue alone, and whose files have blue in them', async () => {
    const stage = createStage();
    const { world } = stage;
    const ports = { protocol: 'tcp', fromPort: 5432, toPort: 5432 };
    world.eks.admittingRules = [{ groupId: 'sg-database', groupName: 'database', ...ports }];
    world.blue.tags = { 'services.k8s.aws/controller-version': 'eks-1.2.3' };
    expect(await findings(stage)).toEqual(['warn group-admits-blue', 'warn blue-owned-elsewhere']);

    world.blue.tags = {};
    world.calls.failNext('clusters.admittingRules', 'access-denied', 1);
    expect(await findings(stage)).toEqual(['info groups-unread']);
  });

  it('has old insights looked at again, and says so where that fails', async () => {
    const stage = createStage();
    const { eks } = stage.world;
    eks.insightsAtMs = Date.now() - 5 * 3_600_000;
    const input = await resolvedInput(stage);
    const check = async () => stage.activities.checkReadiness(input);
    expect(await failureOf(stage.once(check))).toBe('waiting');
    expect((await stage.settled(check)).findings).toEqual([]);

    eks.insightsAtMs = Date.now() - 5 * 3_600_000;
    stage.world.calls.failNext('clusters.insightsRefresh', 'access-denied', 1);
    expect(await findings(stage)).toEqual(['info insights-not-refreshed']);

    eks.insights = null;
    stage.world.calls.failNext('clusters.insightsRefresh', 'access-denied', 1);
    expect(await findings(stage)).toEqual(['warn insight-unknown']);

    stage.world.calls.failNext('clusters.insights', 'access-denied', 1);
    expect(await findings(stage)).toEqual(['warn insight-unknown']);
  });

  it('reads whether green’s nodes can be made like blue’s', async () => {
    const stage = createStage();
    stage.world.eks.nodegroupShape = { amiType: 'AL2_x86_64', hasLaunchTemplate: true };
    expect(await findings(stage)).toEqual(['block launch-template', 'block node-image-gone']);
  });

  it('sees that the worker runs in blue, and that it runs elsewhere', async () => {
    const stage = createStage();
    stage.world.workersIssuer = issuerOf('shop-blue');
    expect(await findings(stage)).toEqual(['block worker-in-blue']);

    stage.world.workersIssuer = issuerOf('tools');
    expect(await findings(stage)).toEqual([]);
  });

  it('reads how many addresses are free, and says so where EC2 may not be asked', async () => {
    const stage = createStage();
    const { world } = stage;
    world.eks.subnets = [{ id: 'subnet-a', zone: 'eu-west-1a', free: 2, ofControlPlane: true }];
    expect(await findings(stage)).toEqual(['block subnet-full', 'warn addresses-short']);

    world.calls.failNext('clusters.subnets', 'access-denied', 1);
    expect(await findings(stage)).toEqual(['info subnets-unread']);
  });

  it("reads blue's objects, and what Helm keeps of its releases", async () => {
    const stage = createStage();
    const kubernetes = stage.world.blueKubernetes;
    const named = (name: string) => ({ name, namespace: 'shop' });
    await kubernetes.apply(
      { apiVersion: 'apps/v1', plural: 'deployments' },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: named('cloner'),
        spec: { replicas: 0, template: { spec: { volumes: [{ name: 'code', gitRepo: {} }] } } },
      },
    );
    await kubernetes.apply(
      { apiVersion: 'v1', plural: 'secrets' },
      helmSecret({
        manifest:
          'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: { name: web }\n',
      }),
    );

    expect(await findings(stage)).toEqual(['block git-repo-volume', 'warn api-removed-before']);
  });

  it('measures how late each source is, and records it', async () => {
    const stage = createStage();
    const input = await resolvedInput(stage);
    const { facts } = await stage.once(async () => stage.activities.checkReadiness(input));

    expect(facts?.['ageSeconds.app']).toBeLessThan(0.2);
  });

  it('gives a silent truth the time of one period, then blocks: no step could be proven', async () => {
    const stage = createStage();
    const input = await resolvedInput(stage);
    stage.world.traffic.silence.set(0, 'both');
    const report = await stage.settled(async () => stage.activities.checkReadiness(input));

    expect(report.findings).toContainEqual(
      expect.objectContaining({ code: 'source-silent', severity: 'block' }),
    );
    expect(report.facts).toEqual({ 'ageSeconds.app': 'silent' });
  });

  it('stops when blue is no longer the cluster that was resolved', async () => {
    const stage = createStage();
    const input = await resolvedInput(stage);
    stage.world.blue.createdAt = new Date(0).toISOString();
    const check = async (): Promise<unknown> => stage.activities.checkReadiness(input);
    expect(await failureOf(stage.once(check))).toBe('identity-changed');
  });
});
