import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { newMigration, type MigrationState } from '#domain/migration/migration-state.ts';
import { statusView, type StatusView } from '#domain/migration/status-view.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';

/** The view of a migration that is as new as can be, with whatever matters to a test changed in its state. */
export function viewOf(
  change: Partial<MigrationState> = {},
  spec: MigrationPlan['spec'] = fakePlan().spec,
): StatusView {
  const state = newMigration({
    workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
    migrationId: 'abcdef012345',
    planName: 'shop',
    planDigest: 'd1',
    requestedBy: 'ada',
    at: '2026-11-22T10:00:00.000Z',
  });
  return statusView({ ...state, ...change }, spec);
}

/** A gate's record that waits for people. */
export const OPEN_GATE = {
  openedAt: '2026-11-22T10:05:00.000Z',
  expiresAt: '2026-11-23T10:05:00.000Z',
  approvals: [],
  status: 'open',
} as const;

/** A phase's record of the given status. */
export function phase(status: 'running' | 'done'): NonNullable<MigrationState['phases']['shift']> {
  return {
    status,
    startedAt: '2026-11-22T10:00:00.000Z',
    endedAt: status === 'done' ? '2026-11-22T10:01:30.000Z' : null,
    facts: {},
  };
}
