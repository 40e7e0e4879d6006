import { CutoverFailure } from '#domain/failures.ts';
import type { ResolvedRoute } from '#domain/migration/resolved.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import { isShare } from '#domain/traffic/same-share.ts';
import { routeRef } from '#activities/access.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import { inTurn } from './by-turns.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import type { RouteRef } from '#activities/ports/traffic-router.ts';
import type { Tools } from '#activities/tools.ts';
import { writeCapsule } from '#activities/capsule/write-capsule.ts';

/**
 * Writing weights and reading them back (I2), for every activity that moves traffic. Routes in turn, throttled ones again while
 * there is time; nothing here ends while one of its writes is still in flight, because a rollback may begin the moment it ends.
 */

/**
 * Green's share on all these routes, by route id as it was read back. A share above 0 is not sent before its way back is
 * written down. Fails `capsule-not-written`, `late-write`, `write-not-verified`.
 */
export async function writeWeights(
  tools: Tools,
  input: ResolvedInput,
  change: {
    readonly routes: readonly ResolvedRoute[];
    /** 0 is the way back: it overwrites whatever is there. */
    readonly percent: number;
    /** Epoch milliseconds. */
    readonly deadlineMs: number;
  },
  run: ActivityRun,
  /** Routes that read back already; those that do from now on are added. */
  done: Map<string, number> = new Map(),
): Promise<Readonly<Record<string, number>>> {
  const { router } = tools.ports;
  const { routes, percent, deadlineMs } = change;
  if (percent > 0) await writeCapsule(tools, input, change, run);
  const left = routes.filter(({ id }) => !done.has(id));
  await inTurn(tools, left, { untilMs: deadlineMs, run }, async (route) => {
    const ref = routeRef(input, route);
    if (percent > 0) await router.setGreenPercent(ref, percent, deadlineMs, run.signal);
    else await router.sendAllToBlue(ref, deadlineMs, run.signal);
    const isThere = (found: number | null): boolean => isShare(found, percent);
    done.set(route.id, await readUntil(tools, { ref, percent, isThere, deadlineMs, run }));
  });
  return Object.fromEntries(done);
}

/** Green on all these routes at weight 0, or at the share it has. */
export async function attachGreen(
  tools: Tools,
  input: ResolvedInput,
  deadlineMs: number,
  run: ActivityRun,
): Promise<void> {
  const limit = { untilMs: deadlineMs, run };
  await inTurn(tools, input.resolved.routes, limit, async (route) => {
    const ref = routeRef(input, route);
    await tools.ports.router.attach(ref, route.before, run.signal);
    const isThere = (found: number | null): boolean => found === 0;
    await readUntil(tools, { ref, percent: 0, isThere, deadlineMs, run });
  });
}

interface Expectation {
  readonly ref: RouteRef;
  readonly percent: number;
  readonly isThere: (found: number | null) => boolean;
  readonly deadlineMs: number;
  readonly run: ActivityRun;
}

/** ELBv2 is eventually consistent: a read may lag behind the write for a moment. */
async function readUntil(tools: Tools, expected: Expectation): Promise<number> {
  const { ports, timings } = tools;
  const { ref, percent, isThere, deadlineMs, run } = expected;
  for (;;) {
    const read = await ports.router.readGreenPercent(ref, run.signal).catch(orUnsettled);
    if (isThere(read)) return read ?? 0;
    if (ports.clock.nowMs() + timings.readBackPauseMs > deadlineMs)
      throw new CutoverFailure(
        'write-not-verified',
        `green's weight was set to ${percent} % and reads ${describeShare(read)}`,
        { resource: nameOfPlace(ref) },
      );
    await run.rest(timings.readBackPauseMs);
  }
}

/** Two places that hold a weight do not agree yet: no share at all, and worth another look. */
function orUnsettled(cause: unknown): number {
  if (cause instanceof CutoverFailure && cause.type === 'write-not-verified') return Number.NaN;
  throw cause;
}

function describeShare(read: number | null): string {
  if (read === null) return 'as absent';
  return Number.isNaN(read) ? 'differently at its places' : `${read} %`;
}
