/**
 * Which migration a person means: a workflow id, a plan file, the name of a blue cluster or of a plan, or nothing
 * where exactly one runs. Invariants: never a guess (several matches are an error that names them); open runs win over
 * closed ones, because a decision is for what is going on.
 */
import { existsSync } from 'node:fs';
import { AmbiguousTargetError, MigrationNotFoundError } from '../errors.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { listMigrations } from './list-migrations.ts';
import { workflowIdOfPlan } from './plan-identity.ts';
import { isOpen, type MigrationSnapshot } from './snapshot.ts';

/** The workflow id. Throws `AmbiguousTargetError`, `MigrationNotFoundError`, `PlanProblemsError`. */
export async function findTarget(
  access: TemporalAccess,
  target: string | undefined,
): Promise<string> {
  if (target === undefined) {
    const running = await listMigrations(access, { openOnly: true });
    return onlyOne(undefined, running, 'no migration runs; name one that has ended');
  }
  if (target.startsWith('migrate/')) return target;
  if (isPlanFile(target)) {
    const { loadPlan } = await import('../load-plan.ts'); // the schema takes longer to load than to use
    return workflowIdOfPlan((await loadPlan(target)).plan);
  }
  const named = await listMigrations(access, { cluster: target });
  const planned = (await listMigrations(access)).filter(({ plan }) => plan === target);
  return onlyOne(target, [...named, ...planned], `nothing is called "${target}": ${ALLOWED}`);
}

const ALLOWED =
  'no migration has it as workflow id (migrate/<account>/<region>/<blue>), blue cluster or plan name, and there is no such plan file';

function isPlanFile(target: string): boolean {
  return target === '-' || /\.(?:ya?ml|json)$/iu.test(target) || existsSync(target);
}

function onlyOne(
  target: string | undefined,
  matches: readonly MigrationSnapshot[],
  nothing: string,
): string {
  const open = matches.filter(isOpen);
  const ids = [...new Set((open.length > 0 ? open : matches).map(({ workflowId }) => workflowId))];
  const [only, ...others] = ids;
  if (only === undefined) throw new MigrationNotFoundError(target ?? '', nothing);
  if (others.length > 0) throw new AmbiguousTargetError(target, ids);
  return only;
}
