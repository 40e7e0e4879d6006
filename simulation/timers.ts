import type { Cancel, VirtualTime } from './virtual-time.ts';

/** The timers of one execution, by the workflow's own numbers. */
export class Timers {
  readonly #time: VirtualTime;
  readonly #fire: (seq: number) => void;
  readonly #running = new Map<number, Cancel>();

  constructor(time: VirtualTime, fire: (seq: number) => void) {
    this.#time = time;
    this.#fire = fire;
  }

  start(seq: number, ms: number): void {
    const cancel = this.#time.after(ms, () => {
      this.#running.delete(seq);
      this.#fire(seq);
    });
    this.#running.set(seq, cancel);
  }

  stop(seq: number): void {
    this.#running.get(seq)?.();
    this.#running.delete(seq);
  }

  stopAll(): void {
    for (const seq of this.#running.keys()) this.stop(seq);
  }
}
