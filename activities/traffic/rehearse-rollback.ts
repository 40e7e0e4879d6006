import { CutoverFailure } from '#domain/failures.ts';
import { REHEARSED_PERCENT, type ForeignEdit } from '#domain/traffic/foreign-edits.ts';
import { windowSince } from '#domain/guard/metric-window.ts';
import type { Rehearsal } from '#domain/traffic/rehearsal.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import type { Crowd, Watch } from '#activities/guard/crowd.ts';
import { healthyOnGreen } from './green-targets.ts';
import type { MetricSource } from '#activities/ports/traffic-metrics.ts';
import { readTraffic, requestsOf, truthSource } from './read-traffic.ts';
import type { Tools } from '#activities/tools.ts';
import { lookForEdit } from './read-weights.ts';
import { attachGreen, writeWeights } from './write-weights.ts';

/**
 * The way back, tried before users are committed (I1): green gets 1 % of every route, then nothing, and two clocks run: until
 * every route reads back, and until the last user met green. Stateless: an attempt that died is done again from the start,
 * and a migration that stops meanwhile brings the routes back by its own rollback.
 */
export function rehearseRollback(
  tools: Tools,
  crowd: Crowd,
): Pick<MigrationActivities, 'rehearseRollback'> {
  return {
    rehearseRollback: async (input) =>
      crowd.join(async (place) => rehearse({ ...tools, place }, input)),
  };
}

type Rehearsed = Awaited<ReturnType<MigrationActivities['rehearseRollback']>>;

async function rehearse(tools: Watch, input: ResolvedInput): Promise<Rehearsed> {
  const { ports, timings } = tools;
  const run = thisRun(tools);
  const { routes } = input.resolved;
  const before = await takenOff(tools, input, run.attempt === 1, run);
  if (before !== null) return { edit: before };
  const deadlineMs = run.startedMs + timings.writeWithinMs;
  const healthyBefore = await allHealthyOnGreen(tools, input, run);
  await writeWeights(tools, input, { routes, percent: REHEARSED_PERCENT, deadlineMs }, run);
  const source = truthSource(input.spec);
  await untilGreenIsMet(tools, input, source, run);

  const backMs = ports.clock.nowMs();
  const change = { routes, percent: 0, deadlineMs: backMs + timings.writeWithinMs };
  await writeWeights(tools, input, change, run);
  const readBackMs = ports.clock.nowMs();
  const seen = await untilNobodyMeetsGreen(tools, input, source, backMs, run);
  const meanwhile = await takenOff(tools, input, false, run);
  if (meanwhile !== null) return { edit: meanwhile };
  await putGreenOnAgain(tools, input, { backMs, healthyBefore }, run);
  return {
    at: new Date(backMs).toISOString(),
    readBackSeconds: (readBackMs - backMs) / 1000,
    resolutionSeconds: source.periodSeconds,
    ...seen,
  };
}

/**
 * Green was put on these routes before: where it is off, somebody wants no users on it, and a rehearsal that went on would send them
 * there, or let the next step do so. Where sessions stick the rehearsal takes it off itself, and an attempt that died may have: then
 * it is nobody's edit, and the next write refuses the route.
 */
async function takenOff(
  tools: Tools,
  input: ResolvedInput,
  isStickyOn: boolean,
  run: ActivityRun,
): Promise<ForeignEdit | null> {
  const attached = input.resolved.routes.filter(
    ({ stickySeconds = null }) => isStickyOn || stickySeconds === null,
  );
  const expected = Object.fromEntries(attached.map(({ id }) => [id, [0, REHEARSED_PERCENT]]));
  const edit = await lookForEdit(tools, input, expected, run);
  return edit?.towards === 'blue' ? edit : null;
}

/**
 * Where sessions stick the way back took green off the rule. It comes on again when the sessions that met it have ended, or they
 * would follow their cookies to it at weight 0; and its targets, which nobody probed meanwhile, are waited for.
 */
async function putGreenOnAgain(
  tools: Tools,
  input: ResolvedInput,
  { backMs, healthyBefore }: { readonly backMs: number; readonly healthyBefore: number },
  run: ActivityRun,
): Promise<void> {
  const { ports, timings } = tools;
  const stickyMs = Math.max(
    0,
    ...input.resolved.routes.map(({ stickySeconds }) => (stickySeconds ?? 0) * 1000),
  );
  const endedMs = backMs + Math.min(stickyMs, timings.sessionsEndWithinMs);
  const hadToLeave = stickyMs > 0;
  if (hadToLeave) await run.rest(Math.max(0, endedMs - ports.clock.nowMs()));
  await attachGreen(tools, input, ports.clock.nowMs() + timings.writeWithinMs, run);
  if (!hadToLeave) return;
  const untilMs = ports.clock.nowMs() + timings.healthyAgainWithinMs;
  while (ports.clock.nowMs() < untilMs) {
    if ((await allHealthyOnGreen(tools, input, run)) >= healthyBefore) return;
    await run.rest(timings.metricsPauseMs);
  }
}

