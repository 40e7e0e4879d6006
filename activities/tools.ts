import type { Ports } from './ports/ports.ts';
import type { Timings } from './timings.ts';

/** What every activity file is given: the outside world and the engine's own pauses. */
export interface Tools {
  readonly ports: Ports;
  readonly timings: Timings;
}
