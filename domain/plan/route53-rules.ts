/**
 * Cross-field rules about routes by DNS: each name once, two different load balancers, and a promise that DNS can keep.
 * Called by `traffic-rules.ts`.
 */
import { formatDurationSeconds } from '#domain/plan/durations.ts';
import { formatPath, type PlanPath, type PlanProblem } from './problems.ts';
import { repeats } from './repeats.ts';
import { loadBalancerField, recordNameField, zoneField } from './route53-route.ts';
import { at, child, valid } from './tree.ts';
import { promiseField } from './traffic.ts';

/** A part of the tree and where it is. */
interface Place {
  readonly path: PlanPath;
  readonly value: unknown;
}

/**
 * An alias may be kept for 60 s by whoever asked just before the change, and Route 53 takes up to 60 s to tell all its name
 * servers; nothing is promised faster.
 */
const FASTEST_SECONDS = 120;

/** @param routes all routes of the plan; others than `route53` are left alone */
export function route53Problems(tree: unknown, routes: readonly Place[]): readonly PlanProblem[] {
  const byDns = routes.filter(({ value }) => child(value, 'with') === 'route53');
  return [
    ...repeats(byDns.flatMap(recordOf), 'each name and type in one route only'),
    ...byDns.flatMap(loadBalancersDiffer),
    ...promiseFitsDns(tree, byDns),
  ];
}

function recordOf({ path, value }: Place) {
  const name = valid(recordNameField, child(value, 'name'));
  const zone = valid(zoneField, child(value, 'zone'));
  if (name === undefined || zone === undefined) return [];
  const written = child(value, 'type');
  const type = typeof written === 'string' ? written : 'A';
  return [{ path: [...path, 'name'], name: `${zone} ${name.toLowerCase()} ${type}` }];
}

function loadBalancersDiffer({ path, value }: Place): readonly PlanProblem[] {
  const arn = (colour: string): string | undefined =>
    valid(loadBalancerField, at(value, [colour, 'loadBalancer']));
  const [blue, green] = [arn('blue'), arn('green')];
  if (blue === undefined || blue !== green) return [];
  return [
    {
      path: [...path, 'green', 'loadBalancer'],
      about: 'value',
      found: "blue's own load balancer",
      allowed:
        'a load balancer of green’s; where both colours share one, weights belong on its rule or listener',
    },
  ];
}

function promiseFitsDns(tree: unknown, byDns: readonly Place[]): readonly PlanProblem[] {
  const [first] = byDns;
  if (first === undefined) return [];
  const path = ['spec', 'traffic', 'promise', 'rollbackWithin'];
  const promised = valid(promiseField, at(tree, path));
  if (promised === undefined || promised >= FASTEST_SECONDS) return [];
  const written = at(tree, path) !== undefined;
  return [
    {
      path,
      about: written ? 'value' : 'missing',
      found: `${formatDurationSeconds(promised)}${written ? '' : ' (the default)'}`,
      allowed: `at least ${formatDurationSeconds(FASTEST_SECONDS)}, because ${formatPath(first.path)} moves at the speed of DNS`,
    },
  ];
}
