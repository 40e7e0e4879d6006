import { isCrowd, lookLaterMs } from '#domain/guard/look-spread.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Everybody of this worker who looks at metrics again and again, so that they need not all look at once; and whoever brings users
 * back among them, which goes first.
 */
export interface Crowd {
  /** Runs `watch` as one of them. */
  join<Value>(watch: (place: Place) => Promise<Value>): Promise<Value>;
  /** Runs `work`, which brings users back: looks that are about to begin wait for it. */
  hurry<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** One watcher's place in the crowd. */
export interface Place {
  /** How much later than others it is to look next, given the pause between two looks; milliseconds. */
  laterMs(pauseMs: number): number;
  /** Before a look: waits while others bring users back, for a moment at most; not at all where there are few. */
  giveWay(run: Pick<ActivityRun, 'rest'>): Promise<void>;
}

/** What a watcher works with. */
export type Watch = Tools & { readonly place: Place };

/** A look is late by this at most: far below what a guard calls a gap. Milliseconds. */
const GIVE_WAY_MS = 2_000;
const ASK_EVERY_MS = 100;

export function createCrowd(): Crowd {
  let [joined, present, inHurry] = [0, 0, 0];
  const somebodyHurries = (): boolean => inHurry > 0 && isCrowd(present);
  return {
    join: async (watch) => {
      const number = joined;
      joined += 1;
      present += 1;
      try {
        return await watch({
          laterMs: (pauseMs) => lookLaterMs(number, present, pauseMs),
          giveWay: async (run) => {
            let waitedMs = 0;
            while (somebodyHurries() && waitedMs < GIVE_WAY_MS) {
              await run.rest(ASK_EVERY_MS);
              waitedMs += ASK_EVERY_MS;
            }
          },
        });
      } finally {
        present -= 1;
      }
    },
    hurry: async (work) => {
      inHurry += 1;
      try {
        return await work();
      } finally {
        inHurry -= 1;
      }
    },
  };
}
