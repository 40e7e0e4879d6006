import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type Action,
  type ModifyListenerCommandInput,
  type ModifyRuleCommandInput,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import type { RouteRef } from '#activities/ports/traffic-router.ts';
import type { AwsClients } from './aws-clients.ts';
import { isListenerArn, listenerArnOf } from './load-balancer-arns.ts';

/**
 * One rule of a load balancer, read and written; a listener's default rule too, which has a write of its own. A Network Load
 * Balancer has no rules, only listeners: its listener is the default rule that it does not name.
 */

/** What writing to a rule needs of a route, whoever owns the rule. */
export type RuleRoute = Pick<
  RouteRef,
  'access' | 'id' | 'blueTargetGroupArn' | 'greenTargetGroupArn'
> & { readonly ruleArn: string };

export async function readRule(
  clients: AwsClients,
  route: RuleRoute,
  signal: AbortSignal,
): Promise<Rule> {
  if (isListenerArn(route.ruleArn)) return readListener(clients, route, signal);
  const { Rules } = await clients
    .elb(route.access)
    .read.send(new DescribeRulesCommand({ RuleArns: [route.ruleArn] }), { abortSignal: signal });
  const [rule] = Rules ?? [];
  if (rule === undefined)
    throw new CutoverFailure('not-found', 'there is no such rule', { resource: route.ruleArn });
  return rule;
}

/** Replaces all actions of the rule; conditions, transforms and priority stay. */
export async function writeActions(
  clients: AwsClients,
  route: RuleRoute,
  rule: Rule,
  actions: Action[],
  signal: AbortSignal,
): Promise<void> {
  const { write } = clients.elb(route.access);
  const options = { abortSignal: signal };
  const { operation, input } = writeOf(route, rule, actions);
  if (operation === 'ModifyListener') await write.send(new ModifyListenerCommand(input), options);
  else await write.send(new ModifyRuleCommand(input), options);
}

/** The write that gives the rule these actions: a listener's default rule has one of its own. */
export function writeOf(
  { ruleArn }: Pick<RuleRoute, 'ruleArn'>,
  rule: Pick<Rule, 'IsDefault'>,
  actions: Action[],
):
  | { readonly operation: 'ModifyRule'; readonly input: ModifyRuleCommandInput }
  | { readonly operation: 'ModifyListener'; readonly input: ModifyListenerCommandInput } {
  return rule.IsDefault === true
    ? {
        operation: 'ModifyListener',
        input: { ListenerArn: listenerArnOf(ruleArn), DefaultActions: actions },
      }
    : { operation: 'ModifyRule', input: { RuleArn: ruleArn, Actions: actions } };
}

async function readListener(
  clients: AwsClients,
  route: RuleRoute,
  signal: AbortSignal,
): Promise<Rule> {
  const ListenerArns = [route.ruleArn];
  const { Listeners } = await clients
    .elb(route.access)
    .read.send(new DescribeListenersCommand({ ListenerArns }), { abortSignal: signal });
  const [listener] = Listeners ?? [];
  if (listener === undefined)
    throw new CutoverFailure('not-found', 'there is no such listener', { resource: route.ruleArn });
  return { RuleArn: route.ruleArn, IsDefault: true, Actions: listener.DefaultActions };
}
