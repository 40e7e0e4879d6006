import { judgeReadiness } from '#domain/preflight/readiness.ts';
import type { ReadinessFacts } from '#domain/preflight/readiness-facts.ts';
import type { Insight } from '#domain/preflight/upgrade-insights.ts';
import { weightsFieldOf } from '#domain/traffic/weights-owner.ts';

const NOW_MS = Date.UTC(2026, 10, 26);

function insight(kubernetesVersion: string, status: Insight['status']): Insight {
  const said = { recommendation: '', deprecations: [] };
  return {
    name: 'APIs',
    kubernetesVersion,
    status,
    reason: 'used',
    refreshedAtMs: NOW_MS,
    ...said,
  };
}

function versions(...all: readonly string[]): ReadinessFacts['versions'] {
  const dates = { endOfStandard: '2027-03-27', endOfExtended: '2028-03-27' };
  return all.map((version) => ({ version, support: 'standard', ...dates }));
}

const READY: ReadinessFacts = {
  blue: { name: 'shop-blue', version: '1.34', status: 'ACTIVE', issues: [], tags: {} },
  targetVersion: '1.36',
  versions: versions('1.34', '1.35', '1.36'),
  insights: { found: [insight('1.35', 'PASSING')], nowMs: NOW_MS, notRefreshed: null },
  askedApis: { kind: 'read', apis: [] },
  green: null,
  routes: [
    {
      id: 'web',
      with: 'alb',
      greenPercent: null,
      blueTargetGroupArn: 'blue-tg',
      greenTargetGroupArn: 'green-tg',
      loadBalancerArn: 'alb',
      ownedByCluster: null,
      owner: null,
      stickySeconds: null,
      bakeSeconds: 600,
      acceptsSticky: false,
      healthy: 3,
      total: 3,
    },
  ],
  requestsPerSecond: 100,
  lags: [],
  missingDataSeconds: 120,
  bakes: [],
  sharesAreVisible: true,
  askedOfPeople: [],
  namespaces: [{ name: 'shop', exists: true, deployments: 2 }],
  missingSingletons: [],
  floorsLeftAlone: [],
  shedding: { shedWithinSeconds: 300, groups: [] },
  addresses: {
    subnets: [
      { id: 'subnet-a', zone: 'eu-west-1a', free: 100, ofControlPlane: true },
      { id: 'subnet-b', zone: 'eu-west-1b', free: 100, ofControlPlane: true },
    ],
    pods: 30,
    nodes: 3,
  },
  addons: [],
  selfManaged: { addons: [], hasCni: true },
  admitting: { ofBlue: 'sg-blue', rules: [] },
  quotas: { rooms: [], unread: [] },
  isWorkerInBlue: false,
  shape: { admitsByConfigMapAlone: false, nodegroups: [] },
  objects: [],
  waivers: [],
  today: '2026-11-26',
  noCapsule: null,
  hub: null,
};

const [ROUTE] = READY.routes;

function codes(change: Partial<ReadinessFacts>): readonly string[] {
  return judgeReadiness({ ...READY, ...change }).map(({ severity, code }) => `${severity} ${code}`);
}

function withRoute(change: Partial<ReadinessFacts['routes'][number]>): readonly string[] {
  return codes({ routes: ROUTE === undefined ? [] : [{ ...ROUTE, ...change }] });
}

describe('long-lived connections', () => {
  const shedding = (deregistrationDelaySeconds: number) =>
    codes({
      shedding: {
        shedWithinSeconds: 60,
        groups: [{ targetGroupArn: 'green-tg', deregistrationDelaySeconds }],
      },
    });

  it('that leave later than the plan promises are warned of', () => {
    expect(shedding(60)).toEqual([]);
    expect(shedding(300)).toEqual(['warn shed-slower-than-promised']);
  });
});

describe('a place where the rollback cannot be written down', () => {
  it('blocks before anything is touched', () => {
    expect(codes({ noCapsule: 'EACCES' })).toEqual(['block capsule-place']);
  });
});

