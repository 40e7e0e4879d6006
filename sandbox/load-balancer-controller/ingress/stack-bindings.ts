/**
 * One TargetGroupBinding for each target group of a stack, named like it and labelled with the stack; those that the model
 * no longer names are deleted, which takes their pods out.
 * Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/deploy/elbv2/target_group_binding_synthesizer.go
 */
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { targetGroupBindings, type TargetGroupBinding } from '../target-group-binding.ts';
import type { IngressGroup } from './ingress-group.ts';
import type { TargetGroupModel } from './target-group-model.ts';
import type { TargetGroupArns } from './target-groups.ts';

const FIELD_MANAGER = 'controller';

export async function deployBindings(
  client: Pick<AdminClient, 'apply'>,
  group: IngressGroup,
  models: readonly TargetGroupModel[],
  arns: TargetGroupArns,
): Promise<void> {
  for (const { resourceId, name, binding } of models)
    await client.apply(
      targetGroupBindings,
      {
        metadata: { name, namespace: binding.namespace, labels: stackLabels(group) },
        spec: {
          targetGroupARN: arns(resourceId),
          targetType: 'ip',
          serviceRef: { name: binding.serviceName, port: binding.servicePort },
        },
      },
      { fieldManager: FIELD_MANAGER },
    );
}

/** True once none is left that the model does not name. */
export async function deleteOtherBindings(
  client: Pick<AdminClient, 'list' | 'delete'>,
  group: IngressGroup,
  models: readonly TargetGroupModel[],
): Promise<boolean> {
  const { items } = await client.list(targetGroupBindings);
  const others = items.filter(
    (binding) => isOfStack(binding, group) && !models.some((model) => isFor(model, binding)),
  );
  for (const { metadata } of others)
    await client.delete(targetGroupBindings, {
      name: metadata.name,
      namespace: metadata.namespace,
    });
  return others.length === 0;
}

function stackLabels({ id, name }: IngressGroup): Readonly<Record<string, string>> {
  if (name !== null) return { 'ingress.k8s.aws/stack': name };
  const [namespace = '', ingress = ''] = id.split('/');
  return {
    'ingress.k8s.aws/stack-namespace': namespace,
    'ingress.k8s.aws/stack-name': ingress,
  };
}

function isOfStack({ metadata }: TargetGroupBinding, group: IngressGroup): boolean {
  return Object.entries(stackLabels(group)).every(
    ([label, value]) => metadata.labels[label] === value,
  );
}

function isFor(
  { name, binding: { namespace } }: TargetGroupModel,
  { metadata }: TargetGroupBinding,
): boolean {
  return metadata.name === name && metadata.namespace === namespace;
}
