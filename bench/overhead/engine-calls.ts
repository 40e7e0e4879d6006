/**
 * Reads the engine's calls off a recorded history. A call lasts from the end of the workflow task that asked for the
 * activity to the end of the workflow task that dealt with its result: dispatch to the worker, the work, its report, the
 * next workflow task with its replay and its writes. So in a chain of activities these times tile the wall clock:
 * nothing of what Temporal costs per activity falls between two calls, and nothing counts twice.
 */
import type { History } from '@temporalio/common/lib/proto-utils.js';
import type { Call } from './calls.ts';

type Event = NonNullable<History['events']>[number];

const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;

/** Completed activities of one execution in the order in which they were scheduled. */
export function engineCalls(history: History): readonly Call[] {
  const events = history.events ?? [];
  const starts = indexBy(events, (event) => event.activityTaskStartedEventAttributes);
  const completions = indexBy(events, (event) => event.activityTaskCompletedEventAttributes);
  return events.flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const id = String(event.eventId);
    const completed = completions.get(id);
    // A guard that was told to stop ends as cancelled, and is no call with a result.
    if (scheduled === undefined || scheduled === null || completed === undefined) return [];
    const dealtWith = events.find((later) => endsTaskBegunAfter(later, completed));
    if (dealtWith === undefined) return [];
    const attempt = starts.get(id)?.activityTaskStartedEventAttributes?.attempt ?? 1;
    return [
      {
        type: scheduled.activityType?.name ?? '',
        ms: timeOf(dealtWith) - timeOf(event),
        firstTry: attempt === 1,
      },
    ];
  });
}

/** Does this event end a workflow task that began when `completed` was in the history? */
function endsTaskBegunAfter(event: Event, completed: Event): boolean {
  const ended = event.workflowTaskCompletedEventAttributes;
  if (ended === undefined || ended === null) return false;
  return Number(ended.startedEventId) > Number(completed.eventId);
}

/** Events that carry these attributes, by the id of the event that scheduled their activity. */
function indexBy(
  events: readonly Event[],
  attributesOf: (event: Event) => { readonly scheduledEventId?: unknown } | null | undefined,
): ReadonlyMap<string, Event> {
  return new Map(
    events.flatMap((event) => {
      const attributes = attributesOf(event);
      return attributes === undefined || attributes === null
        ? []
        : [[String(attributes.scheduledEventId), event] as const];
    }),
  );
}

/** Epoch milliseconds with their fraction, which Temporal's own conversion cuts off. */
function timeOf({ eventId, eventTime }: Event): number {
  if (eventTime === undefined || eventTime === null)
    throw new Error(`event ${String(eventId)} of the history has no time`);
  // Whole seconds come as a 64-bit type or as a number, depending on who decoded them.
  const seconds = Number(String(eventTime.seconds ?? 0));
  return seconds * MS_PER_SECOND + (eventTime.nanos ?? 0) / NS_PER_MS;
}
