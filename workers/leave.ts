import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { QUEUES } from '#domain/queues.ts';
import type { WorkerEnvironment } from './environment.ts';
import { isPolledByOthers, runsOnGreen, type TemporalAccess } from './temporal-access.ts';

/**
 * A worker that is the last one for runs with users on green does not leave quietly (I12): without it nobody watches green, and a
 * rollback that somebody asks for is kept but not carried out. It says so, and goes on working for a while, so that a successor
 * can come.
 */
export interface Leaving extends Pick<WorkerEnvironment, 'identity' | 'deployment'> {
  readonly access: TemporalAccess;
  readonly logger: Logger;
  /** How long to stay for a successor. */
  readonly stayMs: number;
  /** Aborted by whoever does not want to wait. */
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 1_000;
/** Temporal may be what is missing; a worker that is told to go must not wait for it. */
const ANSWER_WITHIN_MS = 10_000;

/** Returns when the worker may stop polling. Never rejects. */
export async function untilFreeToLeave(leaving: Leaving): Promise<void> {
  const { logger, stayMs, signal } = leaving;
  try {
    const runs = await within(ANSWER_WITHIN_MS, needing(leaving));
    if (runs.length === 0) return;
    const stays = stayMs === 0 ? '' : `; it stays for up to ${stayMs / 1000} s more`;
    logger.error(
      { runs },
      `the last worker was told to stop, and ${runs.length} migration(s) have users on green whom nobody will watch or bring back until another worker polls${stays}; next: start one (\`cutover worker\`)`,
    );
    const untilMs = performance.now() + stayMs;
    while (performance.now() < untilMs && !signal.aborted) {
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if ((await within(ANSWER_WITHIN_MS, needing(leaving))).length > 0) continue;
      logger.info('another worker is there, or nobody needs one any more');
      return;
    }
    logger.error({ runs }, 'the last worker leaves; users on green are not watched');
  } catch (cause) {
    logger.warn(
      { cause: cause instanceof Error ? cause.message : String(cause) },
      'whether another worker watches the users on green could not be asked; next: `cutover doctor`',
    );
  }
}

/** Runs that nobody but this worker serves. */
async function needing({ access, identity, deployment }: Leaving): Promise<readonly string[]> {
  const runs = await runsOnGreen(access, deployment);
  if (runs.length === 0) return [];
  const queues = [QUEUES.guard, QUEUES.traffic];
  const others = await Promise.all(
    queues.map((queue) => isPolledByOthers(access, queue, { identity, deployment })),
  );
  return others.every(Boolean) ? [] : runs;
}

async function within<Value>(ms: number, asked: Promise<Value>): Promise<Value> {
  const controller = new AbortController();
  const late = async (): Promise<never> => {
    await delay(ms, undefined, { signal: controller.signal });
    throw new Error(`Temporal did not answer within ${ms / 1000} s`);
  };
  try {
    return await Promise.race([asked, late()]);
  } finally {
    controller.abort();
  }
}
