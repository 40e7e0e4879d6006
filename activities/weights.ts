import { isShare } from '#domain/same-share.ts';
import { routeRef, routesOf } from './access.ts';
import { thisRun } from './activity-run.ts';
import type { MigrationActivities } from './contract.ts';
import { lookForEdit } from './read-weights.ts';
import type { Tools } from './tools.ts';
import { allSettled, attachGreen, writeWeights } from './write-weights.ts';

/** Weights: written, read back, held, and taken off again (I2, I6). Writing the same weight twice is harmless. */
export function weights(
  tools: Tools,
): Pick<MigrationActivities, 'setWeights' | 'keepOnBlue' | 'attachGreen' | 'detachGreen'> {
  const { ports, timings } = tools;
  return {
    setWeights: async (input) => {
      const run = thisRun(tools);
      const deadlineMs = run.startedMs + timings.writeWithinMs;
      const routes = routesOf(input.resolved, input.routeIds);
      const { percent, expected } = input;
      const now = (): string => new Date(ports.clock.nowMs()).toISOString();
      if (percent > 0 && expected !== undefined) {
        const edit = await lookForEdit(tools, input, expected, run);
        if (edit !== null) return { readBack: {}, readBackAt: now(), edit };
      }
      const readBack = await writeWeights(tools, input, { routes, percent, deadlineMs }, run);
      return { readBack, readBackAt: now() };
    },

    keepOnBlue: async (input) => {
      const run = thisRun(tools);
      const untilMs = run.startedMs + timings.lateWriteMs;
      const routes = routesOf(input.resolved, input.routeIds);
      let reasserted = 0;
      while (ports.clock.nowMs() < untilMs) {
        await allSettled(
          routes.map(async (route) => {
            const ref = routeRef(input, route);
            // What cannot be read as ours is brought back too: it may be half of a late write.
            const read = await ports.router.readGreenPercent(ref, run.signal).catch(() => NaN);
            if (isShare(read, 0)) return;
            reasserted += 1;
            const deadlineMs = ports.clock.nowMs() + timings.writeWithinMs;
            await ports.router.sendAllToBlue(ref, deadlineMs, run.signal);
          }),
        );
        await run.rest(timings.readBackPauseMs);
      }
      return { reasserted };
    },

    attachGreen: async (input) => {
      const run = thisRun(tools);
      await attachGreen(tools, input, run.startedMs + timings.writeWithinMs, run);
    },

    detachGreen: async (input) => {
      const run = thisRun(tools);
      await allSettled(
        input.resolved.routes.map(async (route) => {
          await ports.router.detach(routeRef(input, route), route.before, run.signal);
        }),
      );
    },
  };
}
