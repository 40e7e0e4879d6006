/**
 * When requests are due: an open loop of independent users (a Poisson process), so a slow shop meets as many requests as a
 * quick one. Timers that come late are caught up; after a stop of the whole machine the lost time is let go instead of
 * being sent as one burst.
 */
import type { Random } from '#sandbox/data-plane/seeded-random.ts';

/** Lag beyond which missed arrivals are given up: longer than any pause of a busy machine. */
const GIVE_UP_AFTER_MS = 5_000;

export interface Arrivals {
  setRate(requestsPerSecond: number): void;
  stop(): void;
}

/** Calls `onDue` with the due time of each request, in milliseconds since the epoch. Rate 0 sends nothing. */
export function startArrivals(
  requestsPerSecond: number,
  random: Random,
  onDue: (dueAtMs: number) => void,
): Arrivals {
  let rate = requestsPerSecond;
  let timer: NodeJS.Timeout | undefined;
  let dueAtMs = 0;

  const gapMs = (): number => (-Math.log(1 - random()) * 1_000) / rate;
  const tick = (): void => {
    const now = Date.now();
    if (now - dueAtMs > GIVE_UP_AFTER_MS) dueAtMs = now;
    while (dueAtMs <= now) {
      onDue(dueAtMs);
      dueAtMs += gapMs();
    }
    timer = setTimeout(tick, dueAtMs - now);
  };
  const begin = (): void => {
    clearTimeout(timer);
    if (rate <= 0) return;
    dueAtMs = Date.now() + gapMs();
    timer = setTimeout(tick, dueAtMs - Date.now());
  };
  begin();
  return {
    setRate: (next) => {
      rate = next;
      begin();
    },
    stop: () => clearTimeout(timer),
  };
}
