import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { RUN_NAMES } from '#domain/migration/run-names.ts';
import type { WorkerEnvironment } from './environment.ts';
import { isCurrent, runsElsewhere, type TemporalAccess } from './temporal-access.ts';

/**
 * Runs that wait for people hear nothing for days, so they would stay with the worker build they are pinned to, which then can
 * never go (I12). So the worker whose build becomes the current one wakes them: a signal that decides nothing makes each of them
 * look, and move at its next checkpoint. Every worker of the build does so; Temporal knows their signals as one.
 */
export interface Waking {
  readonly access: TemporalAccess;
  readonly deployment: NonNullable<WorkerEnvironment['deployment']>;
  readonly identity: string;
  readonly logger: Logger;
  /** Between two looks, whether this build is current and which runs are pinned to others. @default 30 s */
  readonly everyMs?: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const EVERY_MS = 30_000;
const LONGEST_PAUSE_MS = 60 * 60_000;

/** Looks until it is ended; what fails is tried again at the next look. Never rejects. */
export async function wakeRunsWhenCurrent(waking: Waking): Promise<void> {
  const { access, deployment, logger, everyMs = EVERY_MS, signal } = waking;
  const woken = new Map<string, Woken>();
  while (!signal.aborted) {
    try {
      if (await isCurrent(access, deployment)) await wakeRuns(waking, woken);
      else woken.clear();
    } catch (cause) {
      logger.debug({ cause }, 'whether this build is the current one is not known yet');
    }
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

interface Woken {
  readonly times: number;
  readonly againAtMs: number;
}

/**
 * One may be woken before every part of the server knows the new build, and another has a rollback to finish: they are woken again,
 * after pauses that double.
 */
async function wakeRuns(waking: Waking, woken: Map<string, Woken>): Promise<void> {
  const { access, deployment, identity, logger, everyMs = EVERY_MS } = waking;
  for (const workflowId of await runsElsewhere(access, deployment)) {
    const { times, againAtMs } = woken.get(workflowId) ?? { times: 0, againAtMs: 0 };
    const nowMs = performance.now();
    if (nowMs < againAtMs) continue;
    await access.service.signalWorkflowExecution({
      namespace: access.namespace,
      workflowExecution: { workflowId },
      signalName: RUN_NAMES.wake,
      identity,
      requestId: `wake/${deployment.name}/${deployment.buildId}/${workflowId}/${times}`,
    });
    const pauseMs = Math.min(everyMs * 2 ** times, LONGEST_PAUSE_MS);
    woken.set(workflowId, { times: times + 1, againAtMs: nowMs + pauseMs });
    logger.info(
      { deployment, workflowId },
      'a run of another build is woken; it moves to this one',
    );
  }
}
