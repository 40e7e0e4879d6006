import {
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  type Action,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { objectOwner } from '#domain/workloads/object-owner.ts';
import type { IngressPlace } from '#domain/traffic/route-place.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { Access } from '#activities/ports/refs.ts';
import type { PlannedRouteRef, RouteDescription } from '#activities/ports/traffic-router.ts';
import type { RuleRoute } from './alb-rules.ts';
import { greenPercentOf } from './alb-weights.ts';
import type { AwsClients } from './aws-clients.ts';
import { findForward, noteOf, stickySecondsOf } from './forward-action.ts';
import { describeFrontDoor } from './front-door.ts';
import { actionsAnnotation, type BackendRef } from './ingress-action.ts';
import { refuseForeignClass, refuseServiceAuthentication } from './ingress-class.ts';
import { TARGET_GROUP_BINDINGS } from './ingress-kinds.ts';
import { ingressNote, LONGEST_NOTE, withoutOrder } from './ingress-note.ts';
import { ingressShape, readIngress } from './ingress-object.ts';
import { conditionsOf, forwardsTo, readListeners } from './ingress-rules.ts';

/**
 * From an Ingress and a backend to everything a route needs: the target group that blue's controller keeps for it (found by
 * its binding and proven by its tags), the load balancer in front, the rules. Reads only; called by the ingress router.
 */
type Planned = PlannedRouteRef<'ingress'>;

/** Most listeners' rules a plan may hold by one route: they are kept in the run's state. */
const MOST_RULES = 50;

export async function describeIngress(
  clients: AwsClients,
  cluster: KubernetesCluster,
  route: Planned,
  signal: AbortSignal,
): Promise<RouteDescription<IngressPlace>> {
  const found = await readIngress(cluster, route, signal);
  await refuseForeignClass(cluster, route, found.object, signal);
  const { blue, green } = found.forward;
  if (blue === null) throw ingressShape(route, 'it does not forward to a Service of blue');
  await refuseServiceAuthentication(cluster, route, blue, signal);
  const blueTargetGroupArn = await findTargetGroup(clients, cluster, route, blue, signal);
  const loadBalancerArn = await findLoadBalancer(clients, route, blueTargetGroupArn, signal);
  const rules = await readRules(clients, route, { loadBalancerArn, blueTargetGroupArn }, signal);
  const [first] = rules;
  if (first === undefined)
    throw ingressShape(route, `no rule of its load balancer forwards to ${blueTargetGroupArn}`);
  const ruleRoute = { ...route, blueTargetGroupArn, ruleArn: first.ruleArn };
  const forward = sameForward(route, ruleRoute, rules);
  const before = ingressNote({ shape: found.shape, forward });
  if (before.length > LONGEST_NOTE)
    throw ingressShape(
      route,
      `annotation ${actionsAnnotation(route.service)} is too long to be remembered`,
    );
  const { namespace, ingress, service, greenTargetGroupArn } = route;
  return {
    ...(await describeFrontDoor(clients, ruleRoute, first.rule, signal)),
    place: {
      with: 'ingress',
      namespace,
      ingress,
      service,
      backend: { service: blue.service, port: blue.port },
      loadBalancerArn,
      rules: rules.map(({ listenerArn, rule }) => ({
        listenerArn,
        conditions: conditionsOf(rule),
      })),
    },
    blueTargetGroupArn,
    greenTargetGroupArn,
    owner: objectOwner(found.object, [
      ['f:spec', 'f:rules'],
      ['f:spec', 'f:defaultBackend'],
      ['f:metadata', 'f:annotations', `f:${actionsAnnotation(service)}`],
    ]),
    stickySeconds: stickySecondsOf(forward),
    greenPercent: green === null ? null : greenPercentOf({ blue: blue.weight ?? 1, green }),
    before,
  };
}

/** Tags say which Ingress, Service and port a target group was made for; a binding alone could be anybody's. */
async function findTargetGroup(
  clients: AwsClients,
  cluster: KubernetesCluster,
  route: Planned,
  { service, port }: BackendRef,
  signal: AbortSignal,
): Promise<string> {
  const bindings = await cluster.list(TARGET_GROUP_BINDINGS, route.namespace, signal);
  const candidates = bindings.flatMap((binding) => {
    const { serviceRef, targetGroupARN } = fieldsOf(binding['spec']);
    const ref = fieldsOf(serviceRef);
    const isFor = ref['name'] === service && String(ref['port']) === String(port);
    return isFor && typeof targetGroupARN === 'string' ? [targetGroupARN] : [];
  });
  const resource = `${route.namespace}/${route.ingress}-${service}:${String(port)}`;
  const [found] = await targetGroupsTagged(clients, route.access, candidates, resource, signal);
  if (found !== undefined) return found;
  throw ingressShape(
    route,
    `blue's load balancer controller has no target group for ${service}:${String(port)} of it (tag ingress.k8s.aws/resource ${resource})`,
  );
}

async function targetGroupsTagged(
  clients: AwsClients,
  access: Access,
  arns: readonly string[],
  resource: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (arns.length === 0) return [];
  const { TagDescriptions } = await clients
    .elb(access)
    .read.send(new DescribeTagsCommand({ ResourceArns: [...arns] }), { abortSignal: signal });
  return (TagDescriptions ?? []).flatMap(({ ResourceArn, Tags }) =>
    ResourceArn !== undefined &&
    (Tags ?? []).some(({ Key, Value }) => Key === 'ingress.k8s.aws/resource' && Value === resource)
      ? [ResourceArn]
      : [],
  );
}

/** Of blue's target group, and of green's if it has one: a target group belongs to one load balancer. */
async function findLoadBalancer(
  clients: AwsClients,
  route: Planned,
  blueTargetGroupArn: string,
  signal: AbortSignal,
): Promise<string> {
  const { greenTargetGroupArn } = route;
  const loadBalancersOf = async (arn: string): Promise<readonly string[]> => {
    const { TargetGroups } = await clients
      .elb(route.access)
      .read.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }), {
        abortSignal: signal,
      });
    return TargetGroups?.[0]?.LoadBalancerArns ?? [];
  };
  const [ofBlue, ofGreen] = await Promise.all([
    loadBalancersOf(blueTargetGroupArn),
    loadBalancersOf(greenTargetGroupArn),
  ]);
  const [loadBalancerArn] = ofBlue;
  if (loadBalancerArn === undefined)
    throw ingressShape(route, `no load balancer uses ${blueTargetGroupArn} yet`);
  const other = ofGreen.find((arn) => arn !== loadBalancerArn);
  if (other === undefined) return loadBalancerArn;
  throw new CutoverFailure(
    'unexpected-shape',
    `green's target group is used by ${other}, and route ${route.id} is on ${loadBalancerArn}; expected is a target group ` +
      'that no other load balancer uses',
    { resource: greenTargetGroupArn },
  );
}

