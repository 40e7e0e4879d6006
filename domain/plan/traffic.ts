/**
 * Traffic: the promise about coming back, the groups, their steps and routes.
 * Called by `schema.ts`; the rules that compare routes and steps with each other are in `traffic-rules.ts`.
 */
import { z } from 'zod';
import { patienceSeconds } from '#domain/traffic/patience.ts';
import { LISTENER_RULE_ARN_PATTERN } from './arns.ts';
import { label, listOf, providerError, seconds, text, wholePercent } from './fields.ts';
import { gateway } from './gateway-route.ts';
import { ingress } from './ingress-route.ts';
import { nlb } from './nlb-route.ts';
import { acceptStickyField, routeIdField, targetGroupField } from './route-fields.ts';
import { route53 } from './route53-route.ts';

export const ruleField = text(
  LISTENER_RULE_ARN_PATTERN,
  300,
  'the ARN of an ALB listener rule (arn:…:listener-rule/app/…)',
);

export const groupNameField = label('a group name');

const alb = z
  .strictObject({
    id: routeIdField.describe('Name of the route in this plan, unique over all groups.'),
    with: z
      .literal('alb')
      .describe('A rule of an Application Load Balancer that is owned outside the clusters.'),
    rule: ruleField.describe('ARN of the listener rule whose weights are set.'),
    blue: targetGroupField.describe('ARN of blue’s target group.'),
    green: targetGroupField.describe('ARN of green’s target group.'),
    acceptSticky: acceptStickyField,
  })
  .transform(({ rule, blue, green, ...rest }) => ({
    ...rest,
    ruleArn: rule,
    blueTargetGroupArn: blue,
    greenTargetGroupArn: green,
  }));

const route = z.discriminatedUnion('with', [alb, ingress, nlb, route53, gateway], {
  error: providerError(['alb', 'ingress', 'nlb', 'route53', 'gateway'], []),
});

/** Green's weight in percent at one step. Whole percents: ELBv2's scale of 0–999 says them exactly. */
export const stepField = wholePercent(1, 100);
export const stepsField = listOf(stepField, 'steps', 1, 100).prefault([1, 5, 25, 50, 100]);
export const bakeField = seconds('1s', '30d').prefault('10m');
const bakeAtMostField = seconds('1s', '90d');

const group = z
  .strictObject({
    name: groupNameField.describe('Name of the group, unique in this plan.'),
    steps: stepsField.describe(
      'Green’s weight at each step, in percent: strictly increasing, the last is 100.',
    ),
    bake: bakeField.describe(
      'How long to watch after each step before the next one; at least `analysis.interval`.',
    ),
    bakeAtMost: bakeAtMostField
      .exactOptional()
      .describe(
        'How long one step may wait for enough requests to be proven and judged; then people are asked. Default: six bakes, at least 5m.',
      ),
    routes: listOf(route, 'routes', 1, 250).describe('Weighted places that move together.'),
  })
  .transform(({ bake, bakeAtMost, ...rest }) => ({
    ...rest,
    bakeSeconds: bake,
    bakeAtMostSeconds: bakeAtMost ?? patienceSeconds(bake),
  }));

/** `traffic.promise.rollbackWithin`. */
export const promiseField = seconds('1s', '1h').prefault('60s');

const promise = z
  .strictObject({
    rollbackWithin: promiseField.describe(
      'How soon after the verdict or request all new requests are back on blue.',
    ),
    shedWithin: seconds('0s', '24h')
      .prefault('5m')
      .describe('How soon after that long-lived connections have left green.'),
  })
  .transform(({ rollbackWithin, shedWithin }) => ({
    rollbackWithinSeconds: rollbackWithin,
    shedWithinSeconds: shedWithin,
  }));

export const traffic = z.strictObject({
  promise: promise.prefault({}).describe('What a rollback must keep.'),
  groups: listOf(group, 'groups', 1, 100).describe(
    'Services that must move together; groups move in this order.',
  ),
});
