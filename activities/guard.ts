import { assertNever } from '#domain/assert-never.ts';
import {
  judgeGuardrails,
  type GuardReading,
  type GuardVerdict,
  type SourceWindow,
} from '#domain/guardrails.ts';
import {
  foreignEdit,
  type ExpectedShares,
  type ForeignEdit,
  type FoundShare,
} from '#domain/foreign-edits.ts';
import { lookEverySeconds } from '#domain/detection.ts';
import { periodsToRead } from '#domain/guardrail-rules.ts';
import { newestWindow, nextCloseMs } from '#domain/metric-window.ts';
import { thisRun, type ActivityRun } from './activity-run.ts';
import type { GuardInput, GuardReport, MigrationActivities } from './contract.ts';
import type { Crowd } from './crowd.ts';
import { healthyOnGreen } from './green-targets.ts';
import { createObserver, type Observed } from './guard-readers/observer.ts';
import { pullToBlue } from './pull-to-blue.ts';
import type { MetricSource } from './ports.ts';
import { readTraffic } from './read-traffic.ts';
import { findShares } from './read-weights.ts';
import type { Tools } from './tools.ts';

/**
 * Watches while green has users (I1, I4). Each look judges one fresh window, so a restart, a continue-as-new or a
 * second guard changes nothing. What cannot be read is never taken as fine: a source that fails is left out of the
 * look, and once anything has been unreadable for the plan's `missingDataSeconds` that is a verdict of its own. What it
 * remembers travels in the heartbeat, so that crashes do not restart those clocks.
 */
export function guard(tools: Tools, crowd: Crowd): Pick<MigrationActivities, 'guardTraffic'> {
  return {
    guardTraffic: async (input) => crowd.join(async (laterMs) => watch(tools, input, laterMs)),
  };
}

async function watch(
  tools: Tools,
  input: GuardInput,
  laterMs: (pauseMs: number) => number,
): Promise<GuardReport> {
  const run = thisRun(tools);
  const observe = createObserver();
  let memory = memoryOf(run, input);
  for (;;) {
    run.heartbeat(memory);
    const lookedMs = tools.ports.clock.nowMs();
    const look = await readAll(tools, input, run, observe({ tools, input, run }));
    const before = memory;
    memory = remember(input, before, look, lookedMs);
    const verdict = judge(input, look, lookedMs, memory);
    const report =
      (await act(tools, input, verdict, run)) ??
      reportEdit(tools, look, lookedMs, memory) ??
      reportGap(tools, input, lookedMs, { before, memory });
    if (report !== null) return report;
    await run.rest(untilNextLookMs(tools, input) + laterMs(pauseMs(input)), memory);
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
  /** Since when green must be heard: a look that read weight 0 begins it anew, as between a rehearsal and the first step. */
  readonly audibleSinceMs: number;
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
        audibleSinceMs: typeof audibleSinceMs === 'number' ? audibleSinceMs : greenSinceMs,
        editedMs: null,
      };
  }
  const greenSinceMs = Date.parse(input.greenSince);
  return { freshMs: run.startedMs, greenSinceMs, audibleSinceMs: greenSinceMs, editedMs: null };
}

/**
 * A weight of 0 means "no users" where it was left so, or while none was counted yet: otherwise it is the trace of a guard
 * that pulled and died before it could report.
 */
function remember(input: GuardInput, before: Memory, look: Look, lookedMs: number): Memory {
  const hadUsers = Object.values(look.reading.sources).some(({ green }) =>
    green.some((point) => point.requests > 0 && point.startSeconds * 1000 >= before.greenSinceMs),
  );
  return {
    freshMs: look.unread.length === 0 ? lookedMs : before.freshMs,
    editedMs: look.edit === null ? null : (before.editedMs ?? lookedMs),
    greenSinceMs:
      look.greenPercent === 0 && (isLeftWithoutUsers(input) || !hadUsers)
        ? lookedMs
        : before.greenSinceMs,
    audibleSinceMs: look.greenPercent === 0 ? lookedMs : before.audibleSinceMs,
  };
}

