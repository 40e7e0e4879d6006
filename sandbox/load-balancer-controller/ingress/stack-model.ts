/**
 * What an Ingress group should be in Elastic Load Balancing: one load balancer, its listeners and rules, and a target group
 * for each Service and port that they name. Pure; deployed by deploy-stack.ts.
 * Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/ingress/model_builder.go
 */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  IngressNotServedError,
  jsonOf,
  listenPortsSchema,
  listOf,
  refuseWhatIsNotPlayed,
  textOf,
} from './annotations.ts';
import { backendAction, type ActionModel } from './backend-action.ts';
import type { IngressGroup } from './ingress-group.ts';
import { ingressKey, type Ingress, type IngressBackend } from './ingress-objects.ts';
import { loadBalancerName } from './resource-names.ts';
import { ruleConditions, sortedPaths } from './rule-conditions.ts';
import type { TargetGroupModel, TargetGroupParts } from './target-group-model.ts';

export interface StackModel {
  readonly loadBalancer: LoadBalancerModel;
  readonly listeners: readonly ListenerModel[];
  readonly targetGroups: readonly TargetGroupModel[];
}

export interface LoadBalancerModel {
  readonly name: string;
  readonly scheme: 'internal' | 'internet-facing';
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

export interface ListenerModel {
  readonly port: number;
  readonly defaultAction: ActionModel;
  /** In the order of their priorities, from 1. */
  readonly rules: readonly RuleModel[];
}

interface RuleModel {
  readonly conditions: readonly RuleCondition[];
  readonly action: ActionModel;
}

interface ModelParts extends TargetGroupParts {
  readonly group: IngressGroup;
}

const NOT_FOUND: ActionModel = {
  kind: 'fixed-response',
  statusCode: '404',
  contentType: 'text/plain',
};

/** Null for a group without members: nothing of it shall be left. @throws IngressNotServedError */
export function stackModel(parts: ModelParts): StackModel | null {
  const { clusterName, group } = parts;
  const [first] = group.members;
  if (first === undefined) return null;
  for (const { metadata } of group.members) refuseWhatIsNotPlayed(metadata.annotations);
  const targetGroups = new Map<string, TargetGroupModel>();
  const actionOf = (ingress: Ingress, backend: IngressBackend): ActionModel =>
    backendAction(parts, targetGroups, ingress, backend);

  const rules = group.members.flatMap((ingress) =>
    ingress.spec.rules.flatMap(({ host, http }) =>
      sortedPaths(http?.paths ?? []).map((path) => ({
        conditions: ruleConditions(ingress.metadata.annotations, host, path),
        action: actionOf(ingress, path.backend),
      })),
    ),
  );
  const byDefault = group.members.find(({ spec }) => spec.defaultBackend !== undefined);
  const defaultAction =
    byDefault?.spec.defaultBackend === undefined
      ? NOT_FOUND
      : actionOf(byDefault, byDefault.spec.defaultBackend);
  const { annotations } = first.metadata;
  const scheme =
    textOf(annotations, 'scheme') === 'internet-facing' ? 'internet-facing' : 'internal';
  return {
    loadBalancer: {
      name:
        textOf(annotations, 'load-balancer-name') ?? loadBalancerName(clusterName, group, scheme),
      scheme,
      subnets: required(first, 'subnets'),
      securityGroups: required(first, 'security-groups'),
    },
    listeners: portsOf(group).map((port) => ({ port, defaultAction, rules })),
    targetGroups: [...targetGroups.values()],
  };
}

/** The real controller finds subnets and makes security groups by itself; EC2 is too small here for that. */
function required(ingress: Ingress, suffix: string): readonly string[] {
  const values = listOf(ingress.metadata.annotations, suffix);
  if (values.length > 0) return values;
  throw new IngressNotServedError(
    `${ingressKey(ingress)} must name its ${suffix} for the stand-in`,
  );
}

function portsOf({ members }: IngressGroup): readonly number[] {
  const ports = members.flatMap(({ metadata }) =>
    (jsonOf(metadata.annotations, 'listen-ports', listenPortsSchema) ?? [{ HTTP: 80 }]).map(
      ({ HTTP }) => HTTP,
    ),
  );
  return [...new Set(ports)].toSorted((a, b) => a - b);
}
