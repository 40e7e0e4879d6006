import {
  BLUE,
  BLUE_PODS,
  GREEN,
  GREEN_PODS,
  healthy,
  parse,
  split,
  startFixture,
  tableOf,
  targetGroupSettings,
  type Fixture,
} from './data-plane-fixture.ts';
import { eventually } from './eventually.ts';

const FIRST = BLUE_PODS[0] ?? '';
const SECOND = BLUE_PODS[1] ?? '';

describe('a target group', () => {
  let fixture: Fixture;
  afterEach(() => fixture.close());

  const stateOf = (pod: string): string | undefined =>
    fixture.dataPlane
      .targetGroup(BLUE)
      ?.describe()
      .find((target) => `${target.address.address}:${target.address.port}` === pod)?.health.state;
  const becomes = (pod: string, state: string | undefined): Promise<unknown> =>
    eventually(`${pod} is ${String(state)}`, () => stateOf(pod) === state);

  it('that no rule names is unused and gets no health checks', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(
      tableOf([
        {
          ruleArn: 'r',
          conditions: [],
          action: { kind: 'forward', targetGroups: [{ targetGroupArn: GREEN, weight: 0 }] },
        },
      ]),
    );
    await healthy(fixture, GREEN, 2);

    expect(stateOf(FIRST)).toBe('unused');
    expect(BLUE_PODS.map((pod) => fixture.pods.healthChecks.get(pod))).toEqual([
      undefined,
      undefined,
    ]);
    expect(GREEN_PODS.every((pod) => (fixture.pods.healthChecks.get(pod) ?? 0) > 0)).toBe(true);
  });

  it('goes back to unused when the last rule lets it go', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(tableOf([split(1, 0)]));
    await healthy(fixture, BLUE, 2);
    fixture.dataPlane.pushRouting(tableOf([]));

    expect(stateOf(FIRST)).toBe('unused');
  });

  it('brings a target from initial through healthy to unhealthy and back, by real probes', async () => {
    fixture = await startFixture();
    fixture.pods.set(FIRST, { kind: 'answers', healthz: 500 });
    fixture.dataPlane.pushRouting(tableOf([split(1, 0)]));

    expect(stateOf(FIRST)).toBe('initial');
    await becomes(FIRST, 'unhealthy');
    const described = fixture.dataPlane.targetGroup(BLUE)?.describe();
    expect(described?.[0]?.health).toEqual({
      state: 'unhealthy',
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [500]',
    });
    fixture.pods.set(FIRST, { kind: 'answers' });
    await becomes(FIRST, 'healthy');
    fixture.pods.set(FIRST, { kind: 'resets' });
    await becomes(FIRST, 'unhealthy');
  });

  it('sends users only to healthy targets, and to all of them when none is healthy', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(tableOf([split(1, 0)]));
    await healthy(fixture, BLUE, 2);
    fixture.pods.set(FIRST, { kind: 'answers', healthz: 503 });
    await becomes(FIRST, 'unhealthy');

    const partly = await Promise.all(Array.from({ length: 10 }, () => fixture.get()));
    expect(new Set(partly.map((answer) => answer.pod))).toEqual(new Set([SECOND]));

    fixture.pods.set(SECOND, { kind: 'answers', healthz: 503 });
    await becomes(SECOND, 'unhealthy');
    const open = await Promise.all(Array.from({ length: 10 }, () => fixture.get()));
    expect(new Set(open.map((answer) => answer.pod))).toEqual(new Set(BLUE_PODS));
  });

  it('drains a deregistered target and then forgets it', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(tableOf([split(1, 0)]));
    await healthy(fixture, BLUE, 2);
    fixture.dataPlane.targetGroup(BLUE)?.deregister(parse(FIRST));

    expect(stateOf(FIRST)).toBe('draining');
    const answers = await Promise.all(Array.from({ length: 10 }, () => fixture.get()));
    expect(new Set(answers.map((answer) => answer.pod))).toEqual(new Set([SECOND]));
    await becomes(FIRST, undefined);
  });

  it('takes a draining target back when it is registered again', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(tableOf([split(1, 0)]));
    await healthy(fixture, BLUE, 2);
    fixture.dataPlane.targetGroup(BLUE)?.deregister(parse(FIRST));
    fixture.dataPlane.targetGroup(BLUE)?.register(parse(FIRST));

    await becomes(FIRST, 'healthy');
  });

  it('takes every registered target for healthy where health checks are off', async () => {
    fixture = await startFixture();
    fixture.dataPlane.configureTargetGroup(targetGroupSettings(BLUE, { enabled: false }));
    fixture.pods.set(FIRST, { kind: 'answers', healthz: 500 });
    fixture.dataPlane.pushRouting(tableOf([split(1, 0)]));

    await healthy(fixture, BLUE, 2);
    expect(fixture.pods.healthChecks.get(FIRST)).toBeUndefined();
  });

  it('calls a target that does not answer in time timed out', async () => {
    fixture = await startFixture();
    fixture.dataPlane.configureTargetGroup(targetGroupSettings(BLUE, { unhealthyThreshold: 1 }));
    fixture.pods.set(FIRST, { kind: 'silent' });
    fixture.dataPlane.pushRouting(tableOf([split(1, 0)]));

    await becomes(FIRST, 'unhealthy');
    expect(fixture.dataPlane.targetGroup(BLUE)?.describe()[0]?.health.reason).toBe(
      'Target.Timeout',
    );
  });
});
