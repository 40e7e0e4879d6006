import { CutoverFailure, type FailureType } from '#domain/failures.ts';
import {
  foreignEdit,
  type ExpectedShares,
  type ForeignEdit,
  type FoundShare,
} from '#domain/traffic/foreign-edits.ts';
import { routeRef } from '#activities/access.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';

/** What says that somebody else wrote a weight, wholly or at one of its places. */
const STRANGE: readonly FailureType[] = ['unexpected-shape', 'write-not-verified'];

/** Green's share of every route as the API says it now, or that it is not ours to read. */
export async function findShares(
  { ports }: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FoundShare>> {
  const found = await Promise.all(
    input.resolved.routes.map(async (route): Promise<readonly [string, FoundShare]> => {
      try {
        const share = await ports.router.readGreenPercent(routeRef(input, route), signal);
        return [route.id, share];
      } catch (cause) {
        if (cause instanceof CutoverFailure && STRANGE.includes(cause.type))
          return [route.id, 'strange'];
        throw cause;
      }
    }),
  );
  return new Map(found);
}

/**
 * What somebody else did to these routes since we left them; null where nothing is. Reads may lag behind a write for a
 * moment, so only what goes on reading otherwise counts.
 */
export async function lookForEdit(
  tools: Tools,
  input: ResolvedInput,
  expected: ExpectedShares,
  run: ActivityRun,
): Promise<ForeignEdit | null> {
  const { ports, timings } = tools;
  const routes = input.resolved.routes.filter(({ id }) => expected[id] !== undefined);
  const asked = { ...input, resolved: { ...input.resolved, routes } };
  const untilMs = ports.clock.nowMs() + timings.staleReadMs;
  for (;;) {
    const edit = foreignEdit(expected, await findShares(tools, asked, run.signal));
    if (edit === null || ports.clock.nowMs() >= untilMs) return edit;
    await run.rest(timings.readBackPauseMs);
  }
}

/** Green's share of every route as the API says it now. */
export async function readWeights(
  { ports }: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  const read = await Promise.all(
    input.resolved.routes.map(async (route) => {
      const percent = await ports.router.readGreenPercent(routeRef(input, route), signal);
      return [route.id, percent] as const;
    }),
  );
  return new Map(read);
}
