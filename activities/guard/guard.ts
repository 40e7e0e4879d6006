import { assertNever } from '#domain/assert-never.ts';
import type { GuardVerdict } from '#domain/guard/guard-reading.ts';
import { judgeGuardrails } from '#domain/guard/guardrails.ts';
import type { ExpectedShares } from '#domain/traffic/foreign-edits.ts';
import { lookEverySeconds } from '#domain/guard/detection.ts';
import { nextCloseMs } from '#domain/guard/metric-window.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { GuardInput, GuardReport, MigrationActivities } from '#activities/contract.ts';
import type { Crowd, Watch } from './crowd.ts';
import { lookAtAll, type Look } from './guard-look.ts';
import { knownWeights } from './known-weights.ts';
import { createObserver } from './readers/observer.ts';
import { pullToBlue } from './pull-to-blue.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Watches while green has users (I1, I4). Each look judges one fresh window, so a restart, a continue-as-new or a
 * second guard changes nothing. What cannot be read is never taken as fine: a source that fails is left out of the
 * look, and once anything has been unreadable for the plan's `missingDataSeconds` that is a verdict of its own. What it
 * remembers travels in the heartbeat, so that crashes do not restart those clocks.
 */
export function guard(tools: Tools, crowd: Crowd): Pick<MigrationActivities, 'guardTraffic'> {
  return {
    guardTraffic: async (input) =>
      crowd.join(async (place) => watch({ ...tools, place }, input, crowd)),
  };
}

async function watch(
  tools: Watch,
  input: GuardInput,
  crowd: Pick<Crowd, 'hurry'>,
): Promise<GuardReport> {
  const run = thisRun(tools);
  let lookedMs: number | null = null;
  try {
    return await untilSomethingIsWrong(tools, input, { run, crowd }, (atMs) => {
      lookedMs = atMs;
    });
  } catch (cause) {
    if (lookedMs === null || !run.signal.aborted || !run.isLetGo()) throw cause;
    const verdict = { kind: 'let-go', reasons: [] } as const;
    return { verdict, at: new Date(lookedMs).toISOString(), pulled: false };
  }
}

async function untilSomethingIsWrong(
  tools: Watch,
  input: GuardInput,
  { run, crowd }: { readonly run: ActivityRun; readonly crowd: Pick<Crowd, 'hurry'> },
  wasWell: (lookedMs: number) => void,
): Promise<GuardReport> {
  const observe = createObserver();
  const know = knownWeights(tools, input, run);
  let memory = memoryOf(run, input);
  let lastLookMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    run.heartbeat(memory);
    await tools.place.giveWay({ rest: async (ms) => run.rest(ms, memory) });
    const lookedMs = tools.ports.clock.nowMs();
    const setBackMs = lastLookMs - lookedMs;
    if (setBackMs > tools.timings.guardGapMs) return clockReport(tools, setBackMs);
    lastLookMs = lookedMs;
    const look = await lookAtAll(tools, input, { run, know }, observe({ tools, input, run }));
    const before = memory;
    memory = remember(before, look, lookedMs);
    const verdict = judge(input, look, lookedMs, memory);
    const report =
      (await act(tools, input, verdict, { run, crowd })) ??
      reportEdit(tools, input, { look, lookedMs, memory }) ??
      reportGap(tools, input, lookedMs, { before, memory });
    if (report !== null) return report;
    wasWell(lookedMs);
    await run.rest(untilNextLookMs(tools, input) + tools.place.laterMs(pauseMs(input)), memory);
  }
}

/** Epoch milliseconds. */
interface Memory {
  /** When everything could be read for the last time; of a guard that died, as its last heartbeat told. */
  readonly freshMs: number;
  /** Since when weights read otherwise than we left them; null while they do not. */
  readonly editedMs: number | null;
  /** Green has had users since then at the earliest: the first weight may be written long after it was intended. */
  readonly greenSinceMs: number;
  /**
   * The first look that found green with a weight, since when it must be heard; null until there is one, and again after a look
   * that read weight 0. When that weight was written nobody here knows: after an outage, long after it was intended.
   */
  readonly audibleSinceMs: number | null;
}

function memoryOf(run: ActivityRun, input: GuardInput): Memory {
  const { lastHeartbeat: before } = run;
  if (typeof before === 'object' && before !== null) {
    const freshMs: unknown = Reflect.get(before, 'freshMs');
    const greenSinceMs: unknown = Reflect.get(before, 'greenSinceMs');
    const audibleSinceMs: unknown = Reflect.get(before, 'audibleSinceMs');
    if (typeof freshMs === 'number' && typeof greenSinceMs === 'number')
      return {
        freshMs,
        greenSinceMs,
        audibleSinceMs: typeof audibleSinceMs === 'number' ? audibleSinceMs : null,
        editedMs: null,
      };
  }
  const greenSinceMs = Date.parse(input.greenSince);
  return { freshMs: run.startedMs, greenSinceMs, audibleSinceMs: null, editedMs: null };
}

/**
 * A weight of 0 means "no users" where it was left so, or while none was counted yet: otherwise it is the trace of a guard
 * that pulled and died before it could report.
 */
function remember(before: Memory, look: Look, lookedMs: number): Memory {
  const { expected = {}, greenSinceMs = 0 } = look.known ?? {};
  const sinceMs = Math.max(before.greenSinceMs, greenSinceMs);
  const heardMs = before.audibleSinceMs ?? lookedMs;
  const isAnother = greenSinceMs > before.greenSinceMs;
  const hadUsers = Object.values(look.reading.sources).some(({ green }) =>
    green.some((point) => point.requests > 0 && point.startSeconds * 1000 >= sinceMs),
  );
  return {
    freshMs: look.unread.length === 0 ? lookedMs : before.freshMs,
    editedMs: look.edit === null ? null : (before.editedMs ?? lookedMs),
    greenSinceMs:
      look.greenPercent === 0 && (isLeftWithoutUsers(expected) || !hadUsers) ? lookedMs : sinceMs,
    audibleSinceMs: look.greenPercent === 0 ? null : isAnother ? lookedMs : heardMs,
  };
}