interface ReadRule {
  readonly listenerArn: string;
  readonly ruleArn: string;
  readonly rule: Rule;
}

/** By port, so that the first is the one that smoke tests reach most plainly. */
async function readRules(
  clients: AwsClients,
  route: Planned,
  {
    loadBalancerArn,
    blueTargetGroupArn,
  }: Pick<RouteDescription, 'loadBalancerArn' | 'blueTargetGroupArn'>,
  signal: AbortSignal,
): Promise<readonly ReadRule[]> {
  const listeners = await readListeners(clients, route.access, loadBalancerArn, signal);
  const rules = listeners
    .toSorted((a, b) => (a.listener.Port ?? 0) - (b.listener.Port ?? 0))
    .flatMap(({ listener: { ListenerArn: listenerArn }, rules: all }) =>
      all.flatMap((rule): readonly ReadRule[] => {
        const { RuleArn: ruleArn } = rule;
        const isOurs = forwardsTo(rule, blueTargetGroupArn);
        return isOurs && ruleArn !== undefined && listenerArn !== undefined
          ? [{ listenerArn, ruleArn, rule }]
          : [];
      }),
    );
  if (rules.length > MOST_RULES)
    throw ingressShape(route, `it is ${rules.length} rules; a route may be ${MOST_RULES}`);
  return rules;
}

/** All rules of a backend come from one place, so they forward alike; else the controller has not followed the Ingress. */
function sameForward(route: Planned, ruleRoute: RuleRoute, rules: readonly ReadRule[]): Action {
  const forwards = rules.map(
    ({ rule, ruleArn }) => findForward(rule.Actions ?? [], { ...ruleRoute, ruleArn }).action,
  );
  const [first] = forwards;
  const isSame = forwards.every(
    (one) => first !== undefined && noteOf(withoutOrder(one)) === noteOf(withoutOrder(first)),
  );
  if (first === undefined || !isSame)
    throw ingressShape(
      route,
      'its rules do not all forward alike: its controller has not followed it',
    );
  return first;
}
