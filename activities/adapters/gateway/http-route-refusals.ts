import { isDeepStrictEqual } from 'node:util';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { PlannedRouteRef } from '#activities/ports/traffic-router.ts';
import { colourOf } from './backend-refs.ts';
import { LISTENER_RULE_CONFIGURATIONS } from './gateway-kinds.ts';
import { controllersOf } from './http-route-parents.ts';
import { httpRouteShape } from './http-route-object.ts';
import { matchesOf, ourRules, rulesOf, type OurRule } from './http-route-rules.ts';

/**
 * What an HTTPRoute must not be, asked before anything is written: what could not be brought back, or would lie. Every refusal says
 * what to do about it. Called by describe-http-route.ts.
 */
type Planned = PlannedRouteRef<'gateway'>;

/**
 * Releases of the AWS Load Balancer Controller before target groups by name left a backend of weight 0 out of the rule, and deleted
 * the target group that it had made for it: at 100 % green there would be no blue to come back to. Source:
 * kubernetes-sigs/aws-load-balancer-controller, pkg/gateway/routeutils/backend.go, of 2025 and of v3.
 */
export function refuseForgetfulController(object: KubernetesObject, route: Planned): void {
  const isTheirs = controllersOf(object).includes('gateway.k8s.aws/alb');
  if (!isTheirs || route.greenBackend.kind === 'TargetGroupName') return;
  throw httpRouteShape(
    route,
    'the AWS Load Balancer Controller serves it, and green is not named by its target group (kind TargetGroupName), which only releases know that keep a backend of weight 0; update the controller and name green so',
  );
}

/** Rules that send to blue. */
export function plannedRules(object: KubernetesObject, route: Planned): readonly OurRule[] {
  const rules = ourRules(object, { ...route, rules: [] });
  if (rules.length === 0) throw httpRouteShape(route, 'no rule of it sends to blue');
  for (const one of rules) {
    const wrong = wrongWith(one, route);
    if (wrong !== null) throw httpRouteShape(route, wrong);
    const like = rules.find(({ matches }) => matches === one.matches);
    if (!isDeepStrictEqual(like?.refs, one.refs))
      throw httpRouteShape(route, 'two rules match the same and send elsewhere');
  }
  const hidden = rulesOf(object).filter((rule) =>
    rules.some(({ matches }) => matches === matchesOf(rule)),
  );
  if (hidden.length > rules.length)
    throw httpRouteShape(
      route,
      'a rule that does not send to blue matches the same as one that does',
    );
  return rules;
}

/** What a rule must not be; null where it is as we need it. */
function wrongWith({ rule, refs, found }: OurRule, route: Planned): string | null {
  const blues = refs.filter((ref) => colourOf(ref, route) === 'blue');
  const [stranger] = found.strangers;
  if (found.blue === null) return 'a rule of it sends to green and not to blue';
  if (blues.length > 1) return 'a rule of it names blue more than once';
  if (stranger !== undefined) return `a rule of it also sends to ${stranger}`;
  if (found.blue + (found.green ?? 0) === 0) return 'all weights of a rule are 0';
  if (rule['sessionPersistence'] !== undefined)
    return 'a rule of it holds sessions (sessionPersistence), which outlive a weight of 0; take it off while you migrate';
  if (mirrorsToColour(rule, route))
    return 'a rule of it mirrors requests to one of its backends, whose pods would count them as users’; take the mirror off while you migrate';
  if (found.green === null && blues.some((ref) => ref['filters'] !== undefined))
    return "blue's backendRef has filters of its own, and nobody can know which green needs; write green's backendRef beside it, at weight 0, with its filters";
  return null;
}

function mirrorsToColour(rule: Fields, route: Planned): boolean {
  return filtersOf(rule).some((filter) => {
    const { backendRef } = fieldsOf(filter['requestMirror']);
    return backendRef !== undefined && colourOf(fieldsOf(backendRef), route) !== null;
  });
}

/** Where the AWS Load Balancer Controller serves it, stickiness is in an object of its own. */
export async function refuseStickiness(
  cluster: KubernetesCluster,
  { metadata }: KubernetesObject,
  rules: readonly OurRule[],
  route: Planned,
  signal: AbortSignal,
): Promise<void> {
  const names = rules.flatMap(({ rule }) =>
    filtersOf(rule).flatMap((filter) => {
      const { group, kind, name } = fieldsOf(filter['extensionRef']);
      const isTheirs = group === 'gateway.k8s.aws' && kind === 'ListenerRuleConfiguration';
      return isTheirs && typeof name === 'string' ? [name] : [];
    }),
  );
  for (const name of new Set(names)) {
    const { namespace = route.namespace } = metadata;
    const found = await cluster.get(LISTENER_RULE_CONFIGURATIONS, namespace, name, signal);
    if (found !== null && holdsSessions(found))
      throw httpRouteShape(
        route,
        `ListenerRuleConfiguration ${name} holds sessions, which outlive a weight of 0; switch its target group stickiness off while you migrate`,
      );
  }
}

function holdsSessions(configuration: KubernetesObject): boolean {
  const { actions } = fieldsOf(configuration['spec']);
  const list: readonly unknown[] = Array.isArray(actions) ? actions : [];
  return list.some((action) => {
    const { targetGroupStickinessConfig } = fieldsOf(fieldsOf(action)['forwardConfig']);
    return fieldsOf(targetGroupStickinessConfig)['enabled'] === true;
  });
}

function filtersOf({ filters }: Fields): readonly Fields[] {
  return Array.isArray(filters) ? filters.map(fieldsOf) : [];
}
