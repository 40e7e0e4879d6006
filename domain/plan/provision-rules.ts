/**
 * Cross-field rules about how green is made. Called by `rules.ts`.
 */
import { instanceName, LONGEST_INSTANCE_NAME } from '#domain/kro/instance.ts';
import { blue, clusterField } from './clusters.ts';
import { describeValue, type PlanProblem } from './problems.ts';
import { kroFields } from './provision.ts';
import { at, valid } from './tree.ts';

const PROVISION = ['spec', 'green', 'provision'];
const GREEN = ['spec', 'green', 'cluster'];
/** Of all values as JSON, in characters: an object of Kubernetes has its limit, and so has the run that keeps them. */
const MOST_VALUES = 32_768;

export const provisionRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  hubIsAnotherCluster,
  greenMakesAnInstanceName,
  valuesAreNotOurs,
];

function isKro(tree: unknown): boolean {
  return at(tree, [...PROVISION, 'with']) === 'kro';
}

/** A hub that is blue goes with blue; one that is green would have to make itself. */
function hubIsAnotherCluster(tree: unknown): readonly PlanProblem[] {
  const path = [...PROVISION, 'hub'];
  const hub = isKro(tree) ? valid(kroFields.hub, at(tree, path)) : undefined;
  const names = {
    blue: valid(blue.shape.cluster, at(tree, ['spec', 'blue', 'cluster'])),
    green: valid(clusterField, at(tree, GREEN)),
  };
  const side =
    hub === undefined ? null : hub === names.blue ? 'blue' : hub === names.green ? 'green' : null;
  if (side === null) return [];
  const found = `${describeValue(hub)}, which is ${side}`;
  return [{ path, about: 'value', found, allowed: 'a cluster that is neither blue nor green' }];
}

function greenMakesAnInstanceName(tree: unknown): readonly PlanProblem[] {
  const green = isKro(tree) ? valid(clusterField, at(tree, GREEN)) : undefined;
  if (green === undefined || instanceName(green) !== null) return [];
  return [
    {
      path: GREEN,
      about: 'value',
      found: describeValue(green),
      allowed: `with kro, a name of at most ${LONGEST_INSTANCE_NAME} characters with a letter or digit: it names the instance, too`,
    },
  ];
}

function valuesAreNotOurs(tree: unknown): readonly PlanProblem[] {
  const values = isKro(tree) ? at(tree, [...PROVISION, 'values']) : undefined;
  if (typeof values !== 'object' || values === null) return [];
  const path = [...PROVISION, 'values'];
  const length = JSON.stringify(values).length;
  return [
    ...['name', 'version']
      .filter((field) => Object.hasOwn(values, field))
      .map((field) => ({
        path: [...path, field],
        about: 'value' as const,
        found: 'a value',
        allowed: `nothing: it is spec.green.${field === 'name' ? 'cluster' : field}`,
      })),
    ...(length > MOST_VALUES
      ? [
          {
            path,
            about: 'value' as const,
            found: `${length} characters`,
            allowed: `at most ${MOST_VALUES} characters of JSON`,
          },
        ]
      : []),
  ];
}
