/** A capsule carried out with nothing of ours running (I1). */
import { breakGlass, type BreakGlassTimings } from '#activities/capsule/break-glass.ts';
import type { CapsuleCalls } from '#activities/ports/capsules.ts';
import { withUsableAccess } from '#activities/capsule/usable-access.ts';
import type { BreakGlassReport } from '#domain/capsule/break-glass-report.ts';
import type { Capsule } from '#domain/capsule/capsule.ts';
import { CutoverFailure, type FailureType } from '#domain/failures.ts';
import { albRoute, capsuleOf, kubernetesRoute } from '#test/domain/capsule/capsules.ts';
import { REAL_CLOCK } from '#test/fakes/fake-clock.ts';
import { fakePlan, fakeRoute } from '#test/fakes/fake-plan.ts';
import { fakeCapsuleCalls } from '#test/fakes/fake-way-back.ts';
import { createFakeWorld, type FakeWorld } from '#test/fakes/fake-world.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';

const TIMINGS: BreakGlassTimings = {
  readBackMs: 50,
  pauseMs: 5,
  retryMs: [5],
  lateWriteMs: 60,
};
const { signal } = new AbortController();
const { traffic } = fakePlan().spec;

interface Stage {
  readonly world: FakeWorld;
  readonly capsule: Capsule;
  /** Ids of routes in the order in which their calls were sent. */
  readonly sent: string[];
  readonly said: string[];
  /** Fails the next writes. */
  failNext(type: FailureType, times?: number): void;
  run(options?: { readonly force?: boolean; readonly limitMs?: number }): Promise<BreakGlassReport>;
  percents(): readonly (number | null)[];
}

/** Three routes at these shares of green, and a capsule that was written then. */
async function stageOf(shares: Readonly<Record<string, number>>): Promise<Stage> {
  const ids = Object.keys(shares);
  const groups = traffic.groups.map((group) => ({ ...group, routes: ids.map(fakeRoute) }));
  const { ports, world } = createFakeWorld({ plan: fakePlan({ traffic: { ...traffic, groups } }) });
  const { access } = world.plan.spec;
  world.setHealthyTargets('blue', 3);
  world.setHealthyTargets('green', 3);
  const routes = await Promise.all(
    Object.entries(shares).map(async ([id, greenPercent]) => {
      const planned = fakeRoute(id);
      const blue = { access: access.default, name: 'shop-blue', arn: '', createdAt: '' };
      const ref = { ...planned, access: access.default, blue };
      await ports.router.attach(ref, (await ports.router.describe(ref, signal)).before, signal);
      if (greenPercent > 0)
        await ports.router.setGreenPercent(ref, greenPercent, Date.now() + 1_000, signal);
      return albRoute({
        id,
        greenPercent,
        resource: nameOfPlace(planned),
        blueTargetGroupArn: planned.blueTargetGroupArn,
        wayBack: await ports.router.wayBack(ref, signal),
      });
    }),
  );
  const capsule = capsuleOf({ routes });
  const sent: string[] = [];
  const said: string[] = [];
  const faults: FailureType[] = [];
  const real = fakeCapsuleCalls(world.loadBalancer);
  const calls: CapsuleCalls = {
    send: async (call, using, abort) => {
      if (call.operation !== 'ModifyRule') return real.send(call, using, abort);
      const text = JSON.stringify(call);
      sent.push(routes.find(({ resource }) => text.includes(resource))?.id ?? '');
      const fault = faults.shift();
      if (fault !== undefined) throw new CutoverFailure(fault, 'injected', { resource: 'rule' });
      return real.send(call, using, abort);
    },
  };
  return {
    world,
    capsule,
    sent,
    said,
    failNext: (type, times = 1) => {
      for (let left = times; left > 0; left -= 1) faults.push(type);
    },
    run: ({ force = false, limitMs = 5_000 } = {}) =>
      breakGlass(
        { calls, targetGroups: ports.targetGroups, clock: REAL_CLOCK, timings: TIMINGS },
        capsule,
        { force, untilMs: Date.now() + limitMs, say: (sentence) => void said.push(sentence) },
        signal,
      ),
    percents: () => ids.map((id) => world.weightHistory(id).at(-1) ?? null),
  };
}

