import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import type { PlannedRouteRef } from '#activities/ports/traffic-router.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';

/**
 * The load balancers behind the two backends, found by their target groups. Green's target group may be in use by nobody yet:
 * where both colours share a load balancer, its controller attaches it together with the backendRef.
 */
export interface FoundLoadBalancers {
  readonly blueArn: string;
  /** Blue's where green's target group is in use by nobody. */
  readonly greenArn: string;
  /** Of the one in front of green's pods. */
  readonly securityGroupIds: readonly string[];
}

export async function findLoadBalancers(
  clients: AwsClients,
  route: PlannedRouteRef<'gateway'>,
  signal: AbortSignal,
): Promise<FoundLoadBalancers> {
  const { blueTargetGroupArn, greenTargetGroupArn, access } = route;
  const { read } = clients.elb(access);
  const options = { abortSignal: signal };
  const { TargetGroups = [] } = await read.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [blueTargetGroupArn, greenTargetGroupArn] }),
    options,
  );
  const inFrontOf = (arn: string): string | undefined =>
    TargetGroups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.LoadBalancerArns?.[0];
  const blueArn = inFrontOf(blueTargetGroupArn);
  if (blueArn === undefined)
    throw new CutoverFailure(
      'unexpected-shape',
      `no load balancer uses blue's target group of route ${route.id}; expected is the one behind blue's backend, whose health tells whether blue is able`,
      { resource: blueTargetGroupArn },
    );
  const greenArn = inFrontOf(greenTargetGroupArn) ?? blueArn;
  const { LoadBalancers = [] } = await read.send(
    new DescribeLoadBalancersCommand({ LoadBalancerArns: [greenArn] }),
    options,
  );
  return { blueArn, greenArn, securityGroupIds: LoadBalancers[0]?.SecurityGroups ?? [] };
}
