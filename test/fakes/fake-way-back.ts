/** The way back of a rule in memory, as the calls of a capsule, and the hand that sends such calls literally. */
import type { CapsuleCalls } from '#activities/ports/capsules.ts';
import type { CapsuleCall, WayBack } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { isFields } from '#domain/json/json-fields.ts';
import type { Json } from '#domain/json/json-value.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import type { FakeLoadBalancer } from './fake-load-balancer.ts';
import type { FakeAction, FakeRule } from './fake-rule.ts';

export function fakeWayBack(rule: FakeRule, blueTargetGroupArn: string): WayBack {
  const arn = nameOfPlace(rule.place);
  const before = rule.actions.slice(0, -1).map(({ type, order }) => ({ Type: type, Order: order }));
  const toBlue = {
    Type: 'forward',
    Order: rule.actions.at(-1)?.order ?? 1,
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: blueTargetGroupArn, Weight: 1 }] },
  };
  const Actions = [...before, toBlue];
  const service = 'elasticloadbalancing';
  return {
    calls: [{ service, operation: 'ModifyRule', input: { RuleArn: arn, Actions } }],
    readBack: [
      {
        ask: { service, operation: 'DescribeRules', input: { RuleArns: [arn] } },
        accept: [{ Rules: [{ Actions }] }],
      },
    ],
  };
}

/** Knows the two calls that {@link fakeWayBack} makes, for places of all kinds. */
export function fakeCapsuleCalls(loadBalancer: FakeLoadBalancer): CapsuleCalls {
  return {
    send: async (call) => {
      const rule = ruleOf(loadBalancer, call);
      if (call.service === 'elasticloadbalancing' && call.operation === 'ModifyRule')
        loadBalancer.replaceActions(rule, actionsOf(call.input['Actions']));
      return {
        Rules: [{ RuleArn: nameOfPlace(rule.place), Actions: rule.actions.map(asAnswered) }],
      };
    },
  };
}

function ruleOf(loadBalancer: FakeLoadBalancer, call: CapsuleCall): FakeRule {
  const text = JSON.stringify(call);
  const rule = loadBalancer.rules.find(({ place }) => text.includes(nameOfPlace(place)));
  if (rule !== undefined) return rule;
  throw new CutoverFailure('not-found', 'no such rule', { resource: text });
}

function actionsOf(value: unknown): readonly FakeAction[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter(isFields).map((action) => {
    const config = isFields(action['ForwardConfig']) ? action['ForwardConfig'] : {};
    const groups: readonly unknown[] = Array.isArray(config['TargetGroups'])
      ? config['TargetGroups']
      : [];
    const targetGroups = groups.filter(isFields).map((group) => ({
      arn: String(group['TargetGroupArn']),
      weight: Number(group['Weight']),
    }));
    return {
      type: String(action['Type']),
      order: Number(action['Order']),
      ...(targetGroups.length === 0 ? {} : { targetGroups }),
    };
  });
}

function asAnswered({ type, order, targetGroups }: FakeAction): Json {
  const TargetGroups = (targetGroups ?? []).map(({ arn, weight }) => ({
    TargetGroupArn: arn,
    Weight: weight,
  }));
  return { Type: type, Order: order, ForwardConfig: { TargetGroups } };
}
