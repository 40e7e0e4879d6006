import type { GateName } from '#domain/migration/phases.ts';
import type { TestMigration } from './harness.ts';

/** Generous: many migrations share two busy cores. */
export const TIMEOUT_MS = 120_000;

/** Waits until this gate is open, approving the one before it. */
export async function reachGate(migration: TestMigration, gate: GateName): Promise<void> {
  await migration.until('gate shift', (status) => status.activity === 'gate:shift');
  if (gate === 'shift') return;
  await migration.send('approve', { gate: 'shift' });
  await migration.until('gate retire', (status) => status.activity === 'gate:retire');
}

/** Approves each gate that opens from now on, each by another person, until the run ends. */
export async function approveGates(migration: TestMigration): Promise<void> {
  for (;;) {
    const { outcome, gate } = await migration.until(
      'a gate or the end',
      (status) => status.gate !== null || status.outcome !== null,
    );
    if (outcome !== null || gate === null) return;
    await migration.send('approve', { gate: gate.name, by: `approver-of-${gate.name}` });
    await migration.until(
      'what follows',
      (status) => status.gate?.name !== gate.name || status.outcome !== null,
    );
  }
}

/** Approves the shift and waits until the rollback was rehearsed and the first step is about to be taken; `go` lets it be. */
export async function beforeFirstStep(
  migration: TestMigration,
): Promise<{ readonly go: () => void }> {
  const rehearsal = migration.hold('checkAbility');
  await migration.send('approve');
  await rehearsal.reached;
  const step = migration.hold('checkAbility');
  rehearsal.release();
  await step.reached;
  return { go: step.release };
}
