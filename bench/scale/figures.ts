/** The bench's arithmetic: from what was seen to the figures. Pure. */
import { MUTATION_LIMIT } from './setting.ts';

export interface Seen {
  readonly migrations: number;
  /** Of each migration; null: still open when patience ended. */
  readonly outcomes: readonly (string | null)[];
  /** Of those whose green broke, each from its verdict to the weights; null: never seen. */
  readonly reactionSeconds: readonly (number | null)[];
  readonly historyEvents: readonly number[];
  readonly durationSeconds: number;
  readonly mostOpen: number;
  readonly peakRssMb: number | null;
  readonly workerCpuSeconds: number | null;
  readonly mutations: number;
  readonly throttled: number;
  readonly calls: Readonly<Record<string, number>>;
}

export interface Figures {
  readonly migrations: number;
  readonly completed: number;
  readonly rolledBack: number;
  /** Ended otherwise, or not at all, by what they were. */
  readonly others: Readonly<Record<string, number>>;
  readonly mostOpenAtOnce: number;
  /** The most that the worker's process ever held. */
  readonly workerRssMb: number | null;
  readonly workerCores: number | null;
  readonly verdictToWeightsSeconds: { readonly p50: number | null; readonly p99: number | null };
  /** Verdicts that no accepted write followed, or that were never given. */
  readonly missed: number;
  readonly migrationsPerMinute: number;
  /** Share of what the account's rate limit allows for changes of Elastic Load Balancing: 1 is the limit. */
  readonly vsEmulatorLimit: number;
  readonly historyEvents: { readonly p50: number | null; readonly most: number };
  readonly callsPerMigration: Readonly<Record<string, number>>;
  readonly throttledCalls: number;
  readonly durationSeconds: number;
}

export function figuresOf(seen: Seen): Figures {
  const { migrations, durationSeconds } = seen;
  const reactions = seen.reactionSeconds.filter((seconds) => seconds !== null);
  const ended = Map.groupBy(seen.outcomes, (outcome) => outcome ?? 'still open');
  const {
    completed = 0,
    'rolled-back': rolledBack = 0,
    ...others
  } = Object.fromEntries([...ended].map(([outcome, of]) => [outcome, of.length]));
  const notSeen = migrations - seen.outcomes.length;
  return {
    migrations,
    completed,
    rolledBack,
    others: notSeen === 0 ? others : { ...others, 'never started': notSeen },
    mostOpenAtOnce: seen.mostOpen,
    workerRssMb: seen.peakRssMb,
    workerCores:
      seen.workerCpuSeconds === null ? null : rounded(seen.workerCpuSeconds / durationSeconds),
    verdictToWeightsSeconds: { p50: atShare(reactions, 0.5), p99: atShare(reactions, 0.99) },
    missed: seen.reactionSeconds.length - reactions.length,
    migrationsPerMinute: rounded((completed + rolledBack) / (durationSeconds / 60)),
    vsEmulatorLimit: rounded(seen.mutations / (durationSeconds * MUTATION_LIMIT.ratePerSecond)),
    historyEvents: {
      p50: atShare(seen.historyEvents, 0.5),
      most: Math.max(0, ...seen.historyEvents),
    },
    callsPerMigration: Object.fromEntries(
      Object.entries(seen.calls).map(([service, count]) => [
        service,
        Math.round(count / migrations),
      ]),
    ),
    throttledCalls: seen.throttled,
    durationSeconds: Math.round(durationSeconds),
  };
}

/** The most memory a worker may hold, and the longest that weights may take after a verdict. */
export const LIMITS = { workerRssMb: 1_536, verdictToWeightsSeconds: 5 } as const;

/** What does not keep its limit, in words; empty where everything does. */
export function brokenLimits(figures: Figures): readonly string[] {
  const { p99 } = figures.verdictToWeightsSeconds;
  const others = Object.entries(figures.others).map(([what, count]) => `${count} ${what}`);
  return [
    ...(others.length === 0 ? [] : [`not all ended as they should: ${others.join(', ')}`]),
    ...(figures.missed === 0 ? [] : [`${figures.missed} broken greens without verdict or weights`]),
    ...(p99 !== null && p99 > LIMITS.verdictToWeightsSeconds
      ? [`verdict → weights p99 ${p99} s, at most ${LIMITS.verdictToWeightsSeconds} s`]
      : []),
    ...(figures.workerRssMb !== null && figures.workerRssMb > LIMITS.workerRssMb
      ? [`the worker held ${figures.workerRssMb} MB, at most ${LIMITS.workerRssMb} MB`]
      : []),
  ];
}

/** By nearest rank. */
function atShare(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === undefined ? null : rounded(value);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
