/**
 * From what the API holds to what the data plane serves by: routing tables of load balancers and settings of target groups.
 * Pure. Called whenever a handler has changed something that matters to traffic.
 */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RoutingAction, RoutingTable } from '#sandbox/data-plane/routing-table.ts';
import type { TargetGroupSettings } from '#sandbox/data-plane/target-group-settings.ts';
import { secondsOf } from './attributes.ts';
import type { Elbv2State, RuleRecord, TargetGroupRecord } from './elbv2-state.ts';
import { routingCondition } from './rule-conditions.ts';

export function routingTable(state: Elbv2State, loadBalancerArn: string): RoutingTable {
  const { attributes } = state.loadBalancer(loadBalancerArn);
  return {
    loadBalancerArn,
    idleTimeoutMs: secondsOf(attributes, 'idle_timeout.timeout_seconds') * 1_000,
    listeners: state.listenersOf(loadBalancerArn).map((listener) => ({
      listenerArn: listener.arn,
      rules: state.rulesOf(listener.arn).map((rule) => ({
        ruleArn: rule.arn,
        conditions: rule.conditions.map(routingCondition),
        action: routingAction(rule),
      })),
    })),
  };
}

export function targetGroupSettings(group: TargetGroupRecord): TargetGroupSettings {
  const { port, ...health } = group.health;
  return {
    targetGroupArn: group.arn,
    deregistrationDelaySeconds: secondsOf(group.attributes, 'deregistration_delay.timeout_seconds'),
    healthCheck: { ...health, ...(port === 'traffic-port' ? {} : { port: Number(port) }) },
  };
}

/** What ends the rule; authentication before it is passed through. */
function routingAction({ actions, arn }: RuleRecord): RoutingAction {
  const last = actions.at(-1);
  if (last?.Type === 'forward') return forward(last);
  if (last?.Type === 'fixed-response') {
    return {
      kind: 'fixed-response',
      statusCode: Number(last.FixedResponseConfig?.StatusCode ?? '200'),
      contentType: last.FixedResponseConfig?.ContentType ?? 'text/plain',
      body: last.FixedResponseConfig?.MessageBody ?? '',
    };
  }
  if (last?.Type === 'redirect') {
    const config = last.RedirectConfig;
    return {
      kind: 'redirect',
      statusCode: config?.StatusCode === 'HTTP_301' ? 301 : 302,
      protocol: config?.Protocol ?? '#{protocol}',
      host: config?.Host ?? '#{host}',
      port: config?.Port ?? '#{port}',
      path: config?.Path ?? '/#{path}',
      query: config?.Query ?? '#{query}',
    };
  }
  throw new TypeError(`rule ${arn} was let in without an action that ends it`);
}

function forward({ ForwardConfig }: Action): RoutingAction {
  const sticky = ForwardConfig?.TargetGroupStickinessConfig;
  return {
    kind: 'forward',
    targetGroups: (ForwardConfig?.TargetGroups ?? []).map(
      ({ TargetGroupArn = '', Weight = 1 }) => ({
        targetGroupArn: TargetGroupArn,
        weight: Weight,
      }),
    ),
    ...(sticky?.Enabled === true ? { stickySeconds: sticky.DurationSeconds ?? 1 } : {}),
  };
}
