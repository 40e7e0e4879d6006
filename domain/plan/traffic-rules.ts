/**
 * Cross-field rules about traffic: groups, steps, routes and the places their ARNs name.
 * Called by `rules.ts`.
 */
import { formatDurationSeconds } from '#domain/plan/durations.ts';
import { intervalField } from './analysis.ts';
import { type ArnPlace, placeOfArn } from './arns.ts';
import { accountField, regionField } from './clusters.ts';
import { sourceNameField } from './guardrails.ts';
import { describeValue, formatPath, type PlanPath, type PlanProblem } from './problems.ts';
import { type Named, repeats } from './repeats.ts';
import { at, child, items, valid } from './tree.ts';
import { listenerField } from './nlb-route.ts';
import { routeIdField, targetGroupField } from './route-fields.ts';
import { loadBalancerField } from './route53-route.ts';
import { route53Problems } from './route53-rules.ts';
import { bakeField, groupNameField, ruleField, stepField, stepsField } from './traffic.ts';
import { handOverAtField } from './workloads.ts';

const GROUPS = ['spec', 'traffic', 'groups'];

export const trafficRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  (tree) =>
    repeats(named(groupsOf(tree), 'name', groupNameField), 'a name that no other group has'),
  (tree) =>
    repeats(
      named(routesOf(tree), 'id', routeIdField),
      'an id that no other route has, in any group',
    ),
  (tree) => repeats(named(routesOf(tree), 'rule', ruleField), 'each rule in one route only'),
  (tree) =>
    repeats(named(routesOf(tree), 'listener', listenerField), 'each listener in one route only'),
  (tree) => route53Problems(tree, routesOf(tree)),
  flowsAreCountedByAnApplication,
  targetGroupsHaveOneColour,
  arnsAreWhereTheLoadBalancerIs,
  stepsRiseToAHundred,
  handOverIsAStep,
  bakeSpansALook,
];

/** A part of the tree and where it is. */
interface Place {
  readonly path: PlanPath;
  readonly value: unknown;
}

function placesIn(tree: unknown, path: PlanPath): readonly Place[] {
  return items(at(tree, path)).map((value, index) => ({ path: [...path, index], value }));
}

function groupsOf(tree: unknown): readonly Place[] {
  return placesIn(tree, GROUPS);
}

/** Every route of every group. */
export function routesOf(tree: unknown): readonly Place[] {
  return groupsOf(tree).flatMap(({ path }) => placesIn(tree, [...path, 'routes']));
}

export function named(
  places: readonly Place[],
  key: string | readonly string[],
  field: typeof routeIdField,
): readonly Named[] {
  const keys = typeof key === 'string' ? [key] : key;
  return places.flatMap(({ path, value }) => {
    const name = valid(field, at(value, [...keys]));
    return name === undefined ? [] : [{ path: [...path, ...keys], name }];
  });
}

/** A colour's target groups, wherever the kind of route names them. */
function targetGroupsOf(routes: readonly Place[], colour: 'blue' | 'green'): readonly Named[] {
  return [
    ...named(routes, colour, targetGroupField),
    ...named(routes, [colour, 'targetGroup'], targetGroupField),
  ];
}

/** What one route sends to green another must not send to blue, and within a route blue and green must differ (I2). */
function targetGroupsHaveOneColour(tree: unknown): readonly PlanProblem[] {
  const routes = routesOf(tree);
  const blues = new Map(targetGroupsOf(routes, 'blue').map(({ path, name }) => [name, path]));
  return targetGroupsOf(routes, 'green').flatMap(({ path, name }) => {
    const bluePath = blues.get(name);
    if (bluePath === undefined) return [];
    const found = `a target group that is blue's at ${formatPath(bluePath)}`;
    return [{ path, about: 'value' as const, found, allowed: 'a target group of green alone' }];
  });
}

/** Every field that may hold an ARN of load balancing, whatever the kind of route. */
const ARN_FIELDS: readonly (readonly [readonly string[], typeof targetGroupField])[] = [
  [['rule'], ruleField],
  [['listener'], listenerField],
  [['blue'], targetGroupField],
  [['green'], targetGroupField],
  [['blue', 'loadBalancer'], loadBalancerField],
  [['blue', 'targetGroup'], targetGroupField],
  [['green', 'loadBalancer'], loadBalancerField],
  [['green', 'targetGroup'], targetGroupField],
];