/** Between the rehearsed rollback and the first step. */
function isLeftWithoutUsers({ expected = {} }: GuardInput): boolean {
  const left = Object.values(expected);
  return left.length > 0 && left.every(([percent]) => percent === 0);
}

interface Look {
  readonly reading: Omit<
    GuardReading,
    'greenPercent' | 'greenSinceSeconds' | 'greenAudibleSinceSeconds'
  >;
  /** The greatest share of green over all routes; null when it could not be read. */
  readonly greenPercent: number | null;
  /** What somebody else did to the weights; null where nothing is known of it. */
  readonly edit: ForeignEdit | null;
  /** What could not be read, by name. */
  readonly unread: readonly string[];
}

/** Reads everything at once; a failing part does not hide the others. */
async function readAll(
  tools: Tools,
  input: GuardInput,
  run: ActivityRun,
  observing: Promise<Observed>,
): Promise<Look> {
  const { spec } = input;
  const unread: string[] = [];
  const tolerant = async <Value>(what: string, reading: Promise<Value>): Promise<Value | null> => {
    try {
      return await reading;
    } catch {
      run.signal.throwIfAborted();
      unread.push(what);
      return null;
    }
  };
  const [weights, greenHealthyTargets, sources, others] = await Promise.all([
    tolerant('weights', findShares(tools, input, run.signal)),
    tolerant('target health', leastHealthy(tools, input, run.signal)),
    Promise.all(
      Object.entries(spec.analysis.sources).map(async ([name, source]) => {
        const window = await tolerant(
          `source ${name}`,
          readSource(tools, input, name, source, run),
        );
        return window === null ? [] : [[name, window] as const];
      }),
    ),
    observing,
  ]);
  const { observed } = others;
  const reading = { sources: Object.fromEntries(sources.flat()), greenHealthyTargets, observed };
  const { expected = {} } = input;
  return {
    reading,
    greenPercent: weights === null ? null : greatest(weights, expected),
    edit: weights === null ? null : foreignEdit(expected, weights),
    unread: [...unread, ...others.unread],
  };
}

/** A share that is not ours to read is taken to be what we left. */
function greatest(shares: ReadonlyMap<string, FoundShare>, expected: ExpectedShares): number {
  const known = [...shares].map(([routeId, share]) =>
    share === 'strange' ? (expected[routeId]?.[0] ?? 0) : (share ?? 0),
  );
  return Math.max(0, ...known);
}

async function readSource(
  tools: Tools,
  input: GuardInput,
  name: string,
  source: MetricSource,
  run: ActivityRun,
): Promise<SourceWindow> {
  const { spec, resolved } = input;
  const { guardrails, missingDataSeconds } = spec.analysis;
  const { periodSeconds } = source;
  const periods = periodsToRead(guardrails, name, periodSeconds);
  const seconds = Math.max(periods * periodSeconds, missingDataSeconds);
  const window = newestWindow(source, tools.ports.clock.nowMs(), seconds);
  const points = await readTraffic(tools, spec, source, resolved.routes, window, run.signal);
  return {
    periodSeconds: source.periodSeconds,
    closedUntilSeconds: window.toSeconds,
    ...points,
  };
}

async function leastHealthy(tools: Tools, input: GuardInput, signal: AbortSignal): Promise<number> {
  return Math.min(...(await healthyOnGreen(tools, input, signal)));
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
    greenAudibleSinceSeconds: memory.audibleSinceMs / 1000,
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
  run: ActivityRun,
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
      const pulled = input.mode === 'pull' && (await pullToBlue(tools, input, pulling));
      return { verdict, at, pulled };
    }
    default:
      return assertNever(verdict);
  }
}

/** Our own writes differ from what was expected for a moment; what stays is somebody else's. */
function reportEdit(
  tools: Tools,
  { edit }: Look,
  lookedMs: number,
  { editedMs }: Memory,
): GuardReport | null {
  const isOurs = editedMs === null || lookedMs - editedMs < tools.timings.foreignEditMs;
  return edit === null || isOurs ? null : reportOf(tools, edit);
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
