/**
 * A Network Load Balancer with one TCP listener that forwards to blue, made and removed through the API alone: what is at the
 * other end of `AWS_ENDPOINT_URL` may be the emulator, another implementation or a real account with a default VPC.
 */
import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  ModifyListenerCommand,
  type TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createNlbRouter } from '#activities/adapters/aws/nlb-router.ts';
import { createCapsuleCalls } from '#activities/adapters/capsules/capsule-calls.ts';
import type { PlannedRouteRef, RouteRef } from '#activities/ports/traffic-router.ts';
import type { NlbPlace } from '#domain/traffic/route-place.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { SECURITY_GROUPS } from '#sandbox/aws/seed.ts';
import { BLUE_CLUSTER, NO_KUBERNETES } from './alb-under-test.ts';
import {
  ACCESS,
  startEmulatedAws,
  type EmulatedAws,
  type EmulatedAwsOptions,
} from './emulated-aws.ts';
import type { RouterUnderTest } from './traffic-router.contract.ts';

const clock = { nowMs: () => Date.now() };

export interface NlbUnderTest extends RouterUnderTest<NlbPlace> {
  readonly aws: EmulatedAws;
  readonly port: number;
  readonly loadBalancerArn: string;
  /** A further TCP target group, in use by nobody. */
  targetGroup(name: string): Promise<string>;
}

export async function nlbRouterUnderTest(options: EmulatedAwsOptions = {}): Promise<NlbUnderTest> {
  const aws = await startEmulatedAws(options);
  const { elb } = aws.owner;
  const { Subnets = [] } = await aws.owner.ec2.send(new DescribeSubnetsCommand({}));
  const [subnet] = Subnets;
  const made: string[] = [];
  const targetGroup = async (name: string): Promise<string> => {
    const { TargetGroups } = await elb.send(
      new CreateTargetGroupCommand({
        Name: `cutover-${name}`,
        Protocol: 'TCP',
        Port: 8080,
        TargetType: 'ip',
        VpcId: subnet?.VpcId,
      }),
    );
    const arn = TargetGroups?.[0]?.TargetGroupArn ?? '';
    made.push(arn);
    return arn;
  };
  const blueTargetGroupArn = await targetGroup('blue');
  const greenTargetGroupArn = await targetGroup('green');
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: 'cutover-flows',
      Type: 'network',
      Scheme: 'internal',
      Subnets: [subnet?.SubnetId ?? ''],
      SecurityGroups: [SECURITY_GROUPS.loadBalancer],
    }),
  );
  const loadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const port = await freePort();
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Protocol: 'TCP',
      Port: port,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: blueTargetGroupArn }],
    }),
  );
  const listenerArn = Listeners?.[0]?.ListenerArn ?? '';
  const route: RouteRef<NlbPlace> & PlannedRouteRef<'nlb'> = {
    access: ACCESS,
    id: 'flows',
    with: 'nlb',
    blue: BLUE_CLUSTER,
    listenerArn,
    blueTargetGroupArn,
    greenTargetGroupArn,
  };
  const rewrite = async (TargetGroups: TargetGroupTuple[]): Promise<void> => {
    const DefaultActions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }];
    await elb.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions }));
  };
  return {
    aws,
    port,
    loadBalancerArn,
    targetGroup,
    router: createNlbRouter({ clients: aws.clients, clock }),
    route,
    calls: createCapsuleCalls({ clients: aws.clients, kubernetes: NO_KUBERNETES }),
    missing: { ...route, listenerArn: listenerArn.replace(/[^/]{4}$/u, 'dead') },
    rule: async () => {
      const ListenerArns = [listenerArn];
      const described = await elb.send(new DescribeListenersCommand({ ListenerArns }));
      return JSON.stringify(described.Listeners);
    },
    foreignEdit: async () =>
      rewrite([
        { TargetGroupArn: greenTargetGroupArn, Weight: 1 },
        { TargetGroupArn: await targetGroup('stranger'), Weight: 1 },
      ]),
    nowMs: clock.nowMs,
    stop: async () => {
      await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: loadBalancerArn }));
      for (const TargetGroupArn of made)
        await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
      await aws.stop();
    },
  };
}
