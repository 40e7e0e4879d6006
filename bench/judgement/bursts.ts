import type { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';

/** A factor on the logarithmic scale, period by period. */
export type Factor = () => number;

/** Things go bad now and then, for a while, by some factor; 0 in between. They begin independently of each other. */
export function bursts(
  random: SeededRandom,
  kind: {
    readonly periodSeconds: number;
    /** Mean time from the end of one to the beginning of the next. */
    readonly everySeconds: number;
    readonly lastsSeconds: readonly [least: number, most: number];
    readonly factor: readonly [least: number, most: number];
  },
): Factor {
  const { periodSeconds, everySeconds, lastsSeconds, factor } = kind;
  let periodsLeft = 0;
  let height = 0;
  return () => {
    if (periodsLeft > 0) {
      periodsLeft -= 1;
      return height;
    }
    if (random.next() >= periodSeconds / everySeconds) return 0;
    periodsLeft = Math.round(random.between(...lastsSeconds) / periodSeconds) - 1;
    height = Math.log(random.between(...factor));
    return height;
  };
}
