/** What the contract of routers does not say: an Ingress route beside a controller that has a will of its own. */
import { DescribeRulesCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createIngressRouter } from '#activities/adapters/aws/ingress-router.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { freePorts } from '#sandbox/processes/free-ports.ts';
import {
  ingressStage,
  meddle,
  resolvedRoute,
  rulesOf,
  type IngressStage,
} from '#test/contract/ingress-under-test.ts';
import { FakeCalls } from '#test/fakes/fake-calls.ts';
import { REAL_CLOCK } from '#test/fakes/fake-clock.ts';
import { ingressPath, seedService } from '#test/fakes/seed-ingress.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

const { signal } = new AbortController();
const PREFIX = 'alb.ingress.kubernetes.io';
const GREEN = SHOP_FRONT_DOOR.greenTargetGroupArn;

let stage: IngressStage;
afterEach(async () => stage.stop());

const inTime = (): number => Date.now() + 60_000;

/** Green is on the route, at weight 0. */
async function attached() {
  const route = await resolvedRoute(stage);
  const { before } = await stage.router.describe(route, signal);
  await stage.router.attach(route, before, signal);
  await stage.settled();
  return { route, before };
}

function modifications(): number {
  return stage.aws.world?.audit.entries({ operation: 'ModifyRule' }).length ?? 0;
}

/** The controller has looked at every rule twice more. */
async function twoMoreRounds(): Promise<void> {
  const looks = (): number =>
    stage.aws.world?.audit
      .entries({ operation: 'DescribeRules' })
      .filter(({ principalArn }) => principalArn.includes('sandbox')).length ?? 0;
  const before = looks();
  await eventually('two more rounds', () => looks() >= before + 2);
}

describe('an Ingress route', () => {
  it('is left alone by its controller at every resync: there is nothing to change', async () => {
    stage = await ingressStage({ resyncMs: 100 });
    const { route } = await attached();
    await stage.router.setGreenPercent(route, 25, inTime(), signal);
    await stage.settled();
    const before = modifications();

    await twoMoreRounds();

    expect(modifications()).toBe(before);
    expect(await stage.router.readGreenPercent(route, signal)).toBe(25);
  });

  it('keeps blue’s target group, its binding and all of its rules, on every path and listener', async () => {
    const [one = 0, two = 0] = await freePorts(2);
    const paths = [
      ingressPath('/', 'web', { name: 'http' }),
      ingressPath('/api', 'web', { name: 'http' }),
    ];
    stage = await ingressStage({
      annotations: { [`${PREFIX}/listen-ports`]: JSON.stringify([{ HTTP: one }, { HTTP: two }]) },
      spec: { rules: [{ host: 'shop.example.com', http: { paths } }] },
      rules: 4,
    });
    const places = await stage.places();
    const bindings = JSON.stringify(stage.cluster.all('targetgroupbindings'));
    const { route, before } = await attached();

    await stage.router.setGreenPercent(route, 50, inTime(), signal);
    await stage.settled();

    expect(route.rules).toHaveLength(4);
    expect(await stage.router.readGreenPercent(route, signal)).toBe(50);
    const rules = await rulesOf(stage);
    expect(
      rules.every(({ Actions }) => JSON.stringify(Actions).includes(route.blueTargetGroupArn)),
    ).toBe(true);
    expect(JSON.stringify(stage.cluster.all('targetgroupbindings'))).toBe(bindings);
    await stage.router.detach(route, before, signal);
    expect(await stage.places()).toBe(places);
  });

  it('is not read while the Ingress and a rule differ, and is brought back at both', async () => {
    stage = await ingressStage();
    const { route } = await attached();
    const [rule] = await rulesOf(stage);
    await meddle(stage, rule?.RuleArn ?? '', [
      { TargetGroupArn: route.blueTargetGroupArn, Weight: 1 },
      { TargetGroupArn: GREEN, Weight: 1 },
    ]);

    await expect(stage.router.readGreenPercent(route, signal)).rejects.toMatchObject({
      type: 'write-not-verified',
    });
    await stage.router.sendAllToBlue(route, inTime(), signal);
    await stage.settled();

    expect(await stage.router.readGreenPercent(route, signal)).toBe(0);
  });

  it('goes back to blue by its rules although blue’s API server is gone, and says what is left to do', async () => {
    stage = await ingressStage();
    const { route } = await attached();
    await stage.router.setGreenPercent(route, 50, inTime(), signal);
    await stage.settled();
    const gone = new CutoverFailure('unavailable', 'no answer', { resource: 'shop-blue' });
    const kubernetes = { connect: () => Promise.reject(gone) };
    const cutOff = createIngressRouter({
      clients: stage.aws.clients,
      kubernetes,
      clock: REAL_CLOCK,
    });

    await expect(cutOff.sendAllToBlue(route, inTime(), signal)).rejects.toBe(gone);

    const { Rules } = await stage.aws.owner.elb.send(
      new DescribeRulesCommand({
        RuleArns: (await rulesOf(stage)).map((rule) => rule.RuleArn ?? ''),
      }),
    );
    expect(JSON.stringify(Rules)).not.toContain(GREEN);
    await stage.router.sendAllToBlue(route, inTime(), signal);
    await stage.settled();
    expect(await stage.router.readGreenPercent(route, signal)).toBeNull();
  });

  it('refuses a forward write that reaches the API server after a rollback', async () => {
    stage = await ingressStage();
    const { route } = await attached();
    await stage.router.setGreenPercent(route, 50, inTime(), signal);
    await stage.settled();
    const calls = new FakeCalls();
    const kubernetes = { connect: async () => calls.around('kubernetes', stage.cluster) };
    const slow = createIngressRouter({ clients: stage.aws.clients, kubernetes, clock: REAL_CLOCK });
    const held = calls.holdNext('kubernetes.merge');

    const late = slow.setGreenPercent(route, 100, inTime(), signal);
    await held.reached;
    await stage.router.sendAllToBlue(route, inTime(), signal);
    held.release();

    await expect(late).rejects.toMatchObject({ type: 'conflict' });
    await stage.settled();

    expect(await stage.router.readGreenPercent(route, signal)).toBe(0);
  });

  it('shares an Ingress with another route: both are attached at once', async () => {
    const paths = [
      ingressPath('/api', 'api', { number: 80 }),
      ingressPath('/', 'web', { number: 80 }),
    ];
    stage = await ingressStage({
      spec: { rules: [{ http: { paths } }] },
      rules: 2,
      services: ['api'],
    });
    const places = await stage.places();
    const web = await resolvedRoute(stage);
    const described = await stage.router.describe(web, signal);
    const planned = { ...stage.planned, id: 'api', service: 'api' };
    const found = await stage.router.describe(planned, signal);
    const api = { ...planned, ...found.place, blueTargetGroupArn: found.blueTargetGroupArn };

    await Promise.all([
      stage.router.attach(web, described.before, signal),
      stage.router.attach(api, found.before, signal),
    ]);
    await stage.settled();

    expect(await stage.router.readGreenPercent(web, signal)).toBe(0);
    expect(await stage.router.readGreenPercent(api, signal)).toBe(0);
    await Promise.all([
      stage.router.detach(web, described.before, signal),
      stage.router.detach(api, found.before, signal),
    ]);
    expect(await stage.places()).toBe(places);
  });
});

