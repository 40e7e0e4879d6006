/**
 * Randomness that can be had again: the sandbox's physics (propagation, lateness, latency, choice of target group) draw
 * from here, so one seed gives one world. Each consumer forks its own stream by a label; a new consumer therefore never
 * shifts the numbers of an old one. Not for secrets.
 */

/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/** A range of milliseconds, both ends included; equal ends mean a constant. */
export interface DelayRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/** FNV-1a over UTF-16 code units: small, stable across Node versions, good enough to spread labels over 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** A stream of its own for `label` within the world of `seed` (mulberry32, period 2^32). */
export function seededRandom(seed: number, label: string): Random {
  let state = (hashOf(label) ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A delay drawn uniformly from the range, in milliseconds. */
export function drawDelayMs(random: Random, range: DelayRange): number {
  return range.minMs + random() * (range.maxMs - range.minMs);
}
