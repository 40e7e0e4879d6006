/**
 * Brings Elastic Load Balancing to what the model says, in the order in which no request is lost: the load balancer, its
 * target groups, its listeners and their rules; at last what the model no longer names. Doing it twice changes nothing, so
 * whatever a stranger did to it is undone by the next time. Called by ingress-reconciler.ts.
 * Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/deploy/stack_deployer.go
 */
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DescribeListenersCommand,
  ModifyListenerCommand,
  type ElasticLoadBalancingV2Client,
  type Listener,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { deployRules } from './deploy-rules.ts';
import { areSameActions, sdkActions } from './rule-settings.ts';
import type { ListenerModel, LoadBalancerModel, StackModel } from './stack-model.ts';
import { findLoadBalancers, trackingTags, type StackId } from './tagged-resources.ts';
import type { TargetGroupArns } from './target-groups.ts';

/** Value of the resource tag on the one load balancer of a stack. */
const LOAD_BALANCER = 'LoadBalancer';

/** The stack's load balancer, made where it is missing. Others with the stack's tags are deleted. */
export async function deployLoadBalancer(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
  model: LoadBalancerModel | null,
): Promise<LoadBalancer | null> {
  const found = (await findLoadBalancers(client, stack)).map(({ resource }) => resource);
  const kept =
    found.find(({ LoadBalancerName }) => LoadBalancerName === model?.name) ??
    (model === null ? null : await createLoadBalancer(client, stack, model));
  for (const { LoadBalancerArn } of found)
    if (LoadBalancerArn !== kept?.LoadBalancerArn)
      await client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  return kept;
}

export async function deployListeners(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
  loadBalancer: LoadBalancer,
  { model, arns }: { readonly model: StackModel; readonly arns: TargetGroupArns },
): Promise<void> {
  const { LoadBalancerArn } = loadBalancer;
  const { Listeners = [] } = await client.send(new DescribeListenersCommand({ LoadBalancerArn }));
  for (const wanted of model.listeners) {
    const found = Listeners.find(({ Port }) => Port === wanted.port);
    const arn = await deployListener(client, stack, { loadBalancer, found, wanted, arns });
    const rules = wanted.rules.map(({ conditions, action }, index) => ({
      priority: index + 1,
      conditions,
      actions: sdkActions(action, arns),
    }));
    await deployRules(client, stack, { arn, port: wanted.port }, rules);
  }
  for (const { ListenerArn, Port } of Listeners)
    if (model.listeners.every(({ port }) => port !== Port))
      await client.send(new DeleteListenerCommand({ ListenerArn }));
}

async function createLoadBalancer(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
  { name, scheme, subnets, securityGroups }: LoadBalancerModel,
): Promise<LoadBalancer> {
  const { LoadBalancers } = await client.send(
    new CreateLoadBalancerCommand({
      Name: name,
      Type: 'application',
      Scheme: scheme,
      Subnets: [...subnets],
      SecurityGroups: [...securityGroups],
      Tags: trackingTags(stack, LOAD_BALANCER),
    }),
  );
  const [made] = LoadBalancers ?? [];
  if (made === undefined) throw new Error(`no load balancer was made [name=${name}]`);
  return made;
}

async function deployListener(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
  listener: {
    readonly loadBalancer: LoadBalancer;
    readonly found: Listener | undefined;
    readonly wanted: ListenerModel;
    readonly arns: TargetGroupArns;
  },
): Promise<string> {
  const { loadBalancer, found, wanted, arns } = listener;
  const DefaultActions = sdkActions(wanted.defaultAction, arns);
  if (found?.ListenerArn !== undefined) {
    const { ListenerArn } = found;
    if (!areSameActions(DefaultActions, found.DefaultActions ?? []))
      await client.send(new ModifyListenerCommand({ ListenerArn, DefaultActions }));
    return ListenerArn;
  }
  const { Listeners } = await client.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancer.LoadBalancerArn,
      Port: wanted.port,
      Protocol: 'HTTP',
      DefaultActions,
      Tags: trackingTags(stack, String(wanted.port)),
    }),
  );
  const arn = Listeners?.[0]?.ListenerArn;
  if (arn === undefined) throw new Error(`no listener was made [port=${String(wanted.port)}]`);
  return arn;
}