describe('a capsule', () => {
  it('brings every route back, the worst one first, and those on blue last', async () => {
    const stage = await stageOf({ little: 1, none: 0, much: 75 });

    const report = await stage.run();

    expect(stage.sent).toEqual(['much', 'little', 'none']);
    expect(stage.percents()).toEqual([0, 0, 0]);
    expect(report.outcome).toBe('rolled-back');
    expect(
      report.routes.map(({ id, was, result, attempts }) => [id, was, result, attempts]),
    ).toEqual([
      ['much', 'elsewhere', 'on-blue', 1],
      ['little', 'elsewhere', 'on-blue', 1],
      ['none', 'elsewhere', 'on-blue', 1],
    ]);
  });

  it('does no harm the second time', async () => {
    const stage = await stageOf({ web: 50 });
    await stage.run();
    const once = JSON.stringify(stage.world.loadBalancer.rules);

    const again = await stage.run();

    expect(again).toMatchObject({ outcome: 'rolled-back', routes: [{ was: 'blue' }] });
    expect(JSON.stringify(stage.world.loadBalancer.rules)).toBe(once);
  });

  it('goes on where the API throttles', async () => {
    const stage = await stageOf({ web: 50 });
    stage.failNext('throttled', 7);

    const report = await stage.run();

    expect(report).toMatchObject({ outcome: 'rolled-back', routes: [{ attempts: 8 }] });
    expect(stage.percents()).toEqual([0]);
  });

  it('tells what cannot be mended by trying, and brings the others back', async () => {
    const stage = await stageOf({ much: 75, little: 1 });
    stage.failNext('access-denied');

    const report = await stage.run();

    expect(report.outcome).toBe('failed');
    expect(report.routes).toMatchObject([
      { id: 'much', result: 'failed', problem: expect.stringContaining('injected') },
      { id: 'little', result: 'on-blue' },
    ]);
    expect(stage.percents()).toEqual([75, 0]);
  });

  it('gives up when its time is over, and says so', async () => {
    const stage = await stageOf({ web: 50 });
    stage.failNext('throttled', 1_000);

    expect(await stage.run({ limitMs: 40 })).toMatchObject({
      outcome: 'failed',
      routes: [{ result: 'failed', seconds: null }],
    });
  });

  it('sends nobody to a blue without a healthy target, unless forced', async () => {
    const stage = await stageOf({ web: 50 });
    stage.world.setHealthyTargets('blue', 0);

    const refused = await stage.run();
    expect(refused).toMatchObject({
      outcome: 'not-able',
      routes: [{ attempts: 0, problem: expect.stringContaining('no healthy target') }],
    });
    expect(stage.percents()).toEqual([50]);

    expect((await stage.run({ force: true })).outcome).toBe('rolled-back');
    expect(stage.percents()).toEqual([0]);
  });

  it('brings a route back again where a late write lands after it', async () => {
    const stage = await stageOf({ web: 50 });
    const [rule] = stage.world.loadBalancer.rules;
    const late = [...(rule?.actions ?? [])];
    const running = stage.run();
    while (!stage.said.some((sentence) => sentence.includes('late writes')))
      await REAL_CLOCK.sleep(1, signal);
    if (rule !== undefined) stage.world.loadBalancer.replaceActions(rule, late);

    const report = await running;

    expect(report).toMatchObject({ outcome: 'rolled-back', routes: [{ reasserted: 1 }] });
    expect(stage.percents()).toEqual([0]);
  });
});

describe('whose credentials', () => {
  const role = 'arn:aws:iam::111122223333:role/cutover';
  const access = { account: '111122223333', region: 'eu-west-1', roleArn: role };
  const capsule = capsuleOf({ routes: [albRoute({ access }), kubernetesRoute()] });
  const who =
    (own: string, mayAssume: boolean) =>
    async ({ roleArn }: { readonly roleArn?: string | undefined }) => {
      if (roleArn !== undefined && !mayAssume)
        throw new CutoverFailure('access-denied', 'no', { resource: roleArn });
      return {
        account: roleArn === undefined ? own : '111122223333',
        arn: 'arn:aws:iam::1:user/me',
      };
    };
  const nobody = (): void => undefined;

  it('are those of the engine’s role where it can be assumed', async () => {
    const usable = await withUsableAccess({ whoAmI: who('9', true) }, albOnly(), nobody, signal);

    expect(usable.routes[0]?.access).toEqual(access);
  });

  it('are the person’s own where it cannot, for clusters too', async () => {
    const own = who('111122223333', false);
    const { routes } = await withUsableAccess({ whoAmI: own }, capsule, nobody, signal);

    expect(JSON.stringify(routes)).not.toContain(role);
  });

  it('are refused when they are of another account', async () => {
    const usable = withUsableAccess({ whoAmI: who('9', false) }, capsule, nobody, signal);

    await expect(usable).rejects.toMatchObject({ type: 'credentials-missing' });
  });

  function albOnly(): Capsule {
    return capsuleOf({ routes: [albRoute({ access })] });
  }
});
