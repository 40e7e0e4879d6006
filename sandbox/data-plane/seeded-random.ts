/**
 * Randomness of the data plane and its neighbours, on the emulator's generator: one seed gives one world. Each consumer
 * has its own stream by a label, so a new consumer never shifts the numbers of an old one.
 */
import { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';

/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/** A range of milliseconds, both ends included; equal ends mean a constant. */
export interface DelayRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/** A stream of its own for `label` within the world of `seed`. */
export function seededRandom(seed: number, label: string): Random {
  const stream = new SeededRandom(seed).fork(label);
  return () => stream.next();
}

/** A delay drawn uniformly from the range, in milliseconds. */
export function drawDelayMs(random: Random, range: DelayRange): number {
  return range.minMs + random() * (range.maxMs - range.minMs);
}
