import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import { activityOf, describeStatus, statusView } from '#domain/migration/status-view.ts';
import { greenWeightPercent } from '#domain/traffic/traffic-plan.ts';
import { GATE, GREEN_WEIGHT, OUTCOME, PHASE } from './search-attributes.ts';

/**
 * Shows a state in the Temporal UI. Details cost no history and follow every change; search attributes cost an
 * event and an Action, so they are written only when one of them changed, all in one.
 */
export function publish(
  state: MigrationState,
  spec: MigrationPlan['spec'],
  before: MigrationState | null,
): void {
  setCurrentDetails(describeStatus(statusView(state, spec)));
  const now = attributesOf(state);
  const then = before === null ? null : attributesOf(before);
  if (
    then !== null &&
    then.phase === now.phase &&
    then.gate === now.gate &&
    then.weight === now.weight &&
    then.outcome === now.outcome
  )
    return;
  upsertSearchAttributes([
    { key: PHASE, value: now.phase },
    { key: GATE, value: now.gate },
    { key: GREEN_WEIGHT, value: now.weight },
    { key: OUTCOME, value: now.outcome },
  ]);
}

function attributesOf(state: MigrationState) {
  const activity = activityOf(state);
  return {
    phase: activity,
    gate: activity.startsWith('gate:') ? activity.slice('gate:'.length) : null,
    weight: greenWeightPercent(state),
    outcome: state.outcome,
  };
}
