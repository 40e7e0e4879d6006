/**
 * Finds migrations through Temporal's visibility index. Invariants: one query however many migrations there are;
 * values from people reach it only as quoted literals. The index is a moment behind the runs themselves.
 */
import { MIGRATE_CLUSTER } from '#workflows/messages.ts';
import { CLUSTER, GATE, PHASE } from '#workflows/search-attributes.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { explainFailure } from '../temporal/explain-failure.ts';
import { snapshotOf, type MigrationSnapshot } from './snapshot.ts';

export interface ListFilter {
  /** Only runs that have not ended. @default false */
  readonly openOnly?: boolean;
  /** Only those of this blue cluster. */
  readonly cluster?: string;
  /** Only those doing this: a phase, `gate:…`, `rolling-back`, `halted`. */
  readonly activity?: string;
  /** Only those waiting at a gate. @default false */
  readonly atGate?: boolean;
  /** At most this many, newest first. @default 100 */
  readonly limit?: number;
}

/** The newest first; runs that continued as new appear once, as the attempt's latest run. */
export async function listMigrations(
  access: TemporalAccess,
  filter: ListFilter = {},
): Promise<readonly MigrationSnapshot[]> {
  const conditions = [`WorkflowType = ${quoted(MIGRATE_CLUSTER)}`];
  conditions.push(
    filter.openOnly === true
      ? `ExecutionStatus = 'Running'`
      : `ExecutionStatus != 'ContinuedAsNew'`,
  );
  if (filter.cluster !== undefined) conditions.push(`${CLUSTER.name} = ${quoted(filter.cluster)}`);
  if (filter.activity !== undefined) conditions.push(`${PHASE.name} = ${quoted(filter.activity)}`);
  if (filter.atGate === true) conditions.push(`${GATE.name} IS NOT NULL`);
  const limit = filter.limit ?? 100;
  const found: MigrationSnapshot[] = [];
  try {
    const query = conditions.join(' AND ');
    for await (const info of access.client.workflow.list({ query, pageSize: limit })) {
      found.push(snapshotOf(info));
      if (found.length >= limit) break;
    }
  } catch (cause) {
    throw explainFailure(access, 'list migrations', cause);
  }
  return found;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
