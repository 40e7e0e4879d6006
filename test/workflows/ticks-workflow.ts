import { defineQuery, proxySinks, setHandler, sleep, type Sinks } from '@temporalio/workflow';

const TICK_MS = 200;

export interface TickSinks extends Sinks {
  readonly ticks: { slept(tookMs: number): void };
}

/** Sleeps again and again, and says how long it took by the workflow's clock; for `one-clock.test.ts`. */
export async function ticks(): Promise<void> {
  const { ticks } = proxySinks<TickSinks>();
  setHandler(defineQuery('status'), () => 'ticking');
  for (;;) {
    const fromMs = Date.now();
    await sleep(TICK_MS);
    ticks.slept(Date.now() - fromMs);
  }
}
