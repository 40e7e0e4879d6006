/**
 * What Temporal Cloud bills of a history, by its published rules (Temporal Cloud Actions): each start and continue-as-new, each
 * attempt of an activity, each timer, each change of search attributes, each signal, each accepted update. Not in a history, and so
 * not in here: heartbeats (each that reaches the server is one), queries, refused updates. Not billed: workflow tasks, replays, the
 * marker of a patch and the search attribute that the SDK writes with it.
 */
interface Happened {
  readonly eventId?: unknown;
  readonly workflowExecutionStartedEventAttributes?: unknown;
  readonly activityTaskScheduledEventAttributes?: unknown;
  readonly activityTaskStartedEventAttributes?: { readonly attempt?: number | null } | null;
  readonly timerStartedEventAttributes?: unknown;
  readonly workflowExecutionSignaledEventAttributes?: unknown;
  readonly workflowExecutionUpdateAcceptedEventAttributes?: unknown;
  readonly upsertWorkflowSearchAttributesEventAttributes?: {
    readonly searchAttributes?: {
      readonly indexedFields?: Readonly<Record<string, unknown>> | null;
    } | null;
  } | null;
}

/** How many of each kind. */
export interface BillableActions {
  readonly starts: number;
  /** First attempts. */
  readonly activities: number;
  readonly retries: number;
  readonly timers: number;
  readonly searchAttributes: number;
  readonly messages: number;
}

/** The SDK's own search attribute: which patches a run knows. */
const PATCHES = 'TemporalChangeVersion';

/** Counts the events of one execution, or of several one after the other. */
export function billableActions(events: readonly Happened[]): BillableActions {
  const count = (fits: (event: Happened) => unknown): number => events.filter(fits).length;
  return {
    starts: count((event) => event.workflowExecutionStartedEventAttributes),
    activities: count((event) => event.activityTaskScheduledEventAttributes),
    // The attempts before the last one leave no event: only the last one's number tells of them.
    retries: events.reduce(
      (sum, event) =>
        sum + Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1),
      0,
    ),
    timers: count((event) => event.timerStartedEventAttributes),
    searchAttributes: count(writesOurAttributes),
    messages: count(
      (event) =>
        event.workflowExecutionSignaledEventAttributes ??
        event.workflowExecutionUpdateAcceptedEventAttributes,
    ),
  };
}

/** All kinds together. */
export function sumOf(actions: BillableActions): number {
  return Object.values(actions).reduce((sum: number, one: number) => sum + one, 0);
}

function writesOurAttributes({
  upsertWorkflowSearchAttributesEventAttributes: upsert,
}: Happened): boolean {
  if (!upsert) return false;
  const names = Object.keys(upsert.searchAttributes?.indexedFields ?? {});
  return names.some((name) => name !== PATCHES);
}
