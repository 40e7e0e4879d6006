import { CutoverFailure } from '#domain/failures.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Many routes under one rate limit. ELBv2 lets an account write only so often, so that of a hundred writes sent at once most are
 * refused, and which are accepted is luck. In turn, the first routes are the first to be accepted: one that was refused goes
 * back to its place, and whoever asks next asks for the first that waits.
 */

/** So many routes are worked on at once: with an API that answers in 100 ms more than any account's limit lets through. */
const LANES = 20;

interface Turn<Item, Value> {
  readonly item: Item;
  readonly place: number;
  readonly done: PromiseWithResolvers<Value>;
}

/**
 * `work` on every item in their order; what is throttled is done again while `untilMs` is not over. Waits for every one of them
 * before it throws the first failure: nothing ends here while a write of another item is in flight.
 */
export async function inTurn<Item, Value>(
  { ports, timings }: Tools,
  items: readonly Item[],
  limit: { readonly untilMs: number; readonly run: Pick<ActivityRun, 'rest'> },
  work: (item: Item) => Promise<Value>,
): Promise<readonly Value[]> {
  const { untilMs, run } = limit;
  const turns = items.map((item, place): Turn<Item, Value> => ({
    item,
    place,
    done: Promise.withResolvers<Value>(),
  }));
  const waiting = [...turns];
  const lane = async (): Promise<void> => {
    for (let turn = waiting.shift(); turn !== undefined; turn = waiting.shift()) {
      try {
        turn.done.resolve(await work(turn.item));
        continue;
      } catch (cause) {
        const isInTime = ports.clock.nowMs() + timings.throttlePauseMs <= untilMs;
        if (!isThrottled(cause) || !isInTime) {
          turn.done.reject(cause);
          continue;
        }
      }
      putBack(waiting, turn);
      // A cancellation is met by the work itself.
      await run.rest(timings.throttlePauseMs).catch(() => undefined);
    }
  };
  const results = Promise.allSettled(turns.map(({ done }) => done.promise));
  await Promise.all(turns.slice(0, LANES).map(lane));
  await results;
  return Promise.all(turns.map(({ done }) => done.promise));
}

function putBack<Item, Value>(waiting: Turn<Item, Value>[], turn: Turn<Item, Value>): void {
  const later = waiting.findIndex(({ place }) => place > turn.place);
  waiting.splice(later === -1 ? waiting.length : later, 0, turn);
}

export function isThrottled(cause: unknown): boolean {
  return cause instanceof CutoverFailure && cause.type === 'throttled';
}
