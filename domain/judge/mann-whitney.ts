import { exactUpperTail } from './exact-u.ts';
import { normalUpperTail } from './normal.ts';
import { deviationOfU, tieTerm, type SortedSamples } from './sorted-samples.ts';

/**
 * The Mann-Whitney U test, two-sided: could two sides that are alike have come out this different? Exact where a side is
 * small and nothing is tied, else the normal approximation with tie and continuity correction: the same choice as
 * scipy.stats.mannwhitneyu with `method='auto'`, whose p-values these are to 1e-6.
 */

/** Above this many samples on both sides the normal approximation is as good as exact (scipy's choice). */
const SMALL_SIDE = 8;

export interface MannWhitney {
  /** Pairs in which the experiment is above the control; equal pairs count half. */
  readonly u: number;
  /** 0–1. */
  readonly pValue: number;
}

/** Both sides need at least one sample. */
export function mannWhitney(experiment: SortedSamples, control: SortedSamples): MannWhitney {
  const [m, n] = [experiment.length, control.length];
  const u = pairsAbove(experiment, control);
  const larger = Math.max(u, m * n - u);
  const ties = tieTerm(merged(experiment, control));
  const isExact = ties === 0 && Math.min(m, n) <= SMALL_SIDE;
  const tail = isExact
    ? exactUpperTail(larger, m, n)
    : approximateTail(larger - (m * n) / 2 - 0.5, deviationOfU(m, n, ties));
  return { u, pValue: Math.min(1, 2 * tail) };
}

/** When everything is one tie there is no difference to explain. */
function approximateTail(distance: number, deviation: number): number {
  return deviation === 0 ? 1 : normalUpperTail(distance / deviation);
}

function pairsAbove(experiment: SortedSamples, control: SortedSamples): number {
  let below = 0;
  let notAbove = 0;
  let pairs = 0;
  for (const value of experiment) {
    while (below < control.length && (control[below] ?? 0) < value) below += 1;
    while (notAbove < control.length && (control[notAbove] ?? 0) <= value) notAbove += 1;
    pairs += (below + notAbove) / 2;
  }
  return pairs;
}

function merged(one: SortedSamples, other: SortedSamples): SortedSamples {
  const both = new Float64Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both.sort();
}
