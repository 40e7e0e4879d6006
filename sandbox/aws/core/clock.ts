/**
 * The emulator's time: what it stamps on resources, and everything that happens later (a cluster becoming ACTIVE, a rule reaching
 * a node). Whatever is scheduled here ends with `stop()`, so that a stopped emulator leaves no timer behind.
 */
import type { DefectReporter } from './defects.ts';

export interface Clock {
  now(): Date;
  /** Runs the task once, later. A task that throws is a defect of the emulator and is reported as one. */
  after(delayMs: number, task: () => void | Promise<void>): void;
  stop(): void;
}

export function systemClock(defects: DefectReporter): Clock {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  const run = async (task: () => void | Promise<void>): Promise<void> => {
    try {
      await task();
    } catch (cause) {
      if (!stopped) defects.report('a scheduled change failed', cause);
    }
  };

  return {
    now: () => new Date(),
    after: (delayMs, task) => {
      if (stopped) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        void run(task);
      }, delayMs);
      timers.add(timer);
    },
    stop: () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
