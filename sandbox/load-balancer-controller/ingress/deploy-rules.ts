/**
 * Makes a listener's rules those of the model, and no other: rules that are as wanted are only moved, others at a wanted
 * place are rewritten in place, what is missing is created, and whatever is left, foreign rules included, is deleted, last,
 * so that no request falls between. Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0,
 * pkg/deploy/elbv2/listener_rule_synthesizer.go
 */
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  ModifyRuleCommand,
  paginateDescribeRules,
  SetRulePrioritiesCommand,
  type Action,
  type ElasticLoadBalancingV2Client,
  type Rule,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { areSameActions, areSameConditions } from './rule-settings.ts';
import { trackingTags, type StackId } from './tagged-resources.ts';

export interface WantedRule {
  readonly priority: number;
  readonly conditions: readonly RuleCondition[];
  readonly actions: Action[];
}

/** Rules that must make room wait here, at the end. */
const LAST_PRIORITY = 50_000;

export async function deployRules(
  client: ElasticLoadBalancingV2Client,
  stack: StackId,
  listener: { readonly arn: string; readonly port: number },
  wanted: readonly WantedRule[],
): Promise<void> {
  const found = await rulesOf(client, listener.arn);
  const plan = planRules(wanted, found);
  if (plan.moves.length > 0)
    await client.send(new SetRulePrioritiesCommand({ RulePriorities: [...plan.moves] }));
  for (const { arn, rule } of plan.rewrites)
    await client.send(
      new ModifyRuleCommand({
        RuleArn: arn,
        Actions: rule.actions,
        Conditions: [...rule.conditions],
      }),
    );
  for (const rule of plan.missing)
    await client.send(
      new CreateRuleCommand({
        ListenerArn: listener.arn,
        Priority: rule.priority,
        Conditions: [...rule.conditions],
        Actions: rule.actions,
        Tags: trackingTags(stack, `${String(listener.port)}:${String(rule.priority)}`),
      }),
    );
  for (const RuleArn of plan.unwanted) await client.send(new DeleteRuleCommand({ RuleArn }));
}

interface RulesPlan {
  readonly moves: readonly { readonly RuleArn: string; readonly Priority: number }[];
  readonly rewrites: readonly { readonly arn: string; readonly rule: WantedRule }[];
  readonly missing: readonly WantedRule[];
  readonly unwanted: readonly string[];
}

function planRules(wanted: readonly WantedRule[], found: readonly FoundRule[]): RulesPlan {
  const left = new Set(found);
  const take = (fits: (rule: FoundRule) => boolean): FoundRule | undefined => {
    const rule = [...left].find(fits);
    if (rule !== undefined) left.delete(rule);
    return rule;
  };
  const isAsWanted = (rule: WantedRule) => (one: FoundRule) =>
    areSameActions(rule.actions, one.actions) && areSameConditions(rule.conditions, one.conditions);
  const matched = wanted.map((rule) => ({ rule, match: take(isAsWanted(rule)) }));
  const moved = matched.flatMap(({ rule, match }) =>
    match === undefined || match.priority === rule.priority
      ? []
      : [{ RuleArn: match.arn, Priority: rule.priority }],
  );
  const changed = matched.filter(({ match }) => match === undefined).map(({ rule }) => rule);
  const inPlace = changed.map((rule) => ({
    rule,
    match: take(({ priority }) => priority === rule.priority),
  }));
  const used = new Set(moved.map(({ Priority }) => Priority));
  const inTheWay = [...left].filter(({ priority }) => used.has(priority));
  const pushed = inTheWay.map(({ arn }, index) => ({
    RuleArn: arn,
    Priority: LAST_PRIORITY - index,
  }));
  return {
    moves: [...moved, ...pushed],
    rewrites: inPlace.flatMap(({ rule, match }) =>
      match === undefined ? [] : [{ arn: match.arn, rule }],
    ),
    missing: inPlace.filter(({ match }) => match === undefined).map(({ rule }) => rule),
    unwanted: [...left].map(({ arn }) => arn),
  };
}

interface FoundRule {
  readonly arn: string;
  readonly priority: number;
  readonly conditions: readonly RuleCondition[];
  readonly actions: readonly Action[];
}

async function rulesOf(
  client: ElasticLoadBalancingV2Client,
  ListenerArn: string,
): Promise<readonly FoundRule[]> {
  const rules: Rule[] = [];
  for await (const { Rules } of paginateDescribeRules({ client }, { ListenerArn }))
    rules.push(...(Rules ?? []));
  return rules
    .filter(({ IsDefault }) => IsDefault !== true)
    .map(({ RuleArn = '', Priority, Conditions = [], Actions = [] }) => ({
      arn: RuleArn,
      priority: Number(Priority),
      conditions: Conditions,
      actions: Actions,
    }));
}
