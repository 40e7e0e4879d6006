/**
 * The target groups of a stack: made, kept at their settings, and deleted once nothing names them. Pods are not brought here
 * but by a TargetGroupBinding for each, which binding-reconciler.ts follows like any other.
 * Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/deploy/elbv2/target_group_synthesizer.go
 */
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  type ElasticLoadBalancingV2Client,
  type LoadBalancer,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { findTargetGroups, trackingTags, type StackId } from './tagged-resources.ts';
import type { TargetGroupModel } from './target-group-model.ts';

/** From a resource of the stack to its target group's ARN. */
export type TargetGroupArns = (resourceId: string) => string;

export async function deployTargetGroups(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
  { VpcId }: LoadBalancer,
  models: readonly TargetGroupModel[],
): Promise<TargetGroupArns> {
  const found = await findTargetGroups(client, stack);
  const arns = new Map<string, string>();
  for (const model of models) {
    const known = found.find(
      ({ resource, resourceId }) =>
        resourceId === model.resourceId && resource.TargetGroupName === model.name,
    )?.resource;
    const group = known ?? (await createTargetGroup(client, stack, VpcId, model));
    await keepSettings(client, group, model);
    arns.set(model.resourceId, group.TargetGroupArn ?? '');
  }
  return (resourceId) => {
    const arn = arns.get(resourceId);
    if (arn === undefined) throw new Error(`no such target group in the stack: ${resourceId}`);
    return arn;
  };
}

/** Only after rules and bindings have let go of them. */
export async function deleteOtherTargetGroups(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
  models: readonly TargetGroupModel[],
): Promise<void> {
  const names = new Set(models.map(({ name }) => name));
  for (const { resource } of await findTargetGroups(client, stack))
    if (!names.has(resource.TargetGroupName ?? ''))
      await client.send(new DeleteTargetGroupCommand({ TargetGroupArn: resource.TargetGroupArn }));
}

async function createTargetGroup(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
  VpcId: string | undefined,
  model: TargetGroupModel,
): Promise<TargetGroup> {
  const { TargetGroups } = await client.send(
    new CreateTargetGroupCommand({
      Name: model.name,
      TargetType: 'ip',
      Protocol: 'HTTP',
      ProtocolVersion: 'HTTP1',
      Port: model.port,
      VpcId,
      ...healthSettings(model),
      Tags: trackingTags(stack, model.resourceId),
    }),
  );
  const [made] = TargetGroups ?? [];
  if (made === undefined) throw new Error(`no target group was made [name=${model.name}]`);
  return made;
}

async function keepSettings(
  client: ElasticLoadBalancingV2Client,
  group: TargetGroup,
  model: TargetGroupModel,
): Promise<void> {
  const { TargetGroupArn } = group;
  const wanted = healthSettings(model);
  const isAsWanted =
    group.HealthCheckPath === wanted.HealthCheckPath &&
    group.HealthCheckIntervalSeconds === wanted.HealthCheckIntervalSeconds &&
    group.HealthCheckTimeoutSeconds === wanted.HealthCheckTimeoutSeconds &&
    group.HealthyThresholdCount === wanted.HealthyThresholdCount &&
    group.UnhealthyThresholdCount === wanted.UnhealthyThresholdCount &&
    group.Matcher?.HttpCode === wanted.Matcher.HttpCode;
  if (!isAsWanted) await client.send(new ModifyTargetGroupCommand({ TargetGroupArn, ...wanted }));
  if (model.attributes.size === 0) return;
  const { Attributes = [] } = await client.send(
    new DescribeTargetGroupAttributesCommand({ TargetGroupArn }),
  );
  const current = new Map(Attributes.map(({ Key, Value }) => [Key, Value]));
  const changed = [...model.attributes].filter(([key, value]) => current.get(key) !== value);
  if (changed.length > 0)
    await client.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn,
        Attributes: changed.map(([Key, Value]) => ({ Key, Value })),
      }),
    );
}

function healthSettings({ healthCheck }: TargetGroupModel) {
  return {
    HealthCheckPath: healthCheck.path,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    Matcher: { HttpCode: healthCheck.matcher },
  };
}
