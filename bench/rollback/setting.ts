/** What every case meets, stated with the figures. */
import type { LatencyModel } from '#sandbox/shop/latency-model.ts';

/** Pages of 80 ms, one in a hundred about 200 ms: a stall of this machine by 400 ms is not yet a slow green. */
export const LATENCY: LatencyModel = { medianMs: 80, sigma: 0.4 };
export const SLOWER = 10;
/** A single answer slower than this is a bad one: no well green gives it, three of four of a slow one's are. */
export const SLOW_ANSWER_MS = 600;
export const ERROR_RATE = 0.5;
export const SEED = 1;

/** Which sources the plan has; everything else about a part follows. `rules`: the fast source, and many rules. */
export type Part = 'fast' | 'alb' | 'rules';

/**
 * The plan's limit for green's 99th percentile. Of a minute's few dozen requests it is the slowest, and two of them in neighbouring
 * minutes are enough: by ALB metrics the machine is forgiven more.
 */
export const MOST_P99_MS = { fast: 600, rules: 600, alb: 1_000 } as const satisfies Record<
  Part,
  number
>;
export const PARTS = {
  fast: {
    intervalSeconds: 5,
    missingDataSeconds: 30,
    sideBySide: 6,
    // A case that did not come into its state by then, because this machine stalled, is not begun again.
    beginsAnewWithinMs: 300_000,
    // From the start to the wanted state: a rehearsal, a step or two and their truth tests, each as slow as the source.
    arrivesWithinMs: 300_000,
    patienceMs: 120_000,
    // The look at users' requests takes a minute at most, two if it still met green.
    endsWithinMs: 240_000,
  },
  // They wait for minutes and use little of the machine: all at once.
  alb: {
    intervalSeconds: 30,
    missingDataSeconds: 120,
    sideBySide: 40,
    beginsAnewWithinMs: 400_000,
    arrivesWithinMs: 1_500_000,
    patienceMs: 720_000,
    // A period that lies wholly after the weights is believed after five minutes.
    endsWithinMs: 900_000,
  },
  rules: {
    intervalSeconds: 5,
    missingDataSeconds: 30,
    sideBySide: 3,
    beginsAnewWithinMs: 0,
    // Smoke tests go from rule to rule, five seconds and more each.
    arrivesWithinMs: 1_200_000,
    patienceMs: 120_000,
    endsWithinMs: 300_000,
  },
} as const satisfies Record<Part, unknown>;

/** How many rules one migration moves, for the figures of many. */
export const RULE_COUNTS = [1, 20, 100] as const;

/** Fewest requests that a guardrail counts; the product's own default for shares. */
export const FEWEST_REQUESTS = 10;

/** Users' requests per second: green's share of one period holds half as many again and more, and two cores bear all cases at once. */
export function requestsPerSecond(part: Part, percent: number): number {
  if (part === 'alb') return percent < 25 ? 10 : 4;
  return percent < 25 ? 70 : 16;
}
