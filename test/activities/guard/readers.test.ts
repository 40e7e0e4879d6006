import type { GuardInput, GuardReport } from '#activities/contract.ts';
import type { Guardrail } from '#domain/guard/guardrail-rules.ts';
import { withoutTwins } from '#domain/trust-policy/trust-policy.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { Timeline } from '#test/fakes/timeline.ts';
import {
  createStage,
  readyInput,
  resolvedInput,
  routeIds,
  type Stage,
} from '#test/activities/run-activity.ts';

const { analysis } = fakePlan().spec;
const PROM = {
  with: 'prometheus',
  url: 'http://prometheus:9090',
  queries: { requests: 'requests', errors: 'errors' },
  latencyUnit: 's',
  periodSeconds: 0.05,
  latenessSeconds: 0,
} as const;

/** A world whose plan has this guardrail alone. */
function stageWith(guardrail: Guardrail): Stage {
  const sources = { ...analysis.sources, prom: PROM };
  return createStage({
    plan: fakePlan({ analysis: { ...analysis, sources, guardrails: [guardrail] } }),
  });
}

/** Half of the users are on green. */
async function guarding(stage: Stage): Promise<GuardInput> {
  const input = await readyInput(stage);
  const step = { ...input, routeIds: routeIds(input), percent: 50 };
  const { readBackAt } = await stage.settled(async () => stage.activities.setWeights(step));
  return { ...input, greenSince: readBackAt, mode: 'pull', missingIsKnown: false };
}

async function verdict(stage: Stage, input: GuardInput): Promise<GuardReport['verdict']> {
  return (await stage.once(async () => stage.activities.guardTraffic(input))).verdict;
}

describe('the guard and an alarm', () => {
  const alarm: Guardrail = { metric: 'alarm', alarm: 'shop-5xx' };

  it('brings everybody back when it is in ALARM', async () => {
    const stage = stageWith(alarm);
    const input = await guarding(stage);
    stage.world.signs.alarm('shop-5xx', 'ALARM');

    expect(await verdict(stage, input)).toMatchObject({
      kind: 'breach',
      reasons: ['alarm: shop-5xx is in ALARM: threshold crossed'],
    });
    expect(stage.world.weightHistory('web').at(-1)).toBe(0);
  });

  it.each([
    ['knows too little', true],
    ['does not exist', false],
  ] as const)('that %s is missing data, never fine (I4)', async (_, exists) => {
    const stage = stageWith(alarm);
    const input = await guarding(stage);
    if (exists) stage.world.signs.alarm('shop-5xx', 'UNKNOWN', 'no datapoints');

    const found = await verdict(stage, input);

    expect(found.kind).toBe('both-missing');
    expect(found.reasons.join()).toContain('alarm shop-5xx');
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });
});

describe('the guard and a query', () => {
  const query: Guardrail = { metric: 'promql', from: 'prom', query: 'q {{green}}', max: 10 };
  const asked = 'q shop-green';

  it('brings everybody back when it stays beyond its limit', async () => {
    const stage = stageWith(query);
    const input = await guarding(stage);
    stage.world.signs.values.set(asked, new Timeline<number | null>(11));

    expect(await verdict(stage, input)).toMatchObject({ kind: 'breach' });
  });

  it('without a value, or that cannot be parsed, is missing data', async () => {
    const stage = stageWith(query);
    const input = await guarding(stage);

    expect((await verdict(stage, input)).reasons.join()).toContain('promql q {{green}}');
    stage.world.signs.values.set(asked, new Timeline<number | null>(null));
    expect((await verdict(stage, input)).reasons.join()).toContain('(no value)');
  });
});

describe('the guard and a probe', () => {
  const url = 'http://green.internal/healthz';
  const probe: Guardrail = { metric: 'probe', url, expect: 200, timeoutMs: 100 };

  it('asks again before it believes a failure', async () => {
    const stage = stageWith(probe);
    const input = await guarding(stage);
    stage.world.loadBalancer.answers.set(url, 503);

    expect(await verdict(stage, input)).toMatchObject({
      kind: 'breach',
      reasons: [`probe: ${url} failed 3 times in a row: status 503`],
    });
    expect(stage.world.calls.count('httpProbe.get')).toBe(3);
  });
});

