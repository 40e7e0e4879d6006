import { REAL_CLOCK } from '#test/fakes/fake-clock.ts';
import { createStage } from '#test/activities/run-activity.ts';
import { background, guarding } from './guarding.ts';

it('a guard whose clock is put back holds: it would judge figures of long ago', async () => {
  let aheadMs = 0;
  const clock = { ...REAL_CLOCK, nowMs: () => Date.now() + aheadMs };
  const stage = createStage({ clock });
  const guard = background(stage, await guarding(stage));
  await guard.looks(3);
  aheadMs = -3_600_000;

  const { verdict, pulled } = await guard.ending;

  expect(verdict).toMatchObject({ kind: 'hold', reasons: [expect.stringContaining('3600 s')] });
  expect(pulled).toBe(false);
});

describe('a guard that comes back', () => {
  it('says for how long nobody watched', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    const freshMs = Date.now() - 5_000;
    const { verdict } = await stage.once(async () => stage.activities.guardTraffic(input), {
      attempt: 2,
      heartbeatDetails: { freshMs, greenSinceMs: Date.parse(input.greenSince) },
    });
    expect(verdict).toMatchObject({ kind: 'gap' });
    expect(verdict.kind === 'gap' ? verdict.seconds : 0).toBeGreaterThanOrEqual(5);
  });

  it('says so of the time in which no worker took it, which Temporal knows by one clock', async () => {
    const stage = createStage({}, { guardGapMs: 1_000 });
    const input = await guarding(stage);
    // Hours ahead of the worker's.
    const scheduledTimestampMs = Date.now() + 7_200_000;
    stage.world.underWay = [
      {
        activity: 'guardTraffic',
        activityId: 'guard',
        attempt: 1,
        isAtWork: true,
        startedMs: scheduledTimestampMs + 56_000,
        heartbeat: undefined,
      },
    ];
    const { verdict } = await stage.once(async () => stage.activities.guardTraffic(input), {
      activityId: 'guard',
      scheduledTimestampMs,
    });
    expect(verdict.kind === 'gap' ? verdict.seconds : 0).toBeCloseTo(56, 0);
  });

  it('looks back over the gap first: what broke meanwhile goes back', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.breakGreen(0.3);
    const freshMs = Date.now() - 5_000;
    const { verdict, pulled } = await stage.once(
      async () => stage.activities.guardTraffic({ ...input, greenSince: input.greenSince }),
      { attempt: 2, heartbeatDetails: { freshMs, greenSinceMs: Date.parse(input.greenSince) } },
    );
    expect(['breach', 'gap']).toContain(verdict.kind);
    expect(verdict.kind === 'breach').toBe(pulled);
  });
});
