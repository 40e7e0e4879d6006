import { lookLaterMs } from '#domain/guard/look-spread.ts';
import type { Tools } from '#activities/tools.ts';

/** Everybody of this worker who looks at metrics again and again, so that they need not all look at once. */
export interface Crowd {
  /** Runs `watch` as one of them; `laterMs` says how much later than others it is to look next, given the pause between two looks. */
  join<Value>(watch: (laterMs: (pauseMs: number) => number) => Promise<Value>): Promise<Value>;
}

/** What a watcher works with; `laterMs`: how much later than others it is to look next, given the pause between two looks. */
export type Watch = Tools & { readonly laterMs: (pauseMs: number) => number };

export function createCrowd(): Crowd {
  let [joined, present] = [0, 0];
  return {
    join: async (watch) => {
      const number = joined;
      joined += 1;
      present += 1;
      try {
        return await watch((pauseMs) => lookLaterMs(number, present, pauseMs));
      } finally {
        present -= 1;
      }
    },
  };
}
