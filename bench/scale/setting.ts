/** What every migration of the bench meets, stated with the figures. */
import type { BucketSize } from '#sandbox/aws/core/token-bucket.ts';

export const SEED = 1;
export const MIGRATIONS = 1_000;
/** The same is measured at so many first: what a worker with little to do is like. */
export const FEW = 10;

/** The guard's, and of the one source: it looks once a period. */
export const INTERVAL_SECONDS = 30;
export const LATENESS_SECONDS = 4;
export const BAKE_SECONDS = 30;
export const SOAK_SECONDS = 60;
/** How long a target drains; a rollback waits for it. */
export const DEREGISTRATION_SECONDS = 20;
export const STEPS = [50, 100] as const;

/** Elastic Load Balancing's changes a second, of the whole account: the emulator's own, assumed, because AWS publishes none. */
export const MUTATION_LIMIT: BucketSize = { ratePerSecond: 10, burst: 40 };

/**
 * New migrations a second. A start costs Temporal, worker and emulator 1.2 core-seconds together (seen with 60): at five a second two
 * cores are behind for ten minutes, and what is measured then is how long an emulator keeps callers waiting.
 */
export const STARTS_A_SECOND = 0.8;
/** People's approvals. */
export const APPROVALS_AT_ONCE = 16;
/** Clusters and rules that are made at once before the clock begins. */
export const FURNISHED_AT_ONCE = 12;

/** Of so many migrations in a row one has a green that breaks on its way, and one that breaks when all others wait at 100 %. */
const ONE_BREAKS_OF = 10;
const BREAKS_ON_ITS_WAY = 3;
const BREAKS_AT_THE_END = 8;
/** Between two that break at the end, in milliseconds: over some of the guard's periods. */
export const BREAK_EVERY_MS = 1_500;
export const ERROR_RATE = 0.5;

/** So long users come before the first migration begins: what it finds then is blue's usual load, which is read off a minute's whole periods. */
export const USERS_BEFORE_MS = 100_000;

/** Users' requests a second of one migration, blue and green together; 986 are needed to tell 0 from 1 %. */
export const REQUESTS_PER_SECOND = 60;

/** How long, from the first start, the last gate waits for all to come to it; one that is held up must not hold up all. */
export const GATHER_WITHIN_MS = 45 * 60_000;
/** Of the whole measurement, from the first start to the last end. */
export const PATIENCE_MS = 80 * 60_000;

export type Fate = 'well' | 'breaks on its way' | 'breaks at the end';

/** Of the migration of that number; from 0. */
export function fateOf(number: number): Fate {
  if (number % ONE_BREAKS_OF === BREAKS_ON_ITS_WAY) return 'breaks on its way';
  return number % ONE_BREAKS_OF === BREAKS_AT_THE_END ? 'breaks at the end' : 'well';
}
