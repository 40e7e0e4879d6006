/**
 * The actions of a rule or listener: checked as AWS checks them, and brought into the form in which AWS describes them. A
 * forward to one group may come as `TargetGroupArn`, as `ForwardConfig` or as both; it is described as both. Weights are
 * 0–999, 1 where none is given. Source: docs elasticloadbalancing/latest/APIReference/API_Action.html, API_ForwardActionConfig.html,
 * application/load-balancer-limits.html
 */
import type {
  Action,
  TargetGroupStickinessConfig,
  TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../core/aws-error.ts';
import { targetGroupArnsOf, type Elbv2State, type TargetGroupRecord } from './elbv2-state.ts';

/** Fixed quota "Target groups per action" and "Target groups per Application Load Balancer". */
const TARGET_GROUPS_PER_ACTION = 5;
const TARGET_GROUPS_PER_LOAD_BALANCER = 100;
const LAST_ACTIONS: readonly string[] = ['forward', 'redirect', 'fixed-response'];

/** @throws AwsError with the code AWS gives for what is wrong. */
export function checkedActions(
  state: Elbv2State,
  loadBalancerArn: string,
  actions: readonly Action[] | undefined,
): readonly Action[] {
  if (actions === undefined || actions.length === 0) throw invalid('An action must be specified');
  const ordered = inOrder(actions);
  const last = ordered.at(-1);
  const ending = ordered.filter(({ Type }) => LAST_ACTIONS.includes(Type ?? ''));
  if (ending.length !== 1 || ending[0] !== last) {
    throw new AwsError(
      'InvalidLoadBalancerActionException',
      'Exactly one forward, redirect or fixed-response action is needed, and it must be the last',
    );
  }
  const described = ordered.map((action) =>
    action.Type === 'forward' ? describedForward(action) : action,
  );
  const { Type } = state.loadBalancer(loadBalancerArn).description;
  if (Type === 'network') checkNetworkActions(described);
  checkProtocols(state, Type === 'network' ? 'TCP' : 'HTTP', targetGroupArnsOf(described));
  checkTargetGroups(state, loadBalancerArn, targetGroupArnsOf(described));
  return described;
}

function inOrder(actions: readonly Action[]): readonly Action[] {
  const orders = actions.map(({ Order }) => Order);
  if (actions.length > 1 && (orders.includes(undefined) || new Set(orders).size < orders.length)) {
    throw new AwsError(
      'InvalidLoadBalancerActionException',
      'Each of several actions needs an Order of its own',
    );
  }
  return actions.toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0));
}

function describedForward(action: Action): Action {
  const tuples = action.ForwardConfig?.TargetGroups;
  const single = action.TargetGroupArn;
  if (tuples === undefined && single === undefined) {
    throw invalid('A forward action needs a target group');
  }
  const groups = (tuples ?? [{ TargetGroupArn: single }]).map(describedTuple);
  if (groups.length === 0 || groups.length > TARGET_GROUPS_PER_ACTION) {
    throw invalid(`A forward action can have 1 to ${TARGET_GROUPS_PER_ACTION} target groups`);
  }
  const arns = groups.map(({ TargetGroupArn }) => TargetGroupArn);
  if (new Set(arns).size < arns.length) throw invalid('A target group can be named only once');
  if (single !== undefined && (arns.length > 1 || arns[0] !== single)) {
    throw invalid('TargetGroupArn and ForwardConfig must name the same single target group');
  }
  const only = arns.length === 1 ? arns[0] : undefined;
  return {
    Type: 'forward',
    ...(only === undefined ? {} : { TargetGroupArn: only }),
    ...(action.Order === undefined ? {} : { Order: action.Order }),
    ForwardConfig: {
      TargetGroups: groups,
      TargetGroupStickinessConfig: describedStickiness(
        action.ForwardConfig?.TargetGroupStickinessConfig,
      ),
    },
  };
}

function describedTuple({ TargetGroupArn, Weight = 1 }: TargetGroupTuple): TargetGroupTuple {
  if (TargetGroupArn === undefined) throw invalid('A target group needs an ARN');
  if (!Number.isInteger(Weight) || Weight < 0 || Weight > 999) {
    throw invalid(`Weight ${Weight} of '${TargetGroupArn}' is not between 0 and 999`);
  }
  return { TargetGroupArn, Weight };
}

function describedStickiness(
  config: TargetGroupStickinessConfig | undefined,
): TargetGroupStickinessConfig {
  if (config?.Enabled !== true) return { Enabled: false };
  const { DurationSeconds } = config;
  if (DurationSeconds === undefined || DurationSeconds < 1 || DurationSeconds > 604_800) {
    throw invalid('Target group stickiness needs DurationSeconds between 1 and 604800');
  }
  return { Enabled: true, DurationSeconds };
}

/** A network load balancer does nothing but forward, and keeps no sessions by cookie. */
function checkNetworkActions(actions: readonly Action[]): void {
  const [only] = actions;
  if (actions.length !== 1 || only?.Type !== 'forward') {
    throw new AwsError(
      'InvalidLoadBalancerActionException',
      'A listener of a Network Load Balancer needs exactly one forward action',
    );
  }
  if (only.ForwardConfig?.TargetGroupStickinessConfig?.Enabled === true)
    throw invalid('Target group stickiness is not supported for Network Load Balancers');
}

function checkProtocols(
  state: Elbv2State,
  protocol: TargetGroupRecord['protocol'],
  named: readonly string[],
): void {
  const stranger = named.find((arn) => state.targetGroup(arn).protocol !== protocol);
  if (stranger === undefined) return;
  throw new AwsError(
    'IncompatibleProtocolsException',
    `The protocol of target group '${stranger}' does not fit the listener's`,
  );
}

function checkTargetGroups(
  state: Elbv2State,
  loadBalancerArn: string,
  named: readonly string[],
): void {
  for (const arn of named) {
    state.targetGroup(arn);
    if (state.loadBalancersUsing(arn).some((user) => user !== loadBalancerArn)) {
      throw new AwsError(
        'TargetGroupAssociationLimitException',
        `The following target groups cannot be associated with more than one load balancer: ${arn}`,
      );
    }
  }
  const listeners = state.listenersOf(loadBalancerArn);
  const used = listeners.flatMap(({ arn }) =>
    state.rulesOf(arn).flatMap((rule) => targetGroupArnsOf(rule.actions)),
  );
  if (new Set([...used, ...named]).size > TARGET_GROUPS_PER_LOAD_BALANCER) {
    throw new AwsError(
      'TooManyUniqueTargetGroupsPerLoadBalancerException',
      `You have reached the maximum number of unique target groups on load balancer '${loadBalancerArn}'`,
    );
  }
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);
