/**
 * Cross-field rules about the capsule. Called by `rules.ts`.
 */
import type { PlanProblem } from './problems.ts';
import { at, child, items } from './tree.ts';

const CAPSULE = ['spec', 'rollback', 'capsule'];

/**
 * Parameter Store takes 3 writes a second (default quota of PutParameter) of 8 KB, a route needs about 1.5 KB, and a forward write
 * waits for its capsule no longer than 8 s.
 */
const MOST_ROUTES_IN_PARAMETERS = 30;

export const rollbackRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  parametersHoldTheRoutes,
];

function parametersHoldTheRoutes(tree: unknown): readonly PlanProblem[] {
  if (child(at(tree, CAPSULE), 'with') !== 'ssm') return [];
  const groups = items(at(tree, ['spec', 'traffic', 'groups']));
  const routes = groups.flatMap((group) => items(child(group, 'routes'))).length;
  if (routes <= MOST_ROUTES_IN_PARAMETERS) return [];
  return [
    {
      path: [...CAPSULE, 'with'],
      about: 'value',
      found: `"ssm" for ${routes} routes`,
      allowed: `ssm for at most ${MOST_ROUTES_IN_PARAMETERS} routes, because parameters are small and written slowly; s3 or file for more`,
    },
  ];
}
