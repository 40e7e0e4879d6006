/**
 * Checks a plan: from a tree of unknown values to a {@link MigrationPlan}, or to everything that is wrong with it at once.
 *
 * Invariants: never throws on JSON-like values; schema and cross-field rules always both run; no two problems have the
 * same path and text. Called by `clients/plan-file.ts`; the workflow gets only what passed here.
 */
import type { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import type { PlanProblem } from './problems.ts';
import { crossFieldProblems } from './rules.ts';
import { planSchema } from './schema.ts';
import { safeCopy } from './tree.ts';
import { checkSchema } from './zod-problems.ts';

/** A checked plan: JSON-safe, complete, units in its names. */
export type MigrationPlan = DeepReadonly<z.output<typeof planSchema>>;

export type PlanCheck =
  | { readonly kind: 'valid'; readonly plan: MigrationPlan }
  | { readonly kind: 'invalid'; readonly problems: readonly PlanProblem[] };

/** @param raw what a YAML or JSON parser gave */
export function checkPlan(raw: unknown): PlanCheck {
  const copy = safeCopy(raw);
  if (copy.tree === undefined && copy.problems.length > 0)
    return { kind: 'invalid', problems: copy.problems };
  const checked = checkSchema(planSchema, copy.tree);
  const wrongFields = checked.kind === 'invalid' ? checked.problems : [];
  const problems = [...copy.problems, ...wrongFields, ...crossFieldProblems(copy.tree)];
  if (checked.kind === 'invalid' || problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'valid', plan: checked.value };
}