/** Between the rehearsed rollback and the first step. */
function isLeftWithoutUsers(expected: ExpectedShares): boolean {
  const left = Object.values(expected);
  return left.length > 0 && left.every(([percent]) => percent === 0);
}

function judge({ spec }: GuardInput, look: Look, nowMs: number, memory: Memory): GuardVerdict {
  const { guardrails, truth, missingDataSeconds } = spec.analysis;
  const { unread } = look;
  const reading = {
    ...look.reading,
    // Unknown weights count as nothing here: they make the look unreadable, which has its own clock.
    greenPercent: look.greenPercent ?? 0,
    // Targets that get nobody fail nobody: off a rule they are not even probed, and the way back takes sticky ones off.
    greenHealthyTargets: look.greenPercent === 0 ? null : look.reading.greenHealthyTargets,
    greenSinceSeconds: memory.greenSinceMs / 1000,
    greenAudibleSinceSeconds: (memory.audibleSinceMs ?? nowMs) / 1000,
  };
  const verdict = judgeGuardrails(guardrails, reading, { truthSource: truth, missingDataSeconds });
  const unreadMs = nowMs - memory.freshMs;
  if (verdict.kind !== 'healthy' || unread.length === 0) return verdict;
  return unreadMs < missingDataSeconds * 1000
    ? verdict
    : {
        kind: 'both-missing',
        reasons: [`could not read ${unread.join(', ')} for ${Math.round(unreadMs / 1000)} s`],
      };
}

/** Null: go on watching. A hard verdict is acted upon before it is reported. */
async function act(
  tools: Tools,
  input: GuardInput,
  verdict: GuardVerdict,
  { run, crowd }: { readonly run: ActivityRun; readonly crowd: Pick<Crowd, 'hurry'> },
): Promise<GuardReport | null> {
  const at = new Date(tools.ports.clock.nowMs()).toISOString();
  switch (verdict.kind) {
    case 'healthy':
      return null;
    case 'both-missing':
    case 'hold':
      return input.missingIsKnown ? null : { verdict, at, pulled: false };
    case 'breach':
    case 'green-missing': {
      // Once begun the pull is finished and reported, whoever cancels: a workflow that only learns of a
      // cancellation would believe that green still has its users, and could commit.
      const pulling = run.undisturbed(2 * tools.timings.pullWithinMs);
      const pulled =
        input.mode === 'pull' && (await crowd.hurry(async () => pullToBlue(tools, input, pulling)));
      return { verdict, at, pulled };
    }
    default:
      return assertNever(verdict);
  }
}

/** Our own writes differ from what was expected for a moment; what stays is somebody else's. */
function reportEdit(
  tools: Tools,
  { asks }: GuardInput,
  {
    look: { edit },
    lookedMs,
    memory: { editedMs },
  }: { readonly look: Look; readonly lookedMs: number; readonly memory: Memory },
): GuardReport | null {
  const isOurs = editedMs === null || lookedMs - editedMs < tools.timings.foreignEditMs;
  if (edit === null || isOurs) return null;
  return { ...reportOf(tools, edit), ...(asks === true ? { asked: true } : {}) };
}

/**
 * A clock that is behind asks for figures of long ago and finds them well. People look, with weights as they are: a way back by such
 * a clock would not know what is late.
 */
function clockReport(tools: Tools, setBackMs: number): GuardReport {
  const seconds = Math.round(setBackMs / 1000);
  const reasons = [
    `the clock of the guard's worker was put back by ${seconds} s: what it reads now is old; set it right, or let another worker take over, then resume`,
  ];
  return reportOf(tools, { kind: 'hold', reasons });
}

/** Time in which nobody looked, or nothing fresh came, must not pass for bake or soak (I4). */
function reportGap(
  tools: Tools,
  input: GuardInput,
  lookedMs: number,
  { before, memory }: { readonly before: Memory; readonly memory: Memory },
): GuardReport | null {
  const gapMs = lookedMs - before.freshMs;
  const isUsual = gapMs <= pauseMs(input) + tools.timings.guardGapMs;
  if (memory.freshMs !== lookedMs || isUsual) return null;
  const seconds = gapMs / 1000;
  const reasons = [`nothing fresh was seen for ${Math.round(seconds)} s`];
  return reportOf(tools, { kind: 'gap', seconds, reasons });
}

function reportOf({ ports }: Tools, verdict: GuardReport['verdict']): GuardReport {
  return { verdict, at: new Date(ports.clock.nowMs()).toISOString(), pulled: false };
}

/**
 * A look as soon as one of the sources has a new period to show: a guard that looks at its own beat finds a bad period up to a
 * whole beat after everybody could have seen it.
 */
function untilNextLookMs({ ports, timings }: Tools, input: GuardInput): number {
  const nowMs = ports.clock.nowMs();
  const closes = Object.values(input.spec.analysis.sources).map(
    (source) => nextCloseMs(source, nowMs) - nowMs,
  );
  return Math.max(timings.metricsPauseMs, Math.min(pauseMs(input), ...closes));
}

/** The longest between two looks. */
function pauseMs({ spec }: GuardInput): number {
  return lookEverySeconds(spec.analysis) * 1000;
}
