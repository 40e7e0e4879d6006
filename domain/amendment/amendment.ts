import { amendmentProblems, type AmendmentProblem } from './amendment-rules.ts';
import { jsonBytes } from '#domain/migration/bounds.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import { mergedChanges, withChanges, type GroupChanges, type PlanChanges } from './plan-changes.ts';
import { differencesOf, type Difference } from './plan-difference.ts';
import { stepsBegun } from '#domain/traffic/traffic-plan.ts';

/**
 * Changing the plan of a migration that runs. Pure. What may change is what lies ahead and was not resolved at the start
 * ({@link PlanChanges}): remaining steps, bakes, limits, waits. Invariants: steps that have begun stay as they were recorded, at
 * the head of their group; the rest rises from there to 100; a refusal changes nothing and names every field that stands against
 * it, with what was found and what is allowed.
 */
type Spec = MigrationPlan['spec'];

export type Amended =
  | { readonly kind: 'refused'; readonly problems: readonly AmendmentProblem[] }
  | {
      readonly kind: 'amended';
      /** The plan from now on. */
      readonly spec: Spec;
      /** All changes so far, as the state keeps them. */
      readonly changes: PlanChanges;
      /** Empty where the plan says so already. */
      readonly differences: readonly Difference[];
    };

/** What the state keeps of all amendments together; a message may be larger, because it can say again what is so already. */
const MOST_KEPT_BYTES = 8 * 1024;

/** @param spec the plan in force: with the amendments so far */
export function amend(spec: Spec, state: MigrationState, wish: PlanChanges): Amended {
  const stranger = strangerGroups(spec, wish);
  const wanted = withBegunSteps(state, spec, wish);
  const next = withChanges(spec, wanted);
  const differences = differencesOf(spec, next);
  const changes = mergedChanges(state.amended?.changes ?? {}, wanted);
  const problems = [
    ...stranger,
    ...amendmentProblems({ before: spec, after: next, wish, state, differences }),
    ...sizeProblems(changes),
  ];
  if (problems.length > 0) return { kind: 'refused', problems };
  return { kind: 'amended', spec: next, changes, differences };
}

/** What an amendment is told that nothing comes of. */
export function describeProblem({ path, found, allowed }: AmendmentProblem): string {
  return `${path}: found ${found}; allowed: ${allowed}`;
}

/** Steps that have begun are facts: they lead the list, whether the wish repeats them or not. */
function withBegunSteps(state: MigrationState, spec: Spec, wish: PlanChanges): PlanChanges {
  const groups = Object.entries(wish.traffic?.groups ?? {}).map(
    ([name, group]): [string, GroupChanges] => {
      if (group.steps === undefined) return [name, group];
      const begun = stepsBegun(state, name);
      const ahead = group.steps.filter((percent) => !begun.includes(percent));
      return [name, { ...group, steps: [...begun, ...ahead] }];
    },
  );
  const known = groups.filter(([name]) => spec.traffic.groups.some((one) => one.name === name));
  return { ...wish, traffic: { ...wish.traffic, groups: Object.fromEntries(known) } };
}

function strangerGroups(spec: Spec, wish: PlanChanges): readonly AmendmentProblem[] {
  const names = spec.traffic.groups.map(({ name }) => name);
  return Object.keys(wish.traffic?.groups ?? {})
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: `traffic.groups.${name}`,
      found: 'a group that the plan does not have',
      allowed: `one of ${names.join(', ')}`,
    }));
}

function sizeProblems(changes: PlanChanges): readonly AmendmentProblem[] {
  const bytes = jsonBytes(changes);
  if (bytes <= MOST_KEPT_BYTES) return [];
  return [
    {
      path: 'changes',
      found: `${Math.ceil(bytes / 1024)} KB together with the amendments before`,
      allowed: `at most ${MOST_KEPT_BYTES / 1024} KB`,
    },
  ];
}
