/**
 * How long AWS takes for things: a range per class of event, drawn from a seeded stream. On by default, because an emulator that
 * answers at once makes every figure meaningless; tests shorten it with `scale` but never to nothing.
 */
import type { Clock } from './clock.ts';
import type { SeededRandom } from './seeded-random.ts';

interface DelayRange {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface PhysicsOptions<EventClass extends string> {
  readonly delays: Readonly<Record<EventClass, DelayRange>>;
  readonly random: SeededRandom;
  readonly clock: Clock;
  /** Multiplies every delay. @default 1 */
  readonly scale?: number;
}

export class Physics<EventClass extends string> {
  readonly #options: PhysicsOptions<EventClass>;

  constructor(options: PhysicsOptions<EventClass>) {
    this.#options = options;
  }

  /** A fresh draw of how long an event of this class takes, in milliseconds. */
  delayMs(event: EventClass): number {
    const { delays, random, scale = 1 } = this.#options;
    const { minMs, maxMs } = delays[event];
    return random.between(minMs, maxMs) * scale;
  }

  /** Runs the task after a fresh delay of the class. */
  later(event: EventClass, task: () => void | Promise<void>): void {
    this.#options.clock.after(this.delayMs(event), task);
  }
}
