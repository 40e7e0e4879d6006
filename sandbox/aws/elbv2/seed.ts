/**
 * What stands in Elastic Load Balancing before the first migration: the shop's load balancer with one rule that sends
 * everything to blue's target group, and green's target group that no rule names. ARNs are constant, so that `examples/`
 * name them and work as they are.
 */
import { ACCOUNT_ID, REGION, SECURITY_GROUPS, SUBNETS, VPC } from '../seed.ts';
import { listenerArn, loadBalancerArn, ruleArn, targetGroupArn } from './arns.ts';
import {
  changedAttributes,
  defaultAttributes,
  LISTENER_ATTRIBUTES,
  LOAD_BALANCER_ATTRIBUTES,
  TARGET_GROUP_ATTRIBUTES,
} from './attributes.ts';
import type { TargetGroupRecord } from './elbv2-state.ts';
import type { Elbv2World } from './elbv2-world.ts';
import { DEFAULT_HEALTH_CHECK } from './health-check-settings.ts';
import { CANONICAL_HOSTED_ZONE, LOCAL_DNS_NAME } from './load-balancer-handlers.ts';
import { checkedActions } from './rule-actions.ts';
import { checkedConditions } from './rule-conditions.ts';

const PLACE = { region: REGION, accountId: ACCOUNT_ID };
const LOAD_BALANCER = loadBalancerArn(PLACE, 'shop', '50dc6c495c0c9188');
const LISTENER = listenerArn(LOAD_BALANCER, 'f2f7dc8efc522ab2');

/** The fixed names of the seeded front door. */
export const SHOP_FRONT_DOOR = {
  loadBalancerArn: LOAD_BALANCER,
  listenerArn: LISTENER,
  /** Priority 10, every path. */
  ruleArn: ruleArn(LISTENER, '9683b2d02a6cabee'),
  defaultRuleArn: ruleArn(LISTENER, '1e5d80a1c2f0b7aa'),
  blueTargetGroupArn: targetGroupArn(PLACE, 'shop-blue', '6d0ecf831eec9f09'),
  greenTargetGroupArn: targetGroupArn(PLACE, 'shop-green', '73e2d6bc24d8a067'),
  securityGroupId: SECURITY_GROUPS.loadBalancer,
} as const;

/** Long before any run of the sandbox. */
const CREATED_AT = new Date('2026-03-02T09:30:00.000Z');

/**
 * Builds it and opens the listener. Port 0 takes a free one. Returns the port.
 * @throws the server's error, with code EADDRINUSE where the port is taken.
 */
export async function seedShopFrontDoor(world: Elbv2World, port: number): Promise<number> {
  const { state, dataPlane } = world;
  seedLoadBalancer(world);
  seedTargetGroup(world, SHOP_FRONT_DOOR.blueTargetGroupArn, 'shop-blue');
  seedGreenTargetGroup(world);
  const opened = await dataPlane.openListener(LOAD_BALANCER, LISTENER, port);
  state.listeners.set(LISTENER, {
    arn: LISTENER,
    loadBalancerArn: LOAD_BALANCER,
    protocol: 'HTTP',
    port: opened,
    attributes: defaultAttributes(LISTENER_ATTRIBUTES),
  });
  seedRules(world);
  world.pushRouting(LOAD_BALANCER, 'at-once');
  return opened;
}

/** Green's target group alone, for a world whose front door blue's controller makes of an Ingress. */
export function seedGreenTargetGroup(world: Elbv2World): void {
  seedTargetGroup(world, SHOP_FRONT_DOOR.greenTargetGroupArn, 'shop-green');
}

function seedTargetGroup(world: Elbv2World, arn: string, name: string): void {
  const group = targetGroup(arn, name);
  world.state.targetGroups.set(group.arn, group);
  world.pushTargetGroup(group.arn);
}

function seedLoadBalancer({ state }: Elbv2World): void {
  state.loadBalancers.set(LOAD_BALANCER, {
    arn: LOAD_BALANCER,
    name: 'shop',
    attributes: defaultAttributes(LOAD_BALANCER_ATTRIBUTES),
    description: {
      DNSName: LOCAL_DNS_NAME,
      CanonicalHostedZoneId: CANONICAL_HOSTED_ZONE,
      CreatedTime: CREATED_AT,
      Scheme: 'internet-facing',
      VpcId: VPC.vpcId,
      State: { Code: 'active' },
      Type: 'application',
      AvailabilityZones: SUBNETS.map(({ subnetId, availabilityZone }) => ({
        ZoneName: availabilityZone,
        SubnetId: subnetId,
        LoadBalancerAddresses: [],
      })),
      SecurityGroups: [SECURITY_GROUPS.loadBalancer],
      IpAddressType: 'ipv4',
    },
  });
  // Owned by the platform team outside both clusters: no controller's tags.
  state.tags.set(LOAD_BALANCER, new Map([['team', 'platform']]));
}

function seedRules({ state }: Elbv2World): void {
  const base = { listenerArn: LISTENER };
  state.rules.set(SHOP_FRONT_DOOR.defaultRuleArn, {
    ...base,
    arn: SHOP_FRONT_DOOR.defaultRuleArn,
    priority: 'default',
    conditions: [],
    actions: checkedActions(state, LOAD_BALANCER, [
      {
        Type: 'fixed-response',
        FixedResponseConfig: {
          StatusCode: '404',
          ContentType: 'text/plain',
          MessageBody: 'no shop',
        },
      },
    ]),
  });
  state.rules.set(SHOP_FRONT_DOOR.ruleArn, {
    ...base,
    arn: SHOP_FRONT_DOOR.ruleArn,
    priority: 10,
    conditions: checkedConditions([{ Field: 'path-pattern', Values: ['/*'] }]),
    actions: checkedActions(state, LOAD_BALANCER, [
      { Type: 'forward', TargetGroupArn: SHOP_FRONT_DOOR.blueTargetGroupArn },
    ]),
  });
}

function targetGroup(arn: string, name: string): TargetGroupRecord {
  return {
    arn,
    name,
    protocol: 'HTTP',
    port: 8080,
    health: { ...DEFAULT_HEALTH_CHECK, path: '/healthz', intervalSeconds: 10, healthyThreshold: 2 },
    description: {
      VpcId: VPC.vpcId,
      TargetType: 'ip',
      IpAddressType: 'ipv4',
      ProtocolVersion: 'HTTP1',
    },
    attributes: changedAttributes(
      TARGET_GROUP_ATTRIBUTES,
      defaultAttributes(TARGET_GROUP_ATTRIBUTES),
      [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
    ),
  };
}
