import type { GateName } from '#domain/phases.ts';
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

/** Approves each gate as it opens, until the run ends. */
export async function approveGates(migration: TestMigration): Promise<void> {
  for (const [gate, by] of [
    ['shift', 'ada'],
    ['retire', 'grace'],
  ] as const) {
    const status = await migration.until(
      `gate ${gate} or the end`,
      ({ activity, outcome }) => activity === `gate:${gate}` || outcome !== null,
    );
    if (status.outcome !== null) return;
    await migration.send('approve', { gate, by });
  }
}
