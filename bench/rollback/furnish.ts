/** Load balancers, rules, target groups and pods of the bench's migrations, made through the account's own API. */
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  RegisterTargetsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SECURITY_GROUPS, SUBNETS, VPC } from '#sandbox/aws/seed.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import type { Child } from './child.ts';
import type { RoutePlace } from './rule-writes.ts';

/** What one case moves. */
export interface Place extends RoutePlace {
  readonly number: number;
  readonly blue: string;
  readonly green: string;
  /** Where its users come in. */
  readonly origin: string;
}

/** What a migration of many rules moves. */
export interface RulesPlace {
  readonly number: number;
  readonly blue: string;
  readonly green: string;
  readonly routes: readonly RoutePlace[];
  /** Where its users come in, and what they may ask for. */
  readonly entrances: readonly { readonly origin: string; readonly paths: readonly string[] }[];
}

interface Furnisher {
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly crowd: Child;
}

export const PODS_A_SIDE = 3;
const POD_PORT = 8080;
/** Smoke tests ask for it through every rule. */
const HEALTH_PATH = '/healthz';
/** A load balancer holds a hundred, and a smoke test adds one for each of ours while it asks. */
const RULES_A_LOAD_BALANCER = 40;

export async function createLoadBalancer(
  elbv2: ElasticLoadBalancingV2Client,
  Name: string,
): Promise<string> {
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({
      Name,
      Subnets: SUBNETS.map(({ subnetId }) => subnetId),
      SecurityGroups: [SECURITY_GROUPS.loadBalancer],
    }),
  );
  return given(LoadBalancers?.[0]?.LoadBalancerArn);
}

export async function furnishCase(
  furnisher: Furnisher,
  number: number,
  loadBalancerArn: string,
): Promise<Place> {
  const doors = [{ loadBalancerArn, folders: ['/'] }];
  const { blue, green, routes, entrances } = await furnish(furnisher, number, doors);
  const [[route], [entrance]] = [routes, entrances];
  if (route === undefined || entrance === undefined) throw new Error('one rule was asked for');
  return { number, blue, green, origin: entrance.origin, ...route };
}

export async function furnishRules(
  furnisher: Furnisher,
  number: number,
  count: number,
): Promise<RulesPlace> {
  const folders = Array.from({ length: count }, (_, index) => `/${index + 1}/`);
  const doors = await Promise.all(
    chunks(folders, RULES_A_LOAD_BALANCER).map(async (own, index) => ({
      loadBalancerArn: await createLoadBalancer(furnisher.elbv2, `rules-${number}-${index + 1}`),
      folders: own,
    })),
  );
  return furnish(furnisher, number, doors);
}

interface Door {
  readonly loadBalancerArn: string;
  /** One for each of its rules. */
  readonly folders: readonly string[];
}

/** A target group of each colour for each load balancer: ELBv2 lets none serve two. */
async function furnish(
  furnisher: Furnisher,
  number: number,
  doors: readonly Door[],
): Promise<RulesPlace> {
  const [blue, green] = [`blue-${number}`, `green-${number}`];
  const addresses = (side: number, door: number): readonly string[] =>
    Array.from({ length: PODS_A_SIDE }, (_, pod) => `10.${number}.${2 * door + side}.${pod + 1}`);
  for (const [side, cluster] of [blue, green].entries())
    await furnisher.crowd.ask('pods', {
      cluster,
      addresses: doors.flatMap((_, door) => addresses(side, door)),
    });
  const made = await Promise.all(
    doors.map(async ({ loadBalancerArn, folders }, door) => {
      const name = (cluster: string): string => (door === 0 ? cluster : `${cluster}-${door + 1}`);
      const groups = {
        blueTargetGroupArn: await createTargetGroup(furnisher, name(blue), addresses(0, door)),
        greenTargetGroupArn: await createTargetGroup(furnisher, name(green), addresses(1, door)),
      };
      const { origin, ruleArns } = await createRules(furnisher, loadBalancerArn, folders, groups);
      return {
        entrance: { origin, paths: folders },
        routes: ruleArns.map((ruleArn) => ({ ruleArn, ...groups })),
      };
    }),
  );
  return {
    number,
    blue,
    green,
    routes: made.flatMap(({ routes }) => routes),
    entrances: made.map(({ entrance }) => entrance),
  };
}

async function createRules(
  { elbv2 }: Furnisher,
  LoadBalancerArn: string,
  folders: readonly string[],
  { blueTargetGroupArn }: Pick<RoutePlace, 'blueTargetGroupArn'>,
): Promise<{ readonly origin: string; readonly ruleArns: readonly string[] }> {
  const Port = await freePort();
  const { Listeners } = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  const ruleArns: string[] = [];
  for (const [index, folder] of folders.entries()) {
    const { Rules } = await elbv2.send(
      new CreateRuleCommand({
        ListenerArn: given(Listeners?.[0]?.ListenerArn),
        Priority: 10 * (index + 1),
        Conditions: [{ Field: 'path-pattern', Values: [`${folder}*`, HEALTH_PATH] }],
        Actions: [{ Type: 'forward', TargetGroupArn: blueTargetGroupArn }],
      }),
    );
    ruleArns.push(given(Rules?.[0]?.RuleArn));
  }
  return { origin: `http://127.0.0.1:${Port}`, ruleArns };
}

async function createTargetGroup(
  { elbv2 }: Furnisher,
  Name: string,
  addresses: readonly string[],
): Promise<string> {
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name,
      Protocol: 'HTTP',
      Port: POD_PORT,
      TargetType: 'ip',
      VpcId: VPC.vpcId,
      HealthCheckPath: HEALTH_PATH,
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 2,
    }),
  );
  const TargetGroupArn = given(TargetGroups?.[0]?.TargetGroupArn);
  await elbv2.send(
    new RegisterTargetsCommand({
      TargetGroupArn,
      Targets: addresses.map((Id) => ({ Id, Port: POD_PORT })),
    }),
  );
  return TargetGroupArn;
}

function chunks<Value>(values: readonly Value[], size: number): readonly (readonly Value[])[] {
  const count = Math.ceil(values.length / size);
  return Array.from({ length: count }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

function given(value: string | undefined): string {
  if (value === undefined) throw new Error('the emulator left out what it always answers');
  return value;
}
