import type { SortedSamples } from './sorted-samples.ts';

/**
 * Order statistics of all m·n differences between two sides, exactly, without building them: 5,000 samples a side are
 * 25 million differences. Bisection by value; each look walks the staircase of the sorted matrix once (m + n steps) and
 * comes back to differences that exist, so that what is found is one of them to the last bit.
 */

/** The `rank`-th smallest of all `experiment[i] − control[j]`, counted from 1. */
export function nthDifference(
  experiment: SortedSamples,
  control: SortedSamples,
  rank: number,
): number {
  let low = at(experiment, 0) - at(control, control.length - 1);
  let high = at(experiment, experiment.length - 1) - at(control, 0);
  while (low < high) {
    const halfway = low / 2 + high / 2;
    // Among the tiniest doubles halving rounds; without this the search could stand still.
    const split = halfway >= low && halfway < high ? halfway : low;
    const look = lookAt(experiment, control, split);
    if (look.notAbove >= rank) high = look.nextBelow;
    else low = look.nextAbove;
  }
  return low;
}

interface Look {
  /** Differences that are at most the split. */
  readonly notAbove: number;
  /** The largest difference that is at most the split. */
  readonly nextBelow: number;
  /** The smallest difference above it. */
  readonly nextAbove: number;
}

function lookAt(experiment: SortedSamples, control: SortedSamples, split: number): Look {
  let notAbove = 0;
  let nextBelow = Number.NEGATIVE_INFINITY;
  let nextAbove = Number.POSITIVE_INFINITY;
  // The first `above` values of the control leave a difference above the split; the more, the higher the experiment's value.
  let above = 0;
  for (const value of experiment) {
    while (above < control.length && value - at(control, above) > split) above += 1;
    notAbove += control.length - above;
    if (above < control.length) nextBelow = Math.max(nextBelow, value - at(control, above));
    if (above > 0) nextAbove = Math.min(nextAbove, value - at(control, above - 1));
  }
  return { notAbove, nextBelow, nextAbove };
}

function at(values: SortedSamples, index: number): number {
  return values[index] ?? 0;
}
