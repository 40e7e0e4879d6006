import type { ResolvedRoute } from '#domain/migration/resolved.ts';
import { isShare } from '#domain/traffic/same-share.ts';
import { worstFirst } from '#domain/traffic/worst-first.ts';
import { readAbility } from '#activities/traffic/ability.ts';
import { routeRef } from '#activities/access.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import { inTurn, isThrottled } from '#activities/traffic/by-turns.ts';
import type { GuardInput } from '#activities/contract.ts';
import { readWeights } from '#activities/traffic/read-weights.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * The guard's own hand: all new requests to blue at once, without waiting for a workflow (I1), but only if blue is
 * able to take them (I3). Says whether every route reads back 0 %; if not, the workflow's rollback goes on from
 * there.
 */
export async function pullToBlue(
  tools: Tools,
  input: GuardInput,
  run: ActivityRun,
): Promise<boolean> {
  const untilMs = tools.ports.clock.nowMs() + tools.timings.pullWithinMs;
  const routeIds = input.resolved.routes.map(({ id }) => id);
  const [routes, able] = await Promise.all([
    routesInOrder(tools, input, run),
    tryUntil(tools, untilMs, run, async () => {
      const question = { ...input, routeIds, percent: 100, side: 'blue' } as const;
      return (await readAbility(tools, question, run.signal)).able;
    }),
  ]);
  if (able !== true) return false;
  const back = new Set<string>();
  for (;;) {
    const left = routes.filter(({ id }) => !back.has(id));
    try {
      await inTurn(tools, left, { untilMs, run }, async (route) => {
        if (await pullRoute(tools, input, route, untilMs, run)) back.add(route.id);
      });
    } catch (cause) {
      if (!isThrottled(cause)) throw cause;
    }
    if (back.size === routes.length) return true;
    if (tools.ports.clock.nowMs() >= untilMs) return false;
    await run.rest(tools.timings.readBackPauseMs);
  }
}

/** False: it failed, or is written but not to be read back yet. Throttled, it keeps its place before routes with fewer users. */
async function pullRoute(
  { ports }: Tools,
  input: GuardInput,
  route: ResolvedRoute,
  untilMs: number,
  run: ActivityRun,
): Promise<boolean> {
  const ref = routeRef(input, route);
  run.heartbeat();
  try {
    await ports.router.sendAllToBlue(ref, untilMs, run.signal);
    return isShare(await ports.router.readGreenPercent(ref, run.signal), 0);
  } catch (cause) {
    if (isThrottled(cause)) throw cause;
    return false;
  }
}

/** Unreadable weights put nothing before anything. */
async function routesInOrder(
  tools: Tools,
  input: GuardInput,
  { signal }: ActivityRun,
): Promise<readonly ResolvedRoute[]> {
  if (input.resolved.routes.length === 1) return input.resolved.routes;
  const weights = await readWeights(tools, input, signal).catch(() => new Map<string, number>());
  return worstFirst(input.resolved.routes, ({ id }) => weights.get(id) ?? null);
}

/** Asks again after failures and nulls; null when the time is over. */
async function tryUntil<Value>(
  { ports, timings }: Tools,
  untilMs: number,
  run: ActivityRun,
  attempt: () => Promise<Value | null>,
): Promise<Value | null> {
  for (;;) {
    run.heartbeat();
    const value = await attempt().catch(() => null);
    if (value !== null) return value;
    if (ports.clock.nowMs() >= untilMs) return null;
    await run.rest(timings.readBackPauseMs);
  }
}