describe('an Ingress route is refused', () => {
  const described = async () => stage.router.describe(stage.planned, signal);
  const refused = async (why: string): Promise<void> => {
    await expect(described()).rejects.toMatchObject({ type: 'unexpected-shape' });
    await expect(described()).rejects.toThrow(why);
  };

  it('where another controller serves it', async () => {
    stage = await ingressStage();
    await stage.write({ metadata: { annotations: { 'kubernetes.io/ingress.class': 'nginx' } } });
    await refused('its class is nginx, not alb');
    await stage.write({
      metadata: { annotations: { 'kubernetes.io/ingress.class': null } },
      spec: { ingressClassName: 'auto' },
    });
    stage.cluster.seed('ingressclasses', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'auto' },
      spec: { controller: 'eks.amazonaws.com/alb' },
    });
    await refused('served by eks.amazonaws.com/alb');
  });

  it('where its Service has a sign-in of its own, which two target groups would lose', async () => {
    stage = await ingressStage();
    seedService(stage.cluster, 'web', [], { [`${PREFIX}/auth-type`]: 'oidc' });
    await refused('move it to the Ingress');
  });

  it.each([
    [
      'several Services',
      [
        { serviceName: 'web', servicePort: 80, weight: 1 },
        { serviceName: 'next', servicePort: 80, weight: 1 },
      ],
      'several Services',
    ],
    [
      'a stranger’s target group',
      [
        { serviceName: 'web', servicePort: 80, weight: 1 },
        { targetGroupARN: `${GREEN}0`, weight: 0 },
      ],
      'also forwards to',
    ],
    ['no Service of blue', [{ targetGroupARN: GREEN }], 'does not forward to a Service'],
  ])('where its action forwards to %s', async (_, targetGroups, why) => {
    stage = await ingressStage();
    const action = JSON.stringify({ type: 'forward', forwardConfig: { targetGroups } });
    await stage.write({
      metadata: { annotations: { [`${PREFIX}/actions.web`]: action } },
      spec: { rules: [{ http: { paths: [ingressPath('/', 'web', { name: 'use-annotation' })] } }] },
    });
    await refused(why);
  });

  it('where its paths name the service by different ports, or not at all', async () => {
    stage = await ingressStage();
    const paths = [
      ingressPath('/', 'web', { number: 80 }),
      ingressPath('/a', 'web', { name: 'http' }),
    ];
    await stage.write({ spec: { rules: [{ http: { paths } }] } });
    await refused('by different ports');
    await expect(
      stage.router.describe({ ...stage.planned, service: 'api' }, signal),
    ).rejects.toThrow('no path of it leads to api');
  });

  it('where green’s target group is on another load balancer', async () => {
    stage = await ingressStage();
    await stage.aws.owner.elb.send(
      new ModifyRuleCommand({
        RuleArn: SHOP_FRONT_DOOR.ruleArn,
        Actions: [{ Type: 'forward', TargetGroupArn: GREEN }],
      }),
    );
    await refused('that no other load balancer uses');
  });

  it('by preflight, not by the router, where somebody else owns it: it says who', async () => {
    stage = await ingressStage();
    expect((await described()).owner).toBeNull();
    await stage.write({ metadata: { labels: { 'argocd.argoproj.io/instance': 'shop' } } });
    expect((await described()).owner?.who).toContain('Argo CD');
  });
});
