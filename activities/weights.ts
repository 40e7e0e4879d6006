import { CutoverFailure } from '#domain/failures.ts';
import type { ResolvedRoute } from '#domain/resolved.ts';
import { routeRef, routesOf } from './access.ts';
import { thisRun, type ActivityRun } from './activity-run.ts';
import type { ActivityInput, MigrationActivities } from './contract.ts';
import { isPercent } from './read-weights.ts';
import type { Tools } from './tools.ts';

/**
 * Weights, written and read back (I2). All routes at once; an activity does not end while one of its writes is
 * still in flight, because a rollback may begin the moment it ends. Writing the same weight twice is harmless.
 */
export function weights(
  tools: Tools,
): Pick<MigrationActivities, 'setWeights' | 'attachGreen' | 'detachGreen'> {
  const { ports, timings } = tools;
  return {
    setWeights: async ({ spec, resolved, routeIds, percent }) => {
      const run = thisRun(tools);
      const deadlineMs = run.startedMs + timings.writeWithinMs;
      const routes = routesOf(resolved, routeIds);
      const readBack = await allSettled(
        routes.map(async (route) => {
          const ref = routeRef(spec, route);
          await ports.router.setGreenPercent(ref, percent, deadlineMs, run.signal);
          const read = await readUntil(tools, { spec, route, percent, deadlineMs, run });
          return [route.id, read] as const;
        }),
      );
      return {
        readBack: Object.fromEntries(readBack),
        readBackAt: new Date(ports.clock.nowMs()).toISOString(),
      };
    },

    attachGreen: async ({ spec, resolved }) => {
      const run = thisRun(tools);
      const deadlineMs = run.startedMs + timings.writeWithinMs;
      await allSettled(
        resolved.routes.map(async (route) => {
          await ports.router.attach(routeRef(spec, route), run.signal);
          await readUntil(tools, { spec, route, percent: 0, deadlineMs, run });
        }),
      );
    },

    detachGreen: async ({ spec, resolved }) => {
      const run = thisRun(tools);
      await allSettled(
        resolved.routes.map(async (route) => {
          await ports.router.detach(routeRef(spec, route), route.before, run.signal);
        }),
      );
    },
  };
}

interface Expectation {
  readonly spec: ActivityInput['spec'];
  readonly route: ResolvedRoute;
  readonly percent: number;
  readonly deadlineMs: number;
  readonly run: ActivityRun;
}

/** ELBv2 is eventually consistent: a read may lag behind the write for a moment. */
async function readUntil(tools: Tools, expected: Expectation): Promise<number> {
  const { ports, timings } = tools;
  const { spec, route, percent, deadlineMs, run } = expected;
  for (;;) {
    const read = await ports.router.readGreenPercent(routeRef(spec, route), run.signal);
    if (read !== null && isPercent(read, percent)) return read;
    if (ports.clock.nowMs() + timings.readBackPauseMs > deadlineMs)
      throw new CutoverFailure(
        'write-not-verified',
        `green's weight was set to ${percent} % and reads ${read === null ? 'as absent' : `${read} %`}`,
        { resource: route.ruleArn },
      );
    await run.rest(timings.readBackPauseMs);
  }
}

/** As `Promise.all`, but waits for every one of them before it throws the first failure. */
async function allSettled<Value>(promises: readonly Promise<Value>[]): Promise<readonly Value[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
