/**
 * What Temporal itself knows of a migration without any worker: search attributes, memo, times. Invariant: read from
 * a describe or a list, never from history, so it costs no query and works on closed runs for as long as Temporal
 * retains them. Fields with the same meaning as in `StatusView` have the same names.
 */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { OUTCOMES, type OutcomeName } from '#domain/migration/migration-state.ts';
import {
  CLUSTER,
  GATE,
  GREEN_WEIGHT,
  OUTCOME,
  PHASE,
  TARGET_VERSION,
} from '#workflows/search-attributes.ts';

/** How Temporal sees the run; `paused` is Temporal's own pause, not ours. */
type RunStatus =
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'terminated'
  | 'timed-out'
  | 'paused'
  | 'unknown';

const RUN_STATUS: Readonly<Record<WorkflowExecutionInfo['status']['name'], RunStatus>> = {
  RUNNING: 'running',
  CONTINUED_AS_NEW: 'running', // the next run of the same attempt is on its way
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
  PAUSED: 'paused',
  UNSPECIFIED: 'unknown',
  UNKNOWN: 'unknown',
};

/** One attempt. JSON-stable. */
export interface MigrationSnapshot {
  readonly workflowId: string;
  readonly runId: string;
  readonly plan: string;
  readonly planDigest: string;
  readonly requestedBy: string;
  readonly cluster: string;
  readonly targetVersion: string;
  readonly runStatus: RunStatus;
  /** A phase, `gate:…`, `rolling-back`, `halted` or `ended`; empty where the attribute is missing. */
  readonly activity: string;
  readonly gate: string | null;
  readonly greenWeightPercent: number;
  readonly outcome: OutcomeName | null;
  /** Of this run, which a checkpoint may have begun; ISO time. */
  readonly runStartedAt: string;
  readonly endedAt: string | null;
}

/** A snapshot and how far its history has come: equal marks mean that nothing happened in between. */
export interface Sighting {
  readonly snapshot: MigrationSnapshot;
  readonly mark: string;
}

type Seen = Pick<
  WorkflowExecutionInfo,
  | 'workflowId'
  | 'runId'
  | 'status'
  | 'typedSearchAttributes'
  | 'memo'
  | 'startTime'
  | 'closeTime'
  | 'historyLength'
>;

export function sighting(seen: Seen): Sighting {
  return {
    snapshot: snapshotOf(seen),
    mark: `${seen.runId} ${seen.status.name} ${seen.historyLength}`,
  };
}

export function snapshotOf(seen: Seen): MigrationSnapshot {
  const attributes = seen.typedSearchAttributes;
  return {
    workflowId: seen.workflowId,
    runId: seen.runId,
    plan: memoText(seen, 'planName'),
    planDigest: memoText(seen, 'planDigest'),
    requestedBy: memoText(seen, 'requestedBy'),
    cluster: attributes.get(CLUSTER) ?? '',
    targetVersion: attributes.get(TARGET_VERSION) ?? '',
    runStatus: RUN_STATUS[seen.status.name],
    activity: attributes.get(PHASE) ?? '',
    gate: attributes.get(GATE) ?? null,
    greenWeightPercent: attributes.get(GREEN_WEIGHT) ?? 0,
    outcome: OUTCOMES.find((name) => name === attributes.get(OUTCOME)) ?? null,
    runStartedAt: seen.startTime.toISOString(),
    endedAt: seen.closeTime?.toISOString() ?? null,
  };
}

/** Can the run still answer and change? */
export function isOpen(snapshot: Pick<MigrationSnapshot, 'runStatus'>): boolean {
  return snapshot.runStatus === 'running' || snapshot.runStatus === 'paused';
}

function memoText(seen: Seen, key: string): string {
  const value = seen.memo?.[key];
  return typeof value === 'string' ? value : '';
}
