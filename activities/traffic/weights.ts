import { isShare } from '#domain/traffic/same-share.ts';
import { routeRef, routesOf } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import { inTurn } from './by-turns.ts';
import type { MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import { lookForEdit } from './read-weights.ts';
import type { Crowd } from '#activities/guard/crowd.ts';
import type { Tools } from '#activities/tools.ts';
import { attachGreen, writeWeights } from './write-weights.ts';

/** Weights: written, read back, held, and taken off again (I2, I6). Writing the same weight twice is harmless. */
export function weights(
  tools: Tools,
  crowd: Pick<Crowd, 'hurry'>,
): Pick<MigrationActivities, 'setWeights' | 'keepOnBlue' | 'attachGreen' | 'detachGreen'> {
  const { ports, timings } = tools;
  return {
    setWeights: async (input) => {
      const run = thisRun(tools);
      const deadlineMs = run.startedMs + timings.writeWithinMs;
      const routes = routesOf(input.resolved, input.routeIds);
      const { percent, expected } = input;
      const now = (): string => new Date(ports.clock.nowMs()).toISOString();
      const done = readBackBefore(run, percent);
      if (percent > 0 && expected !== undefined) {
        const left = Object.fromEntries([...done.keys()].map((id) => [id, [percent]]));
        const edit = await lookForEdit(tools, input, { ...expected, ...left }, run);
        if (edit !== null) return { readBack: {}, readBackAt: now(), edit };
      } else await forgetChanged(tools, input, done, run);
      const change = { routes, percent, deadlineMs };
      try {
        const write = async () => writeWeights(tools, input, change, run, done);
        const readBack = await (percent === 0 ? crowd.hurry(write) : write());
        return { readBack, readBackAt: now() };
      } catch (cause) {
        // More routes than the API's rate limit lets through in one attempt would never be done otherwise.
        run.leave({ readBack: [...done.keys()] });
        throw cause;
      }
    },

    keepOnBlue: async (input) => {
      const run = thisRun(tools);
      const untilMs = run.startedMs + timings.lateWriteMs;
      const routes = routesOf(input.resolved, input.routeIds);
      let reasserted = 0;
      while (ports.clock.nowMs() < untilMs) {
        await inTurn(tools, routes, { untilMs, run }, async (route) => {
          const ref = routeRef(input, route);
          // What cannot be read as ours is brought back too: it may be half of a late write.
          const read = await ports.router.readGreenPercent(ref, run.signal).catch(() => NaN);
          if (isShare(read, 0)) return;
          reasserted += 1;
          const deadlineMs = ports.clock.nowMs() + timings.writeWithinMs;
          await ports.router.sendAllToBlue(ref, deadlineMs, run.signal);
        });
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
      const untilMs = run.startedMs + timings.writeWithinMs;
      await inTurn(tools, input.resolved.routes, { untilMs, run }, async (route) =>
        ports.router.detach(routeRef(input, route), route.before, run.signal),
      );
    },
  };
}

/** Whatever somebody wrote since is written again: a way back overwrites, and a weight that is reported was read. */
async function forgetChanged(
  { ports }: Tools,
  input: ResolvedInput,
  done: Map<string, number>,
  run: ActivityRun,
): Promise<void> {
  const routes = input.resolved.routes.filter(({ id }) => done.has(id));
  await Promise.all(
    routes.map(async (route) => {
      const ref = routeRef(input, route);
      // What cannot be read as ours is no way back.
      const read = await ports.router.readGreenPercent(ref, run.signal).catch(() => NaN);
      if (!isShare(read, done.get(route.id) ?? NaN)) done.delete(route.id);
    }),
  );
}

/** What an attempt before this one wrote and read back: each route is overwritten once, not once an attempt. */
function readBackBefore(
  { lastHeartbeat: left }: ActivityRun,
  percent: number,
): Map<string, number> {
  const ids: unknown =
    typeof left === 'object' && left !== null ? Reflect.get(left, 'readBack') : undefined;
  const known: readonly unknown[] = Array.isArray(ids) ? ids : [];
  return new Map(known.flatMap((id) => (typeof id === 'string' ? [[id, percent] as const] : [])));
}
