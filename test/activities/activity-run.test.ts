import { thisRun } from '#activities/activity-run.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { environment } from '#test/activities/run-activity.ts';

describe('a rest', () => {
  it.each([-3_600_000, 3_600_000])(
    'is no longer than it was meant to be when the clock jumps by %i ms',
    async (jumpMs) => {
      const { ports } = createFakeWorld();
      let slept = 0;
      const clock = {
        ...ports.clock,
        nowMs: () => 1e12 + slept + (slept > 0 ? jumpMs : 0),
        sleep: async (ms: number) => {
          slept += ms;
        },
      };
      const tools = { ports: { ...ports, clock }, timings: { ...QUICK_TIMINGS, heartbeatMs: 100 } };

      await environment().run(async () => thisRun(tools).rest(1_000));

      expect(slept).toBeLessThanOrEqual(1_000);
    },
  );
});
