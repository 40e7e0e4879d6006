/**
 * How the controller finds its own again: by tags, which name the cluster, the stack (the Ingress group) and the resource in
 * it. Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/deploy/tracking/provider.go, pkg/deploy/elbv2/tagging_manager.go
 */
import {
  DescribeTagsCommand,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
  type ElasticLoadBalancingV2Client,
  type LoadBalancer,
  type Tag,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** Most ARNs of one DescribeTags call. */
const ARNS_PER_CALL = 20;

export interface StackId {
  readonly clusterName: string;
  readonly stackId: string;
}

export interface Tagged<T> {
  readonly resource: T;
  readonly resourceId: string;
}

export function trackingTags({ clusterName, stackId }: StackId, resourceId: string): Tag[] {
  return [
    { Key: 'elbv2.k8s.aws/cluster', Value: clusterName },
    { Key: 'ingress.k8s.aws/stack', Value: stackId },
    { Key: 'ingress.k8s.aws/resource', Value: resourceId },
  ];
}

export async function findLoadBalancers(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
): Promise<readonly Tagged<LoadBalancer>[]> {
  const found: LoadBalancer[] = [];
  for await (const { LoadBalancers } of paginateDescribeLoadBalancers({ client }, {}))
    found.push(...(LoadBalancers ?? []));
  return ofStack(client, stack, found, ({ LoadBalancerArn }) => LoadBalancerArn);
}

export async function findTargetGroups(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
): Promise<readonly Tagged<TargetGroup>[]> {
  const found: TargetGroup[] = [];
  for await (const { TargetGroups } of paginateDescribeTargetGroups({ client }, {}))
    found.push(...(TargetGroups ?? []));
  return ofStack(client, stack, found, ({ TargetGroupArn }) => TargetGroupArn);
}

async function ofStack<T>(
  client: ElasticLoadBalancingV2Client,
  { clusterName, stackId }: StackId,
  resources: readonly T[],
  arnOf: (resource: T) => string | undefined,
): Promise<readonly Tagged<T>[]> {
  const byArn = new Map(resources.map((resource) => [arnOf(resource) ?? '', resource]));
  const arns = [...byArn.keys()];
  const owned: Tagged<T>[] = [];
  for (let from = 0; from < arns.length; from += ARNS_PER_CALL) {
    const ResourceArns = arns.slice(from, from + ARNS_PER_CALL);
    const { TagDescriptions = [] } = await client.send(new DescribeTagsCommand({ ResourceArns }));
    for (const { ResourceArn = '', Tags = [] } of TagDescriptions) {
      const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
      const resource = byArn.get(ResourceArn);
      const isOwn =
        tags.get('elbv2.k8s.aws/cluster') === clusterName &&
        tags.get('ingress.k8s.aws/stack') === stackId;
      if (isOwn && resource !== undefined)
        owned.push({ resource, resourceId: tags.get('ingress.k8s.aws/resource') ?? '' });
    }
  }
  return owned;
}
