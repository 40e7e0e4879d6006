import { CutoverFailure } from '#domain/failures.ts';
import { newestWindow } from '#domain/guard/metric-window.ts';
import { isShare } from '#domain/traffic/same-share.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import { readTraffic, requestsOf, truthSource } from './read-traffic.ts';
import { readWeights } from './read-weights.ts';
import type { Tools } from '#activities/tools.ts';

/** Proves that blue is idle: the last reversible step before commit (I5). */
export function drain(tools: Tools): Pick<MigrationActivities, 'proveBlueIdle'> {
  return {
    proveBlueIdle: async (input) => {
      const run = thisRun(tools);
      const { spec } = input;
      await assertAllOnGreen(tools, input, run.signal);
      const { blue, green } = await recentRequests(tools, input, run.signal);
      if (blue > 0) throw notIdleYet(tools, input, run, blue);
      if (green === 0)
        throw run.waiting(`${spec.analysis.truth} shows no requests`, 'truth source');
      return { quietSeconds: spec.drain.quietSeconds, greenRequests: green };
    },
  };
}

/** Every route reads 100 % green, or `not-idle`. */
export async function assertAllOnGreen(
  tools: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<void> {
  const weights = await readWeights(tools, input, signal);
  for (const [routeId, percent] of weights)
    if (!isShare(percent, 100))
      throw new CutoverFailure('not-idle', `green's weight reads ${percent ?? 'absent'}, not 100`, {
        resource: `route ${routeId}`,
      });
}

/**
 * Requests of both colours over the newest closed periods that cover `drain.quietSeconds`. Green's are the proof
 * that the source sees anything at all: nothing on either side is missing data, never idleness (I4).
 */
export async function recentRequests(
  tools: Tools,
  { spec, resolved }: ResolvedInput,
  signal: AbortSignal,
): Promise<{ readonly blue: number; readonly green: number }> {
  const source = truthSource(spec);
  const window = newestWindow(source, tools.ports.clock.nowMs(), spec.drain.quietSeconds);
  const points = await readTraffic(tools, spec, source, resolved.routes, window, signal);
  return { blue: requestsOf(points.blue), green: requestsOf(points.green) };
}

/** In the first quiet time blue's last requests are still in the window; only later somebody must be looked for. */
function notIdleYet(
  tools: Tools,
  { spec, resolved }: ResolvedInput,
  run: ActivityRun,
  requests: number,
): CutoverFailure {
  const { periodSeconds, latenessSeconds } = truthSource(spec);
  const { settleSeconds } = tools.timings;
  const windowSeconds =
    spec.drain.quietSeconds + settleSeconds + 2 * periodSeconds + latenessSeconds;
  const what = `blue had ${requests} requests in the last ${spec.drain.quietSeconds} s`;
  const waiting = run.waiting(what, resolved.blue.arn);
  if (run.elapsedMs() < windowSeconds * 1000) return waiting;
  return new CutoverFailure('not-idle', what, {
    resource: resolved.blue.arn,
    retryAfterSeconds: waiting.retryAfterSeconds ?? 1,
  });
}
