/**
 * A migration's history as it grows, also over a continue-as-new: tells of every activity whose answer Temporal has, at once, and of a
 * run that cannot be told again. Survives a server that goes away and comes back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isActivityName, workOf, type Work } from './works.ts';

const AGAIN_MS = 300;
/** A server answers such a question within 20 s, with news or without; one that never does must not hold up the end. */
const PAGE_WITHIN_MS = 60_000;

/** Temporal's `WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR`; the enum is in @temporalio/proto, which only the SDK may depend on. */
const NON_DETERMINISTIC = 24;

export interface Heard {
  /** Temporal has the answer of an activity. */
  readonly onAnswer: (work: Work) => void;
  /** A replay wanted something else: the run stands still for good. */
  readonly onUntellable: (why: string) => void;
}

export interface Following {
  /** Resolves when the history has ended, or nobody follows any more. */
  readonly ended: Promise<void>;
  stop(): void;
}

export function followHistory(
  client: Client,
  execution: { readonly workflowId: string; readonly runId: string },
  heard: Heard,
): Following {
  const stopped = new AbortController();
  const follow = async (): Promise<void> => {
    for (let runId: string | null = execution.runId; runId !== null && !stopped.signal.aborted;)
      runId = await followRun(client, execution.workflowId, runId, heard, stopped.signal);
  };
  return {
    ended: follow(),
    stop: () => {
      stopped.abort();
    },
  };
}

/** The run that comes after it; null at the end. */
async function followRun(
  client: Client,
  workflowId: string,
  runId: string,
  { onAnswer, onUntellable }: Heard,
  stopped: AbortSignal,
): Promise<string | null> {
  const works = new Map<string, Work>();
  let nextPageToken = new Uint8Array();
  while (!stopped.aborted) {
    const page = await pageOf(client, { workflowId, runId }, nextPageToken);
    if (page === null) {
      await delay(AGAIN_MS);
      continue;
    }
    for (const event of page.history?.events ?? []) {
      const {
        activityTaskScheduledEventAttributes: scheduled,
        activityTaskCompletedEventAttributes: completed,
        activityTaskCanceledEventAttributes: cancelled,
        workflowExecutionContinuedAsNewEventAttributes: next,
        workflowTaskFailedEventAttributes: broken,
      } = event;
      const name = scheduled?.activityType?.name ?? '';
      if (isActivityName(name))
        works.set(String(event.eventId), workOf(name, inputIn(scheduled?.input?.payloads?.[0])));
      const answered = completed ?? cancelled;
      const work = works.get(String(answered?.scheduledEventId));
      if (work !== undefined) onAnswer(work);
      if (broken && Number(broken.cause) === NON_DETERMINISTIC)
        onUntellable(broken.failure?.message ?? 'without a message');
      if (next) return next.newExecutionRunId ?? null;
    }
    nextPageToken = Uint8Array.from(page.nextPageToken ?? []);
    if (nextPageToken.length === 0) return null;
  }
  return null;
}

/** The next events, as soon as there are some; null where the server did not answer. */
async function pageOf(
  client: Client,
  execution: { readonly workflowId: string; readonly runId: string },
  nextPageToken: Uint8Array,
) {
  const { namespace } = client.options;
  try {
    return await client.withDeadline(Date.now() + PAGE_WITHIN_MS, async () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution,
        waitNewEvent: true,
        nextPageToken,
      }),
    );
  } catch {
    return null;
  }
}

/** Payloads are JSON, as the default converter writes them. */
function inputIn(payload: { readonly data?: Uint8Array | null } | undefined): unknown {
  const text = Buffer.from(payload?.data ?? []).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}
