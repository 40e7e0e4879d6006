/**
 * Many looks at the same clock. Metrics become visible when a period closes, for every migration at the same moment, so that a
 * worker with hundreds of guards would ask hundreds of questions at once: with 110 migrations on two cores CloudWatch's answers took
 * longer than a request may (3 s), every half minute (seen). In a crowd each look comes a little later than the close, its own
 * share of a time that grows with the crowd. Pure.
 */

/** So many looks at once are no crowd. */
const FEW = 20;
/** What one look takes of a core, on both sides of the wire together. Milliseconds. */
const LOOK_MS = 30;
/** Steps of this share of a circle stay apart from each other, however many there are. */
const GOLDEN = 0.618_033_988_75;

/** Are `count` watchers so many that their looks come in one another's way? */
export function isCrowd(count: number): boolean {
  return count > FEW;
}

/**
 * How much later the look of the `number`-th of `count` comes, in milliseconds: never more than a third of the pause between two
 * looks, and nothing where there are few.
 */
export function lookLaterMs(number: number, count: number, pauseMs: number): number {
  const spreadMs = Math.min(pauseMs / 3, Math.max(0, count - FEW) * LOOK_MS);
  return ((number * GOLDEN) % 1) * spreadMs;
}