describe('readiness', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(codes({})).toEqual([]);
  });

  it('blocks a blue that is not ACTIVE and shows its health issues', () => {
    const blue = { ...READY.blue, status: 'UPDATING', issues: ['IamRoleNotFound: gone'] };
    expect(codes({ blue })).toEqual(['block blue-not-active', 'warn blue-health-issue']);
  });

  it('blocks a target that EKS does not offer, or that is older than blue', () => {
    expect(codes({ targetVersion: '1.37' })).toEqual(['block target-not-offered']);
    expect(codes({ targetVersion: '1.33' })).toEqual([
      'block target-not-offered',
      'block target-not-newer',
    ]);
  });

  it('mentions a target that is only a rebuild', () => {
    expect(codes({ targetVersion: '1.34' })).toEqual(['info target-not-newer']);
  });

  it('compares versions by number, not by letter', () => {
    const offered = { versions: versions('1.9', '1.10'), targetVersion: '1.10' };
    const insights = { ...READY.insights, found: [insight('1.10', 'PASSING')] };
    expect(codes({ ...offered, insights, blue: { ...READY.blue, version: '1.9' } })).toEqual([]);
  });

  it('takes insights on the way to the target by their severity, and no others', () => {
    const found = [
      insight('1.35', 'WARNING'),
      insight('1.36', 'ERROR'),
      insight('1.36', 'UNKNOWN'),
      insight('1.36', 'PASSING'),
      insight('1.37', 'ERROR'),
      insight('1.34', 'ERROR'),
    ];
    expect(codes({ insights: { ...READY.insights, found } })).toEqual([
      'block insight-error',
      'warn insight-warning',
      'warn insight-unknown',
    ]);
  });

  it("tells a stranger's cluster of green's name from an earlier attempt's", () => {
    expect(codes({ green: { name: 'shop-green', ours: false } })).toEqual([
      'block green-name-taken',
    ]);
    expect(codes({ green: { name: 'shop-green', ours: true } })).toEqual(['info green-adopted']);
  });

  it('blocks a blue without healthy targets and warns of a half healthy one', () => {
    expect(withRoute({ healthy: 0 })).toEqual(['block blue-unhealthy-targets']);
    expect(withRoute({ healthy: 2 })).toEqual(['warn blue-unhealthy-targets']);
  });

  it("blocks a load balancer that blue's controller owns, but no other cluster's", () => {
    expect(withRoute({ ownedByCluster: 'shop-blue' })).toEqual([
      'block load-balancer-owned-by-blue',
    ]);
    expect(withRoute({ ownedByCluster: 'platform' })).toEqual([]);
  });

  it("warns that the load balancer of blue's Ingress goes with blue, instead of blocking it", () => {
    expect(withRoute({ with: 'ingress', ownedByCluster: 'shop-blue' })).toEqual([
      'warn front-door-goes-with-blue',
    ]);
  });

  it('blocks a route on which green has users already: nobody would know what to go back to', () => {
    expect(withRoute({ greenPercent: 25 })).toEqual(['block users-on-green']);
    expect(withRoute({ greenPercent: 0 })).toEqual([]);
  });

  it('says the same of an HTTPRoute that blue holds, and nothing of one in front of both', () => {
    const owned = { with: 'gateway', ownedByCluster: null } as const;
    expect(withRoute(owned)).toEqual(['warn front-door-goes-with-blue']);
    expect(withRoute({ ...owned, heldBy: { name: 'shop-edge' } })).toEqual([]);
  });

  it('blocks a route whose weights somebody else would put back, and names them', () => {
    const routes = ROUTE === undefined ? [] : [{ ...ROUTE, owner: { who: 'Argo CD (label x)' } }];
    const [found] = judgeReadiness({ ...READY, routes });
    expect(found).toMatchObject({ severity: 'block', code: 'route-owned-elsewhere' });
    expect(found?.title).toContain('Argo CD (label x)');
  });

  it('warns of files that hold the weights too, and tells where only the load balancer is theirs', () => {
    const as = weightsFieldOf({ with: 'alb', ruleArn: 'rule' });
    const by = { tool: 'Terraform', tag: 'managed-by=terraform', of: 'route' } as const;

    expect(withRoute({ owned: { by, as } })).toEqual(['warn weights-owner']);
    expect(withRoute({ owned: { by: { ...by, of: 'load-balancer' }, as } })).toEqual([
      'info weights-owner',
    ]);
  });

  it('blocks one target group for both colours', () => {
    expect(withRoute({ greenTargetGroupArn: 'blue-tg' })).toEqual(['block same-target-group']);
  });

  it('warns when no traffic is seen: no step could be proven', () => {
    expect(codes({ requestsPerSecond: 0 })).toEqual(['warn no-traffic']);
  });

  it('blocks groups that move apart where no source can tell them apart', () => {
    expect(codes({ sharesAreVisible: false })).toEqual(['block truth-source-too-coarse']);
  });

  it('warns where a person will be asked at every step', () => {
    const askedOfPeople = [{ routeIds: ['mail'], why: 'nothing counts its connections' }];
    expect(codes({ askedOfPeople })).toEqual(['warn no-truth-source']);
  });

  it('blocks a namespace or singleton that blue does not have and warns of an empty namespace', () => {
    const namespaces = [
      { name: 'shop', exists: false, deployments: 0 },
      { name: 'empty', exists: true, deployments: 0 },
    ];
    expect(codes({ namespaces, missingSingletons: ['shop/worker'] })).toEqual([
      'block namespace-missing',
      'block singleton-missing',
      'warn namespace-empty',
    ]);
  });
});

