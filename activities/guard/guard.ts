import { assertNever } from '#domain/assert-never.ts';
import type { GuardVerdict } from '#domain/guard/guard-reading.ts';
import { judgeGuardrails } from '#domain/guard/guardrails.ts';
import { lookEverySeconds } from '#domain/guard/detection.ts';
import { nextCloseMs } from '#domain/guard/metric-window.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { GuardInput, GuardReport, MigrationActivities } from '#activities/contract.ts';
import type { Crowd, Watch } from './crowd.ts';
import { lookAtAll, type Look } from './guard-look.ts';
import { memoryOf, remember, type GuardMemory } from './guard-memory.ts';
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
  const vigil = new Vigil(tools, input, { crowd, run, memory: await memoryOf(tools, run, input) });
  try {
    for (;;) {
      run.heartbeat(vigil.memory);
      await tools.place.giveWay({ rest: async (ms) => run.rest(ms, vigil.memory) });
      const report = await vigil.look(run, input.mode);
      if (report !== null) return report;
      const pauseUntilNextMs = untilNextLookMs(tools, input) + tools.place.laterMs(pauseMs(input));
      await run.rest(pauseUntilNextMs, vigil.memory);
    }
  } catch (cause) {
    if (!run.signal.aborted || !run.isLetGo()) throw cause;
    const word = await lastWord(vigil, run.undisturbed(tools.timings.pullWithinMs));
    if (word === null) throw cause;
    return word;
  }
}

/**
 * For a workflow that has let its guard go and waits for its word. Where the last look was not wholly well, or there was none, it looks
 * once more, with its hands off: what follows is the workflow's. Null where it still cannot say.
 */
async function lastWord(vigil: Vigil, run: ActivityRun): Promise<GuardReport | null> {
  if (vigil.wellMs === null) {
    const report = await vigil.look(run, 'tell').catch(() => null);
    if (report !== null) return report;
  }
  if (vigil.wellMs === null) return null;
  const verdict = { kind: 'let-go', reasons: [] } as const;
  return { verdict, at: new Date(vigil.wellMs).toISOString(), pulled: false };
}

/** Look after look, and what is remembered between them. */
class Vigil {
  memory: GuardMemory;
  /** The last look, epoch milliseconds; null where it left a doubt about weights, or there was none. */
  wellMs: number | null = null;
  readonly #tools: Watch;
  readonly #input: GuardInput;
  readonly #crowd: Pick<Crowd, 'hurry'>;
  readonly #observe = createObserver();
  readonly #know: ReturnType<typeof knownWeights>;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(
    tools: Watch,
    input: GuardInput,
    {
      crowd,
      run,
      memory,
    }: {
      readonly crowd: Pick<Crowd, 'hurry'>;
      readonly run: ActivityRun;
      readonly memory: GuardMemory;
    },
  ) {
    this.#tools = tools;
    this.#input = input;
    this.#crowd = crowd;
    this.#know = knownWeights(tools, input, run);
    this.memory = memory;
  }

  /** Null: go on watching. */
  async look(run: ActivityRun, mode: GuardInput['mode']): Promise<GuardReport | null> {
    const tools = this.#tools;
    const input = { ...this.#input, mode };
    this.wellMs = null;
    const lookedMs = tools.ports.clock.nowMs();
    const setBackMs = this.#lookedMs - lookedMs;
    if (setBackMs > tools.timings.guardGapMs) return clockReport(tools, setBackMs);
    this.#lookedMs = lookedMs;
    const observing = this.#observe({ tools, input, run });
    const look = await lookAtAll(tools, input, { run, know: this.#know }, observing);
    const before = this.memory;
    const memory = remember(before, look, { lookedMs, attempt: run.attempt });
    this.memory = memory;
    const verdict = judge(input, look, lookedMs, memory);
    const report =
      (await act(tools, input, verdict, { run, crowd: this.#crowd })) ??
      reportEdit(tools, input, { look, lookedMs, memory }) ??
      reportGap(tools, input, lookedMs, { before, memory });
    // An edit that is not certain yet, weights that nobody could read or that their run does not explain.
    const isDoubtful = look.edit !== null || look.known?.isOfNow !== true;
    if (report === null && !isDoubtful) this.wellMs = lookedMs;
    return report;
  }
}

function judge({ spec }: GuardInput, look: Look, nowMs: number, memory: GuardMemory): GuardVerdict {
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
  }: { readonly look: Look; readonly lookedMs: number; readonly memory: GuardMemory },
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
  { before, memory }: { readonly before: GuardMemory; readonly memory: GuardMemory },
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
