import { handOverOf } from '#domain/traffic/hand-over.ts';
import type { MigrationState, OutcomeName } from '#domain/migration/migration-state.ts';
import { PHASES } from '#domain/migration/phases.ts';
import type { MigrationOutcome } from './input.ts';

/** The result of a run, from its last state. */
export function outcomeOf(state: MigrationState, outcome: OutcomeName): MigrationOutcome {
  const { resolved, green } = state;
  return {
    outcome,
    migrationId: state.migrationId,
    reason: state.stop?.reason ?? '',
    blue:
      resolved === null
        ? null
        : {
            name: resolved.blue.name,
            version: resolved.blue.version,
            exists: state.phases.retire?.status !== 'done',
          },
    green: green === null ? null : { name: green.name, version: green.version },
    phases: PHASES.flatMap((name) => {
      const record = state.phases[name];
      if (record === undefined || record.endedAt === null) return [];
      return [
        { name, seconds: (Date.parse(record.endedAt) - Date.parse(record.startedAt)) / 1000 },
      ];
    }),
    steps: state.steps.map((step) => ({
      group: step.group,
      intended: step.percent,
      observed: step.observedPercent,
      requests: step.requests,
    })),
    handOver: handOverOf(state),
  };
}
