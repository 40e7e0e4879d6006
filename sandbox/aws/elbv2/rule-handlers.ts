/**
 * Rules of listeners: created at a free priority, changed as a whole list of actions or conditions, deleted, and reordered
 * in one atomic step. Each change reaches the data plane's nodes in their own time.
 * Source: docs elasticloadbalancing/latest/APIReference/API_CreateRule.html, API_ModifyRule.html, API_SetRulePriorities.html
 */
import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  Rule,
  RulePriorityPair,
  RuleTransform,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { ruleArn } from './arns.ts';
import type { Elbv2State, RuleRecord } from './elbv2-state.ts';
import type { Elbv2World } from './elbv2-world.ts';
import { pageOf } from './pages.ts';
import { checkedActions } from './rule-actions.ts';
import { checkedConditions } from './rule-conditions.ts';
import { checkedTags } from './tag-handlers.ts';

/** Quota "Rules per Application Load Balancer", default rules not counted. */
const RULES_PER_LOAD_BALANCER = 100;

export function ruleHandlers(world: Elbv2World): OperationHandlers<typeof sdk> {
  const { state } = world;

  return {
    CreateRule: (input, call) => {
      world.takeMutation(call);
      refuseTransforms(input.Transforms);
      const listener = state.listener(input.ListenerArn);
      if (listener.protocol !== 'HTTP') {
        const what = 'Rules are not supported for listeners of Network Load Balancers';
        throw new AwsError('OperationNotPermittedException', what);
      }
      const priority = checkedPriority(input.Priority);
      const conditions = checkedConditions(input.Conditions);
      const actions = checkedActions(state, listener.loadBalancerArn, input.Actions);
      const tags = checkedTags(input.Tags);
      if (state.rulesOf(listener.arn).some((rule) => rule.priority === priority)) {
        throw priorityInUse(priority);
      }
      if (rulesOfLoadBalancer(state, listener.loadBalancerArn) >= RULES_PER_LOAD_BALANCER) {
        const what = 'You have reached the maximum number of rules on the load balancer';
        throw new AwsError('TooManyRulesException', what);
      }
      const arn = ruleArn(listener.arn, world.nextId());
      const record = { arn, listenerArn: listener.arn, priority, conditions, actions };
      state.rules.set(arn, record);
      state.tags.set(arn, tags);
      world.pushRouting(listener.loadBalancerArn);
      return { Rules: [described(record)] };
    },

    DescribeRules: ({ ListenerArn, RuleArns, ...page }) => {
      if ((ListenerArn === undefined) === (RuleArns === undefined)) {
        throw new AwsError('ValidationError', 'Either a listener or rules must be specified');
      }
      const records =
        RuleArns?.map((arn) => state.rule(arn)) ?? state.rulesOf(state.listener(ListenerArn).arn);
      const { items, next } = pageOf(records, page);
      return { Rules: items.map(described), NextMarker: next };
    },

    ModifyRule: (input, call) => {
      world.takeMutation(call);
      refuseTransforms(input.Transforms);
      const record = state.rule(input.RuleArn);
      if (record.priority === 'default') throw notForDefault(record.arn, 'modified');
      if (input.Actions === undefined && input.Conditions === undefined) {
        throw new AwsError('ValidationError', 'Actions or conditions must be specified');
      }
      const { loadBalancerArn } = state.listener(record.listenerArn);
      const changed: RuleRecord = {
        ...record,
        ...(input.Actions === undefined
          ? {}
          : { actions: checkedActions(state, loadBalancerArn, input.Actions) }),
        ...(input.Conditions === undefined
          ? {}
          : { conditions: checkedConditions(input.Conditions) }),
      };
      state.rules.set(record.arn, changed);
      world.pushRouting(loadBalancerArn);
      return { Rules: [described(changed)] };
    },

    DeleteRule: ({ RuleArn }, call) => {
      world.takeMutation(call);
      const record = state.rule(RuleArn);
      if (record.priority === 'default') throw notForDefault(record.arn, 'deleted');
      state.rules.delete(record.arn);
      state.tags.delete(record.arn);
      world.pushRouting(state.listener(record.listenerArn).loadBalancerArn);
      return {};
    },

    SetRulePriorities: ({ RulePriorities = [] }, call) => {
      world.takeMutation(call);
      const changed = reordered(state, RulePriorities);
      for (const rule of changed) state.rules.set(rule.arn, rule);
      const [first] = changed;
      if (first !== undefined) world.pushRouting(state.listener(first.listenerArn).loadBalancerArn);
      return { Rules: changed.map(described) };
    },
  };
}

/** All or nothing: every priority must be free once the whole set has moved. */
function reordered(state: Elbv2State, pairs: readonly RulePriorityPair[]): readonly RuleRecord[] {
  const changed = pairs.map(({ RuleArn, Priority }) => {
    const rule = state.rule(RuleArn);
    if (rule.priority === 'default') throw notForDefault(rule.arn, 'reordered');
    return { ...rule, priority: checkedPriority(Priority) };
  });
  const [first] = changed;
  if (first === undefined) throw new AwsError('ValidationError', 'Rules must be specified');
  if (changed.some((rule) => rule.listenerArn !== first.listenerArn)) {
    throw new AwsError('ValidationError', 'All rules must belong to the same listener');
  }
  const moved = new Map(changed.map((rule) => [rule.arn, rule]));
  const after = state.rulesOf(first.listenerArn).map((rule) => moved.get(rule.arn) ?? rule);
  const taken = new Set<number | 'default'>();
  for (const { priority } of after) {
    if (taken.has(priority)) throw priorityInUse(priority);
    taken.add(priority);
  }
  return changed;
}

function rulesOfLoadBalancer(state: Elbv2State, loadBalancerArn: string): number {
  return state
    .listenersOf(loadBalancerArn)
    .flatMap(({ arn }) => state.rulesOf(arn))
    .filter(({ priority }) => priority !== 'default').length;
}

function described({ arn, priority, conditions, actions }: RuleRecord): Rule {
  return {
    RuleArn: arn,
    Priority: String(priority),
    Conditions: [...conditions],
    Actions: [...actions],
    IsDefault: priority === 'default',
    Transforms: [],
  };
}

/** Doing without them silently would serve other requests than AWS would. */
function refuseTransforms(transforms: readonly RuleTransform[] = []): void {
  if (transforms.length === 0) return;
  throw new AwsError('NotImplementedException', 'transforms are not emulated', { httpStatus: 501 });
}

function checkedPriority(priority: number | undefined): number {
  if (priority === undefined || priority < 1 || priority > 50_000) {
    throw new AwsError('ValidationError', 'Priority must be between 1 and 50000');
  }
  return priority;
}

const priorityInUse = (priority: number | 'default'): AwsError =>
  new AwsError('PriorityInUseException', `Priority '${priority}' is currently in use`);

const notForDefault = (arn: string, verb: string): AwsError =>
  new AwsError('OperationNotPermittedException', `Default rule '${arn}' cannot be ${verb}`);
