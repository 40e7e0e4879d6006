/**
 * A death that was due and never met says nothing of the product: a guard that is let go may answer in the moment in which the next work
 * begins. Another migration is told for it; where that does not meet it either, time after time, the run is wrong. Pure.
 */
import { nameOf, type Job } from './kill-points.ts';
import type { Ending } from './run-job.ts';

/** So many migrations may go past a point. */
const MOST_ATTEMPTS = 3;

/** The migration for what this one went past, and what is wrong because none is told any more. */
export function toldAgain(
  { job, unmet }: Pick<Ending, 'job' | 'unmet'>,
  number: number,
): { readonly again: Job | null; readonly wrongs: readonly string[] } {
  if (unmet.length === 0) return { again: null, wrongs: [] };
  if (job.attempt < MOST_ATTEMPTS)
    return { again: { ...job, number, points: unmet, attempt: job.attempt + 1 }, wrongs: [] };
  return { again: null, wrongs: unmet.map((point) => `nobody died at ${nameOf(point)}`) };
}