/** Over all routes. */
async function allHealthyOnGreen(
  tools: Tools,
  input: ResolvedInput,
  { signal }: ActivityRun,
): Promise<number> {
  const counts = await healthyOnGreen(tools, input, signal);
  return counts.reduce((sum, healthy) => sum + healthy, 0);
}

/** Without a user on green there would be no last one to wait for. */
async function untilGreenIsMet(
  tools: Watch,
  input: ResolvedInput,
  source: MetricSource,
  run: ActivityRun,
): Promise<void> {
  const { ports, timings } = tools;
  const lateMs = (source.periodSeconds + source.latenessSeconds) * 1000;
  const untilMs = run.startedMs + timings.rehearsalMeetMs + lateMs;
  while (ports.clock.nowMs() < untilMs) {
    await tools.place.giveWay(run);
    const { greenRequests } = await greenSince(tools, input, source, run.startedMs, run);
    if (greenRequests > 0) return;
    const halfMs = source.periodSeconds * 500;
    await run.rest(Math.max(timings.metricsPauseMs, halfMs) + tools.place.laterMs(halfMs));
  }
}

/** Two quiet periods after every node had time to follow are the end; so is a promise that is broken by then. */
async function untilNobodyMeetsGreen(
  tools: Watch,
  input: ResolvedInput,
  source: MetricSource,
  backMs: number,
  run: ActivityRun,
): Promise<Pick<Rehearsal, 'lastGreenSeconds' | 'greenRequests'>> {
  const { ports, timings } = tools;
  const periodMs = source.periodSeconds * 1000;
  const promisedMs = backMs + input.spec.traffic.promise.rollbackWithinSeconds * 1000;
  for (;;) {
    const { closedUntilMs, lastGreenEndMs, greenRequests } = await greenSince(
      tools,
      input,
      source,
      run.startedMs,
      run,
    );
    const quietSinceMs = Math.max(lastGreenEndMs ?? 0, backMs + timings.settleSeconds * 1000);
    const isOver =
      closedUntilMs >= quietSinceMs + 2 * periodMs || closedUntilMs > promisedMs + 2 * periodMs;
    if (isOver)
      return {
        lastGreenSeconds:
          lastGreenEndMs === null ? null : Math.max(0, (lastGreenEndMs - backMs) / 1000),
        greenRequests,
      };
    const soonMs = closedUntilMs + periodMs + source.latenessSeconds * 1000 - ports.clock.nowMs();
    await run.rest(Math.max(timings.metricsPauseMs, soonMs) + tools.place.laterMs(periodMs));
  }
}

async function greenSince(
  tools: Tools,
  { spec, resolved }: ResolvedInput,
  source: MetricSource,
  sinceMs: number,
  run: ActivityRun,
): Promise<{
  readonly closedUntilMs: number;
  readonly lastGreenEndMs: number | null;
  readonly greenRequests: number;
}> {
  run.heartbeat();
  const window = windowSince(source, sinceMs, tools.ports.clock.nowMs());
  if (window === null) return { closedUntilMs: sinceMs, lastGreenEndMs: null, greenRequests: 0 };
  const points = await readTraffic(tools, spec, source, resolved.routes, window, run.signal).catch(
    orNothingYet,
  );
  // The next look asks again; an attempt that ended here would send users to green once more. The guard counts the silence.
  if (points === null) return { closedUntilMs: sinceMs, lastGreenEndMs: null, greenRequests: 0 };
  const { green } = points;
  const last = green.findLast(({ requests }) => requests > 0);
  return {
    closedUntilMs: window.toSeconds * 1000,
    lastGreenEndMs: last === undefined ? null : (last.startSeconds + source.periodSeconds) * 1000,
    greenRequests: requestsOf(green),
  };
}

function orNothingYet(cause: unknown): null {
  const isPassing =
    cause instanceof CutoverFailure && (cause.type === 'unavailable' || cause.type === 'throttled');
  if (isPassing) return null;
  throw cause;
}
