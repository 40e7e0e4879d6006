/** What one migration moves: a blue cluster with the shop on it, a rule, and a target group of each colour. */
import {
  CreateListenerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EKSClient } from '@aws-sdk/client-eks';
import { SECURITY_GROUPS, VPC } from '#sandbox/aws/seed.ts';
import type { LightKubernetes } from '#sandbox/light-kubernetes/light-kubernetes.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { shopManifests } from '#sandbox/shop/manifests.ts';
import { seedCluster } from '#sandbox/world/seed-cluster.ts';
import { createLoadBalancer } from '../rollback/furnish.ts';
import type { RoutePlace } from '../rollback/rule-writes.ts';
import { DEREGISTRATION_SECONDS } from './setting.ts';

export interface Place extends RoutePlace {
  readonly number: number;
  readonly blue: string;
  readonly green: string;
}

interface Furnisher {
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly eks: EKSClient;
  readonly light: LightKubernetes;
}

/** A load balancer holds a hundred rules and a hundred target groups; each smoke test adds a rule while it asks. */
const RULES_A_LOAD_BALANCER = 40;
const HEALTH_PATH = '/healthz';

/** Listeners of as many load balancers as so many migrations need. */
export async function createListeners(
  elbv2: ElasticLoadBalancingV2Client,
  migrations: number,
): Promise<readonly string[]> {
  const listeners: string[] = [];
  for (let index = 0; index * RULES_A_LOAD_BALANCER < migrations; index += 1) {
    const { Listeners } = await elbv2.send(
      new CreateListenerCommand({
        LoadBalancerArn: await createLoadBalancer(elbv2, `scale-${index + 1}`),
        Port: await freePort(),
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
      }),
    );
    listeners.push(given(Listeners?.[0]?.ListenerArn));
  }
  return listeners;
}

/** Returns when blue is ACTIVE and has the shop. */
export async function furnish(
  { elbv2, eks, light }: Furnisher,
  number: number,
  listeners: readonly string[],
): Promise<Place> {
  const [blue, green] = [`blue-${number}`, `green-${number}`];
  const blueTargetGroupArn = await createTargetGroup(elbv2, blue);
  const greenTargetGroupArn = await createTargetGroup(elbv2, green);
  const { Rules } = await elbv2.send(
    new CreateRuleCommand({
      ListenerArn: given(listeners[Math.floor(number / RULES_A_LOAD_BALANCER)]),
      Priority: 10 * ((number % RULES_A_LOAD_BALANCER) + 1),
      Conditions: [{ Field: 'path-pattern', Values: [`/${number}/*`, HEALTH_PATH] }],
      Actions: [{ Type: 'forward', TargetGroupArn: blueTargetGroupArn }],
    }),
  );
  await seedCluster(eks, blue);
  const frontDoor = { kind: 'binding', targetGroupArn: blueTargetGroupArn } as const;
  const securityGroupId = SECURITY_GROUPS.loadBalancer;
  for (const manifest of shopManifests({ frontDoor, securityGroupId }))
    light.cluster(blue).apply(manifest, 'shop-team');
  const ruleArn = given(Rules?.[0]?.RuleArn);
  return { number, blue, green, ruleArn, blueTargetGroupArn, greenTargetGroupArn };
}

async function createTargetGroup(
  elbv2: ElasticLoadBalancingV2Client,
  Name: string,
): Promise<string> {
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name,
      Protocol: 'HTTP',
      Port: 8080,
      TargetType: 'ip',
      VpcId: VPC.vpcId,
      HealthCheckPath: HEALTH_PATH,
      // Thousands of targets are probed by the emulator on the cores that are measured: as seldom as AWS allows.
      HealthCheckIntervalSeconds: 300,
    }),
  );
  const TargetGroupArn = given(TargetGroups?.[0]?.TargetGroupArn);
  await elbv2.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn,
      Attributes: [
        { Key: 'deregistration_delay.timeout_seconds', Value: String(DEREGISTRATION_SECONDS) },
      ],
    }),
  );
  return TargetGroupArn;
}

function given(value: string | undefined): string {
  if (value === undefined) throw new Error('the emulator left out what it always answers');
  return value;
}
