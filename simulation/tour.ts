import type { Fault, KillPoint } from './faults.ts';
import type { ActivityName } from './observations.ts';
import type { Story } from './story.ts';

/**
 * Stories in which a worker dies in every activity, before its first call, after its effect and before its answer: one attempt
 * after the other. Activities are found, not listed: a new one that no story of the tour reaches is uncovered, and fails the test.
 */
const DOWN_MS = 500;

/** Which attempt dies where; some attempts die of other activities' deaths before they have an answer. */
const DEATHS: readonly (readonly [number, KillPoint])[] = [
  [1, 'before'],
  [2, 'after'],
  [3, 'answer'],
  [5, 'answer'],
  [8, 'answer'],
  [13, 'answer'],
];

/** What sends the run down each of its ways; the plan differs with the seed. */
const WAYS: readonly (readonly Fault[])[] = [
  [],
  // Late enough that there is everything to bring back.
  [atBegin('proveBlueIdle', { kind: 'say', verb: 'rollback', force: false, times: 1 })],
  // A door is open.
  [atBegin('smokeTest', { kind: 'say', verb: 'rollback', force: false, times: 1 }, 2)],
  // Blue cannot take its users back, and people wait until it can.
  [
    atBegin('judgeStep', { kind: 'unhealthy', colour: 'blue', forMs: 300_000 }),
    atBegin('judgeStep', { kind: 'say', verb: 'rollback', force: false, times: 1 }),
  ],
  [
    atBegin('handOverSingletons', { kind: 'unhealthy', colour: 'blue', forMs: 300_000 }),
    atBegin('handOverSingletons', { kind: 'say', verb: 'rollback', force: false, times: 1 }),
  ],
  // The guard has a verdict, and its worker dies with it: a guard that is only let go has no answer to lose.
  [atBegin('judgeStep', { kind: 'break-green', errorRate: 0.5, forMs: 600_000 })],
];

/** The n-th story of the tour, from 1; the ways come round and round, with other plans. */
export function tourStory(nth: number, names: readonly ActivityName[]): Story {
  const way = WAYS[(nth - 1) % WAYS.length] ?? [];
  const kills = names.flatMap((activity) =>
    DEATHS.map(([attempt, kill]): Fault => {
      return { at: 'attempt', activity, nth: attempt, kill, downMs: DOWN_MS };
    }),
  );
  return { seed: nth, faults: [...kills, ...way] };
}

function atBegin(
  activity: ActivityName,
  happening: Extract<Fault, { readonly at: 'began' }>['happening'],
  nth = 1,
): Fault {
  return { at: 'began', activity, nth, delayMs: 10, happening };
}
