import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElbCall, WayBack } from '#domain/capsule/capsule.ts';
import { jsonFieldsOf, type JsonFields } from '#domain/json/json-value.ts';
import { writeOf, type RuleRoute } from './alb-rules.ts';
import { forwardToBlueAlone, withEnd } from './forward-action.ts';
import { isListenerArn } from './load-balancer-arns.ts';

/**
 * The way back of a rule, or of a listener that has none, as literal calls: blue alone and no session held, so that the call
 * needs one target group to exist and nothing of what the rule looks like when it is sent. What comes before the forward (a
 * login) is kept: a way back that took a login off would be an open door.
 */
export function ruleWayBack(route: RuleRoute, rule: Rule): WayBack {
  const actions = withEnd(rule.Actions ?? [], forwardToBlueAlone(route));
  const { operation, input } = writeOf(route, rule, actions);
  const service = 'elasticloadbalancing';
  const before = actions.slice(0, -1).map(({ Type }) => ({ Type: Type ?? '' }));
  const { ask, answered } = readOf(route);
  return {
    calls: [{ service, operation, input: jsonFieldsOf(input) }],
    readBack: [{ ask, accept: onBlue(route).map((end) => answered([...before, end])) }],
  };
}

/** The question for the rule's actions, and the answer that has these. */
function readOf({ ruleArn }: Pick<RuleRoute, 'ruleArn'>): {
  readonly ask: ElbCall;
  readonly answered: (actions: readonly JsonFields[]) => JsonFields;
} {
  const service = 'elasticloadbalancing';
  return isListenerArn(ruleArn)
    ? {
        ask: { service, operation: 'DescribeListeners', input: { ListenerArns: [ruleArn] } },
        answered: (actions) => ({ Listeners: [{ DefaultActions: actions }] }),
      }
    : {
        ask: { service, operation: 'DescribeRules', input: { RuleArns: [ruleArn] } },
        answered: (actions) => ({ Rules: [{ Actions: actions }] }),
      };
}

/**
 * Answers that say "no user goes to green": blue alone, which ELBv2 answers in both ways or in the short one only, or green at
 * weight 0 where no session is held.
 */
function onBlue({ blueTargetGroupArn, greenTargetGroupArn }: RuleRoute): readonly JsonFields[] {
  const Type: Action['Type'] = 'forward';
  const blue = { TargetGroupArn: blueTargetGroupArn };
  const idle = { TargetGroupArn: greenTargetGroupArn, Weight: 0 };
  const TargetGroupStickinessConfig = { Enabled: false };
  return [
    { Type, ForwardConfig: { TargetGroups: [blue] } },
    { Type, ...blue },
    { Type, ForwardConfig: { TargetGroups: [blue, idle], TargetGroupStickinessConfig } },
    { Type, ForwardConfig: { TargetGroups: [idle, blue], TargetGroupStickinessConfig } },
  ];
}
