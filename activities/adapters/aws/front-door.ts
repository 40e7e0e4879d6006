import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  type Rule,
  type Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import { weightsOwner } from '#domain/traffic/weights-owner.ts';
import type { RouteDescription } from '#activities/ports/traffic-router.ts';
import type { RuleRoute } from './alb-rules.ts';
import type { AwsClients } from './aws-clients.ts';
import { listenerArnOf, loadBalancerArnOf } from './load-balancer-arns.ts';

type FrontDoor = Pick<
  RouteDescription,
  'loadBalancerArn' | 'frontDoorUrl' | 'securityGroupIds' | 'ownedByCluster' | 'weightsOwner'
>;

/** The load balancer in front of a rule or listener: how to reach it, what guards it, whose it is. Called by the routers. */
export async function describeFrontDoor(
  clients: AwsClients,
  route: Pick<RuleRoute, 'access' | 'ruleArn'>,
  { IsDefault }: Pick<Rule, 'IsDefault'>,
  signal: AbortSignal,
): Promise<FrontDoor> {
  const { read } = clients.elb(route.access);
  const options = { abortSignal: signal };
  const loadBalancerArn = loadBalancerArnOf(route.ruleArn);
  const ListenerArns = [listenerArnOf(route.ruleArn)];
  const LoadBalancerArns = [loadBalancerArn];
  // A default rule is made with its listener, and tagged with it.
  const taggedArn = IsDefault === true ? listenerArnOf(route.ruleArn) : route.ruleArn;
  const ResourceArns = [loadBalancerArn, taggedArn];
  const [{ Listeners }, { LoadBalancers }, { TagDescriptions }] = await Promise.all([
    read.send(new DescribeListenersCommand({ ListenerArns }), options),
    read.send(new DescribeLoadBalancersCommand({ LoadBalancerArns }), options),
    read.send(new DescribeTagsCommand({ ResourceArns }), options),
  ]);
  const { Protocol, Port } = Listeners?.[0] ?? {};
  const { DNSName, SecurityGroups } = LoadBalancers?.[0] ?? {};
  if (Protocol === undefined || Port === undefined || DNSName === undefined)
    throw new CutoverFailure('not-found', 'its listener or load balancer is gone', {
      resource: route.ruleArn,
    });
  const tagsOf = (arn: string): readonly Tag[] =>
    TagDescriptions?.find(({ ResourceArn }) => ResourceArn === arn)?.Tags ?? [];
  const owner = weightsOwner({
    route: byKey(tagsOf(taggedArn)),
    loadBalancer: byKey(tagsOf(loadBalancerArn)),
  });
  return {
    loadBalancerArn,
    frontDoorUrl: `${schemeOf(Protocol)}://${DNSName}:${Port}`,
    securityGroupIds: SecurityGroups ?? [],
    ownedByCluster: owningCluster(tagsOf(loadBalancerArn)),
    ...(owner === null ? {} : { weightsOwner: owner }),
  };
}

export function byKey(tags: readonly Tag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** What a person would type; what a TCP listener carries is taken to be HTTP, because that is what smoke tests ask. */
function schemeOf(protocol: string): 'http' | 'https' {
  return protocol === 'HTTPS' || protocol === 'TLS' ? 'https' : 'http';
}

/** Tags by which the load balancer controller, Auto Mode and the old in-tree controller know their own. */
const OWNER_KEYS = ['elbv2.k8s.aws/cluster', 'eks:eks-cluster-name'];
const LEGACY_OWNER_KEY = /^kubernetes\.io\/cluster\/(.+)$/u;

/** The cluster whose controller made a load balancer; null when nobody's did. */
export function owningCluster(tags: readonly Tag[]): string | null {
  for (const { Key = '', Value } of tags) {
    if (OWNER_KEYS.includes(Key) && Value !== undefined) return Value;
    const legacy = LEGACY_OWNER_KEY.exec(Key)?.[1];
    if (legacy !== undefined && Value === 'owned') return legacy;
  }
  return null;
}
