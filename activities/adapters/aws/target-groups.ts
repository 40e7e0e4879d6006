import {
  DeregisterTargetsCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Access } from '#activities/ports/refs.ts';
import type { TargetCounts, TargetGroups } from '#activities/ports/target-groups.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';

/**
 * What stands behind a target group, as the load balancer's own health checks see it. Targets that are leaving are not
 * counted; one that has no checks yet (`initial`, `unused`) counts as not healthy. Source: docs
 * elasticloadbalancing/latest/APIReference/API_TargetHealth.html, API_TargetGroupAttribute.html
 */
export function createTargetGroups({ clients }: { readonly clients: AwsClients }): TargetGroups {
  return {
    readHealth: (access, targetGroupArn, signal) =>
      asFailure(targetGroupArn, signal, async () => {
        const { TargetHealthDescriptions = [] } = await clients
          .elb(access)
          .read.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }), {
            abortSignal: signal,
          });
        return countsOf(TargetHealthDescriptions);
      }),

    deregisterAll: (access, targetGroupArn, signal) =>
      asFailure(targetGroupArn, signal, async () => {
        const { read, write } = clients.elb(access);
        const options = { abortSignal: signal };
        const { TargetHealthDescriptions: found = [] } = await read.send(
          new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
          options,
        );
        const Targets = found
          .filter((target) => !isLeaving(target))
          .map(({ Target }) => ({ Id: Target?.Id, Port: Target?.Port }));
        if (Targets.length > 0)
          await write.send(
            new DeregisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets }),
            options,
          );
        return { leaving: found.length };
      }),

    readSettings: (access, { targetGroupArn, loadBalancerArn }, signal) =>
      asFailure(targetGroupArn, signal, async () => {
        const { Attributes } = await clients
          .elb(access)
          .read.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn }), {
            abortSignal: signal,
          });
        const group = attributesOf(Attributes);
        const own = group.get(CROSS_ZONE);
        const crossesZones =
          own === 'true' ||
          (own !== 'false' && (await crossesByDefault(clients, access, loadBalancerArn, signal)));
        return {
          crossesZones,
          zones: crossesZones ? [] : await zonesOf(clients, access, loadBalancerArn, signal),
          slowStartSeconds: Number(group.get('slow_start.duration_seconds') ?? 0),
          deregistrationDelaySeconds: Number(
            group.get('deregistration_delay.timeout_seconds') ?? DEFAULT_DELAY_SECONDS,
          ),
        };
      }),
  };
}

/** `true`, `false`, or `use_load_balancer_configuration`. */
const CROSS_ZONE = 'load_balancing.cross_zone.enabled';
/** The API's default. */
const DEFAULT_DELAY_SECONDS = 300;

function countsOf(descriptions: readonly TargetHealthDescription[]): TargetCounts {
  const staying = descriptions.filter((target) => !isLeaving(target));
  const healthy = staying.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy');
  const healthyByZone: Record<string, number> = {};
  for (const { Target } of healthy)
    if (Target?.AvailabilityZone !== undefined)
      healthyByZone[Target.AvailabilityZone] = (healthyByZone[Target.AvailabilityZone] ?? 0) + 1;
  return { healthy: healthy.length, total: staying.length, healthyByZone };
}

function isLeaving({ TargetHealth }: TargetHealthDescription): boolean {
  return TargetHealth?.State === 'draining' || TargetHealth?.State === 'unhealthy.draining';
}

/** The load balancer's own word: always on for an ALB, off for an NLB unless it was switched on. */
async function crossesByDefault(
  clients: AwsClients,
  access: Access,
  LoadBalancerArn: string,
  abortSignal: AbortSignal,
): Promise<boolean> {
  const { Attributes } = await clients
    .elb(access)
    .read.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }), { abortSignal });
  return attributesOf(Attributes).get(CROSS_ZONE) !== 'false';
}

async function zonesOf(
  clients: AwsClients,
  access: Access,
  loadBalancerArn: string,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  const { LoadBalancers = [] } = await clients
    .elb(access)
    .read.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [loadBalancerArn] }), {
      abortSignal,
    });
  return LoadBalancers.flatMap(({ AvailabilityZones = [] }) =>
    AvailabilityZones.flatMap(({ ZoneName }) => ZoneName ?? []),
  );
}

function attributesOf(
  attributes:
    | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
    | undefined,
): ReadonlyMap<string, string> {
  return new Map((attributes ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}