describe('the guard and the load balancers', () => {
  const own: Guardrail = { metric: 'load-balancer-5xx', from: 'app', max: 1, minRequests: 10 };

  it('holds their own 5xx against what they did before', async () => {
    const stage = stageWith(own);
    stage.world.signs.loadBalancerErrorRate.set(0, 0.02);
    const { resolved } = await resolvedInput(stage);
    const [percent] = Object.values(resolved.baseline.loadBalancer5xxPercent ?? {});
    expect(percent).toBeCloseTo(2, 6);

    const input = await guarding(stage);
    stage.world.signs.loadBalancerErrorRate.set(Date.now(), 0.2);

    expect((await verdict(stage, input)).reasons.join()).toContain('load-balancer-5xx');
  });

  it('are not asked where no guardrail wants it', async () => {
    const stage = createStage();
    const { resolved } = await resolvedInput(stage);

    expect(resolved.baseline.loadBalancer5xxPercent).toBeUndefined();
    expect(stage.world.calls.count('loadBalancerMetrics.read')).toBe(0);
  });
});

describe('the guard and green’s own health', () => {
  const kubernetes: Guardrail = { metric: 'kubernetes', crashLoops: 0, notReadyPercent: 10 };
  const node = (ready: 'True' | 'False') => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${ready}` },
    status: {
      conditions: [{ type: 'Ready', status: ready, lastTransitionTime: '2020-01-01T00:00:00Z' }],
    },
  });
  const NODES = { apiVersion: 'v1', plural: 'nodes' };

  it('holds and asks people when a role lost our statement for green', async () => {
    const stage = stageWith(kubernetes);
    const input = await guarding(stage);
    await stage.world.greenKubernetes.apply(NODES, node('True'));
    const { green } = input;
    if (green === undefined) throw new Error('green is there');
    const { trust } = await stage.once(async () =>
      stage.activities.furnishGreen({ ...input, green }),
    );
    if (trust === undefined) throw new Error('the shop has a role');
    await stage.once(async () => stage.activities.extendTrust({ ...input, trust }));
    const [roleArn = ''] = trust.roles;
    const extended = stage.world.iam.roles.get(roleArn) ?? '';
    stage.world.iam.roles.set(roleArn, withoutTwins(extended, trust.mark));

    expect(await verdict(stage, { ...input, trust })).toMatchObject({
      kind: 'hold',
      reasons: [`kubernetes: trust policies lost the statement for green: ${roleArn}`],
    });
  });

  it('brings everybody back when nodes are lost', async () => {
    const stage = stageWith(kubernetes);
    const input = await guarding(stage);
    await stage.world.greenKubernetes.apply(NODES, node('True'));
    await stage.world.greenKubernetes.apply(NODES, node('False'));

    expect(await verdict(stage, input)).toMatchObject({
      kind: 'breach',
      reasons: ["kubernetes: 1 of green's 4 nodes are not ready: node-False"],
    });
  });

  it('holds and asks people while Flagger moves traffic within green', async () => {
    const stage = stageWith(kubernetes);
    const input = await guarding(stage);
    await stage.world.greenKubernetes.apply(NODES, node('True'));
    await stage.world.greenKubernetes.apply(
      { apiVersion: 'flagger.app/v1beta1', plural: 'canaries' },
      {
        apiVersion: 'flagger.app/v1beta1',
        kind: 'Canary',
        metadata: { name: 'web', namespace: 'shop' },
        status: { phase: 'Progressing' },
      },
    );

    expect(await verdict(stage, input)).toMatchObject({
      kind: 'hold',
      reasons: [expect.stringContaining('shop/web: Progressing')],
    });
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });

  it('that cannot be read is missing data', async () => {
    const stage = stageWith(kubernetes);
    const input = await guarding(stage);
    stage.world.calls.failNext('addons.list', 'unavailable', 100_000);

    expect((await verdict(stage, input)).reasons.join()).toContain('kubernetes');
  });
});
