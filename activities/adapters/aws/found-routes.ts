import {
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  paginateDescribeListeners,
  type Action,
  type LoadBalancer,
  type Rule,
  type Tag,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { FoundRoute } from '#domain/plan-draft/inventory.ts';
import { weightsOwner } from '#domain/traffic/weights-owner.ts';
import type { Access } from '#activities/ports/refs.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';
import { byKey, owningCluster } from './front-door.ts';
import { forwardsTo, readListeners } from './ingress-rules.ts';
import { ruleInWords } from './rule-in-words.ts';
import { twinCommand } from './twin-command.ts';

/** A target group that pods of a cluster are registered in. */
export interface BoundGroup {
  readonly targetGroupArn: string;
  /** The Service behind it, `namespace/name`. */
  readonly service: string;
}

/** Everything in front of a target group, for `cutover init`: whoever made it. Reads only. Fails `not-found`. */
export async function findRoutes(
  clients: AwsClients,
  { access, name }: { readonly access: Access; readonly name: string },
  { targetGroupArn, service }: BoundGroup,
  signal: AbortSignal,
): Promise<readonly FoundRoute[]> {
  return asFailure(targetGroupArn, signal, async () => {
    const { read } = clients.elb(access);
    const options = { abortSignal: signal };
    const { TargetGroups: [group] = [] } = await read.send(
      new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] }),
      options,
    );
    const LoadBalancerArns = group?.LoadBalancerArns ?? [];
    if (group === undefined || LoadBalancerArns.length === 0) return [];
    const { LoadBalancers = [] } = await read.send(
      new DescribeLoadBalancersCommand({ LoadBalancerArns }),
      options,
    );
    const routes = await Promise.all(
      LoadBalancers.map(async (loadBalancer) => {
        const rules = await rulesTo(clients, access, loadBalancer, targetGroupArn, signal);
        const { LoadBalancerArn = '' } = loadBalancer;
        const tagged = [targetGroupArn, LoadBalancerArn, ...rules.map(({ RuleArn }) => RuleArn)];
        const tags = await tagsOf(clients, access, tagged, signal);
        return rules.map((rule) =>
          described({ rule, loadBalancer, group, service, cluster: name, tags }),
        );
      }),
    );
    return once(routes.flat());
  });
}

/** An Ingress is one route, whatever number of rules its controller made of it. */
function once(routes: readonly FoundRoute[]): readonly FoundRoute[] {
  const isFirst = (route: FoundRoute, index: number): boolean =>
    route.ingress === null ||
    index === routes.findIndex(({ ingress }) => ingress === route.ingress);
  return routes.filter(isFirst);
}

type PlacedRule = Rule & { readonly RuleArn: string };

/** A listener of a Network Load Balancer has no rules; its default action stands for one. */
async function rulesTo(
  clients: AwsClients,
  access: Access,
  { LoadBalancerArn = '', Type }: LoadBalancer,
  targetGroupArn: string,
  signal: AbortSignal,
): Promise<readonly PlacedRule[]> {
  const rules =
    Type === 'application'
      ? (await readListeners(clients, access, LoadBalancerArn, signal)).flatMap((one) => one.rules)
      : await listenersAsRules(clients, access, LoadBalancerArn, signal);
  return rules.flatMap((rule) =>
    rule.RuleArn !== undefined && forwardsTo(rule, targetGroupArn)
      ? [{ ...rule, RuleArn: rule.RuleArn }]
      : [],
  );
}

async function listenersAsRules(
  clients: AwsClients,
  access: Access,
  LoadBalancerArn: string,
  signal: AbortSignal,
): Promise<readonly Rule[]> {
  const client = clients.elb(access).read;
  const rules: Rule[] = [];
  const pages = paginateDescribeListeners({ client }, { LoadBalancerArn }, { abortSignal: signal });
  for await (const { Listeners = [] } of pages)
    for (const { ListenerArn: RuleArn, DefaultActions: Actions } of Listeners)
      rules.push({ RuleArn, IsDefault: true, Actions });
  return rules;
}

/** ELBv2 DescribeTags: at most 20 resources. */
const TAGS_AT_ONCE = 20;

async function tagsOf(
  clients: AwsClients,
  access: Access,
  arns: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const found = new Map<string, readonly Tag[]>();
  for (let from = 0; from < arns.length; from += TAGS_AT_ONCE) {
    const { TagDescriptions = [] } = await clients
      .elb(access)
      .read.send(new DescribeTagsCommand({ ResourceArns: arns.slice(from, from + TAGS_AT_ONCE) }), {
        abortSignal: signal,
      });
    for (const { ResourceArn = '', Tags = [] } of TagDescriptions) found.set(ResourceArn, Tags);
  }
  return found;
}

interface Facts {
  readonly rule: PlacedRule;
  readonly loadBalancer: LoadBalancer;
  readonly group: TargetGroup;
  readonly service: string;
  /** Blue's name. */
  readonly cluster: string;
  readonly tags: ReadonlyMap<string, readonly Tag[]>;
}

function described(facts: Facts): FoundRoute {
  const { rule, loadBalancer, group, service, cluster, tags } = facts;
  const { LoadBalancerArn: arn = '', LoadBalancerName: name = '', Type } = loadBalancer;
  const isNetwork = Type === 'network';
  const isOfBlue = owningCluster(tags.get(arn) ?? []) === cluster;
  const blueTargetGroupArn = group.TargetGroupArn ?? '';
  const ingress = isOfBlue ? ingressOf(tags.get(blueTargetGroupArn) ?? [], service) : null;
  const owner = weightsOwner({
    route: byKey(tags.get(rule.RuleArn) ?? []),
    loadBalancer: byKey(tags.get(arn) ?? []),
  });
  return {
    with: ingress !== null ? 'ingress' : isNetwork ? 'nlb' : 'alb',
    place: rule.RuleArn,
    matches: ruleInWords(rule),
    blueTargetGroupArn,
    loadBalancer: { arn, name },
    service,
    ingress,
    weightsOwner: owner === null ? null : `${owner.tool} (tag ${owner.tag})`,
    obstacles: [
      ...(isOfBlue && ingress === null
        ? ['blue’s own controller made this load balancer, and deletes it with blue']
        : []),
      ...sharing(rule.Actions ?? []),
    ],
    twinCommand: twinCommand(group),
  };
}

/** Weights that somebody else set have a meaning that we do not know. */
function sharing(actions: readonly Action[]): readonly string[] {
  const groups = actions.flatMap(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? []);
  return groups.length > 1 ? [`it forwards to ${groups.length} target groups already`] : [];
}

/**
 * The Ingress that the AWS Load Balancer Controller made a target group for, by its tag `namespace/ingress-service:port`; null
 * where it was made for something else.
 */
function ingressOf(tags: readonly Tag[], service: string): string | null {
  const resource = tags.find(({ Key }) => Key === 'ingress.k8s.aws/resource')?.Value ?? '';
  const name = service.split('/')[1] ?? '';
  const end = resource.lastIndexOf(`-${name}:`);
  return end > 0 ? resource.slice(0, end) : null;
}