/** The load balancer's own metrics do not tell new connections of one target group from those of another. */
function flowsAreCountedByAnApplication(tree: unknown): readonly PlanProblem[] {
  return routesOf(tree).flatMap(({ path, value }) => {
    const flows = valid(sourceNameField, child(value, 'flows'));
    if (flows === undefined) return [];
    const kind = at(tree, ['spec', 'analysis', 'sources', flows, 'with']);
    if (kind === 'cloudwatch') return [];
    const found = `${describeValue(flows)}, which is no such source`;
    const allowed = 'a name under spec.analysis.sources whose source is with cloudwatch';
    return [{ path: [...path, 'flows'], about: 'value' as const, found, allowed }];
  });
}

/**
 * A rule forwards to target groups of its own account and region only (ELBv2), and both must be where the plan's access
 * reaches. Without a usable access the first ARN of the route is the measure.
 */
function arnsAreWhereTheLoadBalancerIs(tree: unknown): readonly PlanProblem[] {
  const reached = reachedPlace(tree);
  return routesOf(tree).flatMap((route) => {
    let measure = reached;
    return ARN_FIELDS.flatMap(([keys, field]) => {
      const arn = valid(field, at(route.value, [...keys]));
      const place = arn === undefined ? undefined : placeOfArn(arn);
      if (place === undefined) return [];
      measure ??= { ...place, source: 'the other ARNs of this route' };
      if (place.account === measure.account && place.region === measure.region) return [];
      const found = `an ARN of account ${place.account} in ${place.region}`;
      const allowed = `one of account ${measure.account} in ${measure.region}, as ${measure.source} says`;
      return [{ path: [...route.path, ...keys], about: 'value' as const, found, allowed }];
    });
  });
}

function reachedPlace(
  tree: unknown,
): (Pick<ArnPlace, 'account' | 'region'> & { readonly source: string }) | undefined {
  const accesses = at(tree, ['spec', 'access']);
  const side = child(accesses, 'loadBalancer') === undefined ? 'default' : 'loadBalancer';
  const account = valid(accountField, at(accesses, [side, 'account']));
  const region = valid(regionField, at(accesses, [side, 'region']));
  if (account === undefined || region === undefined) return undefined;
  return { account, region, source: `spec.access.${side}` };
}

function stepsRiseToAHundred(tree: unknown): readonly PlanProblem[] {
  return groupsOf(tree).flatMap(({ path, value }) => {
    const steps = items(child(value, 'steps')).map((step) => valid(stepField, step));
    const problems: PlanProblem[] = [];
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      const stepPath = [...path, 'steps', index];
      if (step !== undefined && before !== undefined && step <= before)
        problems.push({
          path: stepPath,
          about: 'value',
          found: `${step} after ${before}`,
          allowed: `more than ${before}`,
        });
      else if (step !== undefined && step !== 100 && index === steps.length - 1)
        problems.push({
          path: stepPath,
          about: 'value',
          found: `${step} as the last step`,
          allowed: '100',
        });
    }
    return problems;
  });
}

/** Otherwise the weight at which singletons change sides would never be reached exactly in that group. */
function handOverIsAStep(tree: unknown): readonly PlanProblem[] {
  const path = ['spec', 'singletons', 'handOverAt'];
  const handOverAt = valid(handOverAtField, at(tree, path));
  if (handOverAt === undefined || at(tree, path) === undefined) return [];
  return groupsOf(tree).flatMap((group) => {
    const steps = valid(stepsField, child(group.value, 'steps'));
    if (steps === undefined || steps.includes(handOverAt)) return [];
    const found = `${handOverAt}, which is no step of ${formatPath(group.path)}`;
    return [
      {
        path,
        about: 'value' as const,
        found,
        allowed: `a step of every group (here ${steps.join(', ')})`,
      },
    ];
  });
}

/** A bake shorter than the guard's interval could pass without one look at green. */
function bakeSpansALook(tree: unknown): readonly PlanProblem[] {
  const intervalSeconds = valid(intervalField, at(tree, ['spec', 'analysis', 'interval']));
  if (intervalSeconds === undefined) return [];
  return groupsOf(tree).flatMap(({ path, value }) => {
    const bakeSeconds = valid(bakeField, child(value, 'bake'));
    if (bakeSeconds === undefined || bakeSeconds >= intervalSeconds) return [];
    const allowed = `at least spec.analysis.interval, ${formatDurationSeconds(intervalSeconds)}`;
    return [
      {
        path: [...path, 'bake'],
        about: 'value' as const,
        found: describeValue(formatDurationSeconds(bakeSeconds)),
        allowed,
      },
    ];
  });
}
