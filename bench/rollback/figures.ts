/** The bench's arithmetic: from what was seen of each case to the figures. Pure. */
import type { Kind } from './cases.ts';

/** One case as it was measured; times in epoch milliseconds. */
export interface Observation {
  readonly name: string;
  readonly kind: Kind;
  /** First request that green answered badly; of a metrics outage the moment at which metrics stopped. */
  readonly firstBadMs: number | null;
  /** The guard's verdict; null when there was none within the case's patience. */
  readonly verdictMs: number | null;
  /** Somebody asked for the rollback, where the verdict was that people must decide. */
  readonly answeredMs: number | null;
  /** The API accepted the write that gives green nothing. */
  readonly weightsMs: number | null;
  /** The last request that was sent to green. */
  readonly lastGreenMs: number | null;
  readonly failedRequests: number;
  /** What the verdict said. */
  readonly reason: string;
  /** How the migration ended, green being broken all along; what it was doing when it did not end in time. */
  readonly ending: string;
}

export interface Spread {
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface Figures {
  readonly failures: number;
  readonly missed: number;
  readonly intervalSeconds: number;
  readonly detectSeconds: Spread;
  readonly verdictToWeightsSeconds: Spread;
  readonly firstBadToRestoredSeconds: Spread;
  readonly failedRequests: Spread & { readonly total: number };
  /** Silence is waited out by plan, so its time is not detection time; null without such a case. */
  readonly metricsOutage: {
    readonly failures: number;
    readonly missingDataSeconds: number;
    readonly detectSeconds: Spread;
  } | null;
  /** Halts that people answered with a rollback: silence where only green could be heard; null without such a case. */
  readonly people: {
    readonly failures: number;
    /** Silence → people are told. */
    readonly haltSeconds: Spread;
    /** Their request → weights accepted. */
    readonly answerToWeightsSeconds: Spread;
  } | null;
  readonly byKind: Readonly<
    Record<string, { readonly detectSeconds: Spread; readonly firstBadToRestoredSeconds: Spread }>
  >;
  /** How many migrations ended in which way; anything but `rolled-back` makes the bench fail. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** A case without a verdict and accepted weights is missed, whatever else was seen of it. */
export function isMissed({ firstBadMs, verdictMs, weightsMs }: Observation): boolean {
  return firstBadMs === null || verdictMs === null || weightsMs === null;
}

const WANTED_ENDING = 'rolled-back';

/** Users back on blue are half of a rollback: the run must have proven it and ended. */
export function endedWell({ ending }: Pick<Observation, 'ending'>): boolean {
  return ending === WANTED_ENDING;
}

export function figuresOf(
  observations: readonly Observation[],
  plan: { readonly intervalSeconds: number; readonly missingDataSeconds: number },
): Figures {
  const seen = observations.filter((one) => !isMissed(one));
  const bad = seen.filter(({ kind }) => kind !== 'metrics outage');
  const silent = seen.filter(
    ({ kind, answeredMs }) => kind === 'metrics outage' && answeredMs === null,
  );
  const answered = seen.filter(({ answeredMs }) => answeredMs !== null);
  const failed = observations.map(({ failedRequests }) => failedRequests);
  return {
    failures: observations.length,
    missed: observations.length - seen.length,
    intervalSeconds: plan.intervalSeconds,
    detectSeconds: spreadOf(bad.flatMap(detection)),
    verdictToWeightsSeconds: spreadOf([...bad, ...silent].flatMap(reaction)),
    firstBadToRestoredSeconds: spreadOf(bad.flatMap(exposure)),
    failedRequests: { ...spreadOf(failed), total: failed.reduce((sum, count) => sum + count, 0) },
    metricsOutage:
      silent.length === 0
        ? null
        : {
            failures: silent.length,
            missingDataSeconds: plan.missingDataSeconds,
            detectSeconds: spreadOf(silent.flatMap(detection)),
          },
    people:
      answered.length === 0
        ? null
        : {
            failures: answered.length,
            haltSeconds: spreadOf(answered.flatMap(detection)),
            answerToWeightsSeconds: spreadOf(
              answered.flatMap(({ answeredMs, weightsMs }) =>
                secondsBetween(answeredMs, weightsMs),
              ),
            ),
          },
    byKind: Object.fromEntries(
      [...Map.groupBy(bad, ({ kind }) => kind)].map(([kind, of]) => [
        kind,
        {
          detectSeconds: spreadOf(of.flatMap(detection)),
          firstBadToRestoredSeconds: spreadOf(of.flatMap(exposure)),
        },
      ]),
    ),
    outcomes: Object.fromEntries(
      [...Map.groupBy(observations, ({ ending }) => ending)].map(([ending, of]) => [
        ending,
        of.length,
      ]),
    ),
  };
}

function detection({ firstBadMs, verdictMs }: Observation): readonly number[] {
  return secondsBetween(firstBadMs, verdictMs);
}

function reaction({ verdictMs, weightsMs }: Observation): readonly number[] {
  return secondsBetween(verdictMs, weightsMs);
}

function exposure({ firstBadMs, lastGreenMs }: Observation): readonly number[] {
  return secondsBetween(firstBadMs, lastGreenMs);
}

function secondsBetween(fromMs: number | null, toMs: number | null): readonly number[] {
  return fromMs === null || toMs === null ? [] : [Math.max(0, toMs - fromMs) / 1000];
}

/** Nearest rank, hundredths; null of nothing. With fewer than a hundred values the 99th percentile is the greatest. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (share: number): number | null => {
    const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
    return value === undefined ? null : Math.round(value * 100) / 100;
  };
  return { p50: rank(0.5), p99: rank(0.99) };
}
