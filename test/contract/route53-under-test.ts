/**
 * A name in a hosted zone of its own that leads to blue's load balancer, and a second load balancer for green, made and removed
 * through the API alone: what is at the other end of `AWS_ENDPOINT_URL` may be the emulator, another implementation or a real
 * account with a default VPC.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  ListResourceRecordSetsCommand,
  PriorRequestNotComplete,
  type Change,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { createRoute53Router } from '#activities/adapters/aws/route53-router.ts';
import { createCapsuleCalls } from '#activities/adapters/capsules/capsule-calls.ts';
import type { PlannedRouteRef, RouteRef } from '#activities/ports/traffic-router.ts';
import type { Route53Place } from '#domain/traffic/route-place.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { SECURITY_GROUPS } from '#sandbox/aws/seed.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { BLUE_CLUSTER, NO_KUBERNETES } from './alb-under-test.ts';
import {
  ACCESS,
  startEmulatedAws,
  type EmulatedAws,
  type EmulatedAwsOptions,
} from './emulated-aws.ts';
import type { RouterUnderTest } from './traffic-router.contract.ts';

export const CLOCK = {
  nowMs: () => Date.now(),
  sleep: async (ms: number, signal: AbortSignal) => {
    await delay(ms, undefined, { signal });
  },
};

export interface Route53UnderTest extends RouterUnderTest<Route53Place> {
  readonly aws: EmulatedAws;
  readonly zoneId: string;
  /** One batch by somebody else's hand. */
  change(...changes: readonly Change[]): Promise<void>;
  /** All record sets of the zone. */
  records(): Promise<readonly ResourceRecordSet[]>;
  /** Another name beside the first, that leads to blue. */
  further(label: string): Promise<Route53UnderTest['route']>;
}

interface Side {
  readonly loadBalancer: LoadBalancer;
  readonly targetGroupArn: string;
}

export async function route53RouterUnderTest(
  options: EmulatedAwsOptions = {},
): Promise<Route53UnderTest> {
  const aws = await startEmulatedAws({ ownAddresses: true, ...options });
  const { route53 } = aws.owner;
  const blue = await makeSide(aws, 'blue');
  const green = await makeSide(aws, 'green');
  const name = `cutover-${Date.now().toString(36)}.test.`;
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: name, CallerReference: name }),
  );
  const zoneId = (HostedZone?.Id ?? '').replace('/hostedzone/', '');

  const change = async (...Changes: readonly Change[]): Promise<void> => {
    await eventually('the zone to take a change', async () => {
      try {
        const ChangeBatch = { Changes: [...Changes] };
        await route53.send(
          new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }),
        );
        return true;
      } catch (cause) {
        if (cause instanceof PriorRequestNotComplete) return false;
        throw cause;
      }
    });
  };
  const records = async (): Promise<readonly ResourceRecordSet[]> => {
    const { ResourceRecordSets = [] } = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
    );
    return ResourceRecordSets.filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
  };
  const aliasTo = ({ loadBalancer }: Side): Pick<ResourceRecordSet, 'AliasTarget'> => ({
    AliasTarget: {
      HostedZoneId: loadBalancer.CanonicalHostedZoneId,
      DNSName: `${loadBalancer.DNSName}.`,
      EvaluateTargetHealth: true,
    },
  });
  const further = async (label: string): Promise<Route53UnderTest['route']> => {
    const recordName = `${label}.${name}`;
    const ResourceRecordSet: ResourceRecordSet = { Name: recordName, Type: 'A', ...aliasTo(blue) };
    await change({ Action: 'CREATE', ResourceRecordSet });
    return routeOf({ zoneId, recordName, blue, green });
  };
  const route = await further('shop');
  return {
    aws,
    zoneId,
    change,
    records,
    further,
    router: createRoute53Router({ clients: aws.clients, clock: CLOCK, pollMs: 20, gatherMs: 5 }),
    route,
    calls: createCapsuleCalls({ clients: aws.clients, kubernetes: NO_KUBERNETES }),
    missing: { ...route, recordName: `nobody.${name}` },
    rule: async () => JSON.stringify(await records()),
    foreignEdit: async () =>
      change({
        Action: 'CREATE',
        ResourceRecordSet: {
          Name: route.recordName,
          Type: 'A',
          SetIdentifier: 'stranger',
          Weight: 200,
          ...aliasTo(green),
        },
      }),
    nowMs: CLOCK.nowMs,
    stop: async () => {
      const left = await records();
      if (left.length > 0)
        await change(
          ...left.map((ResourceRecordSet): Change => ({ Action: 'DELETE', ResourceRecordSet })),
        );
      await route53.send(new DeleteHostedZoneCommand({ Id: zoneId }));
      for (const { loadBalancer, targetGroupArn: TargetGroupArn } of [blue, green]) {
        const { LoadBalancerArn } = loadBalancer;
        await aws.owner.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
        await aws.owner.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
      }
      await aws.stop();
    },
  };
}

/** A load balancer with one HTTP listener that forwards to one group. */
async function makeSide({ owner }: EmulatedAws, colour: string): Promise<Side> {
  const { elb, ec2 } = owner;
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const [first, second] = Subnets;
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: `cutover-${colour}`,
      Protocol: 'HTTP',
      Port: 8080,
      TargetType: 'ip',
      VpcId: first?.VpcId,
      HealthCheckPath: '/healthz',
    }),
  );
  const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: `cutover-${colour}`,
      Scheme: 'internal',
      Subnets: [first?.SubnetId ?? '', second?.SubnetId ?? ''],
      SecurityGroups: [SECURITY_GROUPS.loadBalancer],
    }),
  );
  const loadBalancer = LoadBalancers?.[0] ?? {};
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancer.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: await freePort(),
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    }),
  );
  return { loadBalancer, targetGroupArn };
}

function routeOf(parts: {
  readonly zoneId: string;
  readonly recordName: string;
  readonly blue: Side;
  readonly green: Side;
}): RouteRef<Route53Place> & PlannedRouteRef<'route53'> {
  const { zoneId, recordName, blue, green } = parts;
  const targetOf = ({ loadBalancer }: Side) => ({
    dnsName: `${loadBalancer.DNSName?.toLowerCase() ?? ''}.`,
    hostedZoneId: loadBalancer.CanonicalHostedZoneId ?? '',
  });
  return {
    access: ACCESS,
    id: recordName.split('.')[0] ?? '',
    with: 'route53',
    blue: BLUE_CLUSTER,
    zoneId,
    recordName,
    recordType: 'A',
    takeFromExternalDns: false,
    blueLoadBalancerArn: blue.loadBalancer.LoadBalancerArn ?? '',
    greenLoadBalancerArn: green.loadBalancer.LoadBalancerArn ?? '',
    blueTargetGroupArn: blue.targetGroupArn,
    greenTargetGroupArn: green.targetGroupArn,
    blueTarget: targetOf(blue),
    greenTarget: targetOf(green),
    ttlSeconds: 60,
    nameServers: [],
  };
}
