import { isFields } from '#domain/json/json-fields.ts';
import type { AmendmentProblem } from './amendment-rules.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { changesFrom, withChanges, type PlanChanges } from './plan-changes.ts';

/**
 * A whole changed plan against the one in force: what `cutover amend` makes of a file. Pure. What may never change while a
 * migration runs is compared too, so that an edit there is refused and not quietly dropped.
 */
export function changesBetween(
  inForce: MigrationPlan,
  wanted: MigrationPlan,
): { readonly changes: PlanChanges; readonly problems: readonly AmendmentProblem[] } {
  const changes = changesFrom(inForce.spec, wanted.spec);
  // Laid over the plan in force, every difference that is left is one that may not be.
  const reached = { ...inForce, spec: withChanges(inForce.spec, changes) };
  return { changes, problems: differing(reached, ofItsTime(wanted, inForce), '') };
}

/** A run of an earlier version has no say about trust policies, and a file that is read today has one by default. */
function ofItsTime(wanted: MigrationPlan, inForce: MigrationPlan): MigrationPlan {
  return inForce.spec.identity === undefined
    ? { ...wanted, spec: { ...wanted.spec, identity: undefined } }
    : wanted;
}

function differing(before: unknown, after: unknown, path: string): readonly AmendmentProblem[] {
  if (Object.is(before, after)) return [];
  const keys = commonKeys(before, after);
  if (keys === null)
    return [
      {
        path: path === '' ? 'plan' : path,
        found: shown(after),
        allowed: `${shown(before)}, as the migration began with`,
      },
    ];
  return keys.flatMap((key) =>
    differing(childOf(before, key), childOf(after, key), path === '' ? key : `${path}.${key}`),
  );
}

/** Null where the two cannot be compared part by part. */
function commonKeys(before: unknown, after: unknown): readonly string[] | null {
  const lists = Array.isArray(before) && Array.isArray(after);
  if (lists ? before.length !== after.length : !isFields(before) || !isFields(after)) return null;
  return [...new Set([...keysOf(before), ...keysOf(after)])];
}

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function childOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

const LONGEST_SHOWN = 120;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
