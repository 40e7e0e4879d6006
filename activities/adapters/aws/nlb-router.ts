import {
  DescribeTargetGroupsCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import type { NlbPlace, AlbPlace } from '#domain/traffic/route-place.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { PlannedRouteRef, RouteRef, TrafficRouter } from '#activities/ports/traffic-router.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { createAlbRouter } from './alb-router.ts';
import type { AwsClients } from './aws-clients.ts';
import { loadBalancerArnOf } from './load-balancer-arns.ts';

/**
 * Weights on one listener of a Network Load Balancer. Its default action is weighted just as a default rule of an ALB is, and
 * written by the same call, which leaves certificates, TLS policy and ALPN as they are; so the ALB's router does the work.
 * Weights steer new connections only: a flow stays where it is. Refused beforehand is what would fail half-way: groups of
 * another load balancer or another protocol, and session stickiness, which a listener of this kind does not have.
 * Source: "Listeners for your Network Load Balancers" (weighted target groups since November 2025).
 */
export function createNlbRouter(parts: {
  readonly clients: AwsClients;
  readonly clock: Pick<Clock, 'nowMs'>;
}): TrafficRouter<NlbPlace> {
  const rules = createAlbRouter(parts);
  return {
    describe: async (route, signal) => {
      const found = await rules.describe(asPlannedRule(route), signal);
      const { listenerArn, flows } = route;
      if (found.stickySeconds !== null)
        throw unexpected(route, 'its action holds sessions; switch target group stickiness off');
      await asFailure(listenerArn, signal, async () => refuseForeignGroups(parts, route, signal));
      const place = {
        with: 'nlb',
        listenerArn,
        ...(flows === undefined ? {} : { flows }),
      } as const;
      return { ...found, place };
    },
    attach: (route, before, signal) => rules.attach(asRule(route), before, signal),
    detach: (route, before, signal) => rules.detach(asRule(route), before, signal),
    setGreenPercent: (route, percent, deadlineMs, signal) =>
      rules.setGreenPercent(asRule(route), percent, deadlineMs, signal),
    sendAllToBlue: (route, deadlineMs, signal) =>
      rules.sendAllToBlue(asRule(route), deadlineMs, signal),
    wayBack: (route, signal) => rules.wayBack(asRule(route), signal),
    readGreenPercent: (route, signal) => rules.readGreenPercent(asRule(route), signal),
    removeBlue: (route, signal) => rules.removeBlue(asRule(route), signal),
  };
}

function asRule({ listenerArn, ...route }: RouteRef<NlbPlace>): RouteRef<AlbPlace> {
  return { ...route, with: 'alb', ruleArn: listenerArn };
}

function asPlannedRule(route: PlannedRouteRef<'nlb'>): PlannedRouteRef<'alb'> {
  const { access, blue, id, blueTargetGroupArn, greenTargetGroupArn } = route;
  const named = { access, blue, id, blueTargetGroupArn, greenTargetGroupArn };
  return { ...named, with: 'alb', acceptSticky: false, ruleArn: route.listenerArn };
}

const TRANSPORT_PROTOCOLS: readonly (string | undefined)[] = ['TCP', 'TLS', 'UDP', 'TCP_UDP'];

/** Attaching such a group would be refused by ELBv2 in the middle of the migration. */
async function refuseForeignGroups(
  { clients }: { readonly clients: AwsClients },
  route: PlannedRouteRef<'nlb'>,
  signal: AbortSignal,
): Promise<void> {
  const TargetGroupArns = [route.blueTargetGroupArn, route.greenTargetGroupArn];
  const { TargetGroups = [] } = await clients
    .elb(route.access)
    .read.send(new DescribeTargetGroupsCommand({ TargetGroupArns }), { abortSignal: signal });
  for (const group of TargetGroups) {
    const problem = problemOf(group, loadBalancerArnOf(route.listenerArn));
    if (problem !== null) throw unexpected(route, problem);
  }
}

function problemOf(group: TargetGroup, loadBalancerArn: string): string | null {
  const { TargetGroupArn, Protocol, LoadBalancerArns = [] } = group;
  if (!TRANSPORT_PROTOCOLS.includes(Protocol))
    return `target group ${TargetGroupArn} speaks ${Protocol}, which its listener cannot forward to`;
  const other = LoadBalancerArns.find((arn) => arn !== loadBalancerArn);
  return other === undefined
    ? null
    : `target group ${TargetGroupArn} belongs to ${other}; give the route a group of its own`;
}

function unexpected(route: PlannedRouteRef<'nlb'>, what: string): CutoverFailure {
  return new CutoverFailure(
    'unexpected-shape',
    `the listener is not as route ${route.id} needs it: ${what}`,
    { resource: route.listenerArn },
  );
}