describe("blue's objects", () => {
  const found = (name: string): ReadinessFacts['objects'][number] => ({
    code: 'api-removed',
    severity: 'block',
    title: 'policy/v1beta1 PodDisruptionBudget is not served since 1.25, and green is 1.36',
    resource: {
      apiVersion: 'policy/v1beta1',
      kind: 'PodDisruptionBudget',
      namespace: 'shop',
      name,
    },
    evidence: 'in Helm release shop/web revision 3',
    remedy: 'write it as policy/v1 PodDisruptionBudget',
    source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  });

  it('that green will not serve block, by name and with where they were seen', () => {
    expect(judgeReadiness({ ...READY, objects: [found('web')] })).toMatchObject([
      {
        code: 'api-removed',
        severity: 'block',
        resource: 'PodDisruptionBudget shop/web',
        title: expect.stringContaining('in Helm release shop/web revision 3'),
      },
    ]);
  });

  it('are named up to fifty, and counted from there on, so that history stays short', () => {
    const objects = Array.from({ length: 60 }, (_, index) => found(`web-${index}`));
    const findings = judgeReadiness({ ...READY, objects });

    expect(findings).toHaveLength(51);
    expect(findings.at(-1)).toMatchObject({ severity: 'block', resource: '10 more objects' });
  });

  it('of one code hide none of another, and are counted by code, so that a waiver takes its own alone', () => {
    const objects = Array.from({ length: 60 }, (_, index) => [
      found(`web-${index}`),
      { ...found(`cloner-${index}`), code: 'git-repo-volume' as const },
    ]);
    const deaf = { ...found('customs'), code: 'webhook-deaf', severity: 'warn' } as const;
    const { resource: _, ...all } = waiver;
    const facts = { ...READY, objects: [...objects.flat(), deaf], waivers: [all] };
    const findings = judgeReadiness(facts);

    expect(findings).toHaveLength(52);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'webhook-deaf' }));
    expect(findings.filter(({ resource }) => resource.includes('more objects'))).toMatchObject([
      { code: 'git-repo-volume', severity: 'block', resource: '36 more objects' },
      { code: 'api-removed', severity: 'info', resource: '35 more objects' },
    ]);
  });

  it('that are counted name the first of them in a report', () => {
    const objects = Array.from({ length: 51 }, (_, index) => found(`web-${100 + index}`));

    expect(judgeReadiness({ ...READY, objects }).at(-1)).toMatchObject({
      resource: '1 more object',
      about: {
        resource: { apiVersion: '', kind: '', namespace: '', name: '1 more object' },
        evidence: expect.stringContaining('PodDisruptionBudget shop/web-150'),
      },
    });
  });

  const waiver = {
    code: 'api-removed',
    resource: 'PodDisruptionBudget shop/web',
    reason: 'rewritten after the move',
    expires: '2026-11-26',
  } as const;

  it('that people answer for do not block until their day is over, and stay to be seen', () => {
    const objects = [found('web'), found('api')];

    expect(
      judgeReadiness({ ...READY, objects, waivers: [waiver] }).map(
        ({ severity, resource }) => `${severity} ${resource}`,
      ),
    ).toEqual(['block PodDisruptionBudget shop/api', 'info PodDisruptionBudget shop/web']);
    expect(codes({ objects: [found('web')], waivers: [waiver], today: '2026-11-27' })).toEqual([
      'block api-removed',
      'warn waiver-expired',
    ]);
  });

  it('of every name are waived by a waiver without a resource', () => {
    const { resource: _, ...all } = waiver;

    expect(codes({ objects: [found('web'), found('api')], waivers: [all] })).toEqual([
      'info api-removed',
      'info api-removed',
    ]);
  });

  it('are all that can be waived, beside insights: no waiver lets a rollback go nowhere', () => {
    const blind = { ...waiver, code: 'capsule-place' };
    const { resource: _, ...all } = blind;

    expect(codes({ noCapsule: 'the bucket is not there', waivers: [all] })).toEqual([
      'block capsule-place',
    ]);
  });
});
