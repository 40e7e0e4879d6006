/** Target groups, rules and listeners for routes of plans, through the API of Elastic Load Balancing. */
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  type ForwardActionConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { SUBNETS, VPC } from '#sandbox/aws/seed.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import type { World } from './world.ts';

/** As a plan file has it. */
export type PlanRoute = Readonly<Record<string, string>>;

type Elb = Pick<World, 'elb'>;

/** Returns its ARN. */
export async function targetGroup(
  { elb }: Elb,
  Name: string,
  Protocol: 'HTTP' | 'TCP' = 'HTTP',
): Promise<string> {
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name,
      Protocol,
      Port: 8080,
      TargetType: 'ip',
      VpcId: VPC.vpcId,
      ...(Protocol === 'HTTP' ? { HealthCheckPath: '/healthz' } : {}),
    }),
  );
  return TargetGroups?.[0]?.TargetGroupArn ?? '';
}

/** A rule of the shop's own listener, on a path that nobody asks for. */
export async function ruleRoute(
  { elb }: Elb,
  {
    id,
    priority: Priority,
    blue,
    green,
    greenWeight,
    ...ForwardConfig
  }: Omit<ForwardActionConfig, 'TargetGroups'> & {
    readonly id: string;
    /** Below the shop's own rule, which takes every path. */
    readonly priority: number;
    readonly blue: string;
    readonly green: string;
    /** @default green is not on it */
    readonly greenWeight?: number;
  },
): Promise<PlanRoute> {
  const TargetGroups = [
    { TargetGroupArn: blue, Weight: 90 },
    ...(greenWeight === undefined ? [] : [{ TargetGroupArn: green, Weight: greenWeight }]),
  ];
  const { Rules } = await elb.send(
    new CreateRuleCommand({
      ListenerArn: SHOP_FRONT_DOOR.listenerArn,
      Priority,
      Conditions: [{ Field: 'path-pattern', Values: [`/hazards/${id}`] }],
      Actions: [{ Type: 'forward', ForwardConfig: { ...ForwardConfig, TargetGroups } }],
    }),
  );
  return { id, with: 'alb', rule: Rules?.[0]?.RuleArn ?? '', blue, green };
}

/** A TCP listener of a Network Load Balancer of its own. */
export async function networkRoute(world: Elb, id: string): Promise<PlanRoute> {
  const { elb } = world;
  const blue = await targetGroup(world, `${id}-blue`, 'TCP');
  const green = await targetGroup(world, `${id}-green`, 'TCP');
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: id,
      Type: 'network',
      Subnets: SUBNETS.map(({ subnetId }) => subnetId),
    }),
  );
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'TCP',
      Port: await freePort(),
      DefaultActions: [{ Type: 'forward', TargetGroupArn: blue }],
    }),
  );
  return { id, with: 'nlb', listener: Listeners?.[0]?.ListenerArn ?? '', blue, green };
}
