import type { Clock } from '#activities/ports/clock.ts';
import type { Random } from './random.ts';

/**
 * Time that passes only from one event to the next. What is due at the same millisecond happens in an order that the seed
 * draws. Between two events everything that was waiting for the first has run as far as it can.
 */
interface Due {
  readonly atMs: number;
  /** Among what is due at the same time. */
  readonly turn: number;
  happen: (() => void | Promise<void>) | null;
}

/** Takes something off the calendar; harmless when it has happened. */
export type Cancel = () => void;

/** Long before this machine's own clock says anything: the workflow tells its server's clock by it (`one-clock.ts`). */
const EPOCH_MS = 1_695_974_400_000;

export class VirtualTime implements Clock {
  #nowMs = EPOCH_MS;
  readonly #random: Random;
  /** A heap: no entry is due before its parent. */
  readonly #due: Due[] = [];
  #secrets = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, happen: () => void | Promise<void>): Cancel {
    const due: Due = { atMs: this.#nowMs + Math.max(0, ms), turn: this.#random.unit(), happen };
    this.#push(due);
    return () => {
      due.happen = null;
    };
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => {
      cancel();
      // As Node's own timers do.
      reject(new DOMException('The operation was aborted', 'AbortError'));
    };
    const cancel = this.after(ms, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
    return promise;
  }

  limit(ms: number): AbortSignal {
    const controller = new AbortController();
    this.after(ms, () => {
      controller.abort(new DOMException('The operation timed out', 'TimeoutError'));
    });
    return controller.signal;
  }

  secret(): string {
    this.#secrets += 1;
    return `${SECRET_PREFIX}-${this.#secrets}`;
  }

  /** Lets the next event happen; false when there is none, or none before `untilMs`. */
  async step(untilMs: number): Promise<boolean> {
    for (;;) {
      const [next] = this.#due;
      if (next === undefined || next.atMs > untilMs) return false;
      this.#pop();
      if (next.happen === null) continue;
      this.#nowMs = next.atMs;
      await next.happen();
      await everythingHasRun();
      return true;
    }
  }

  #push(due: Due): void {
    const heap = this.#due;
    let index = heap.length;
    heap.push(due);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(due, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = due;
  }

  #pop(): void {
    const heap = this.#due;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (one === undefined) break;
      const child = other !== undefined && isBefore(other, one) ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || !isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

/** How every secret of a simulated world begins, so that it is found where it must not be. */
export const SECRET_PREFIX = 'secret-of-a-simulated-door';

function isBefore(one: Due, other: Due): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.turn < other.turn);
}

/** Promises alone keep this process busy: when its turn ends, all that could go on has gone on. */
async function everythingHasRun(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
