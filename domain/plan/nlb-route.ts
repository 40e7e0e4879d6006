/**
 * A route on a Network Load Balancer: one listener, whose default action is weighted. Called by `traffic.ts`; that `flows` names
 * a source that can count is checked in `route-rules.ts`.
 */
import { z } from 'zod';
import { NETWORK_LISTENER_ARN_PATTERN } from './arns.ts';
import { label, text } from './fields.ts';
import { routeIdField, targetGroupField } from './route-fields.ts';

export const listenerField = text(
  NETWORK_LISTENER_ARN_PATTERN,
  300,
  'the ARN of a listener of a Network Load Balancer (arn:…:listener/net/…)',
);

export const nlb = z
  .strictObject({
    id: routeIdField.describe('Name of the route in this plan, unique over all groups.'),
    with: z
      .literal('nlb')
      .describe(
        'A listener of a Network Load Balancer; weights steer new connections, open ones stay.',
      ),
    listener: listenerField.describe('ARN of the listener whose default action is weighted.'),
    blue: targetGroupField.describe('ARN of blue’s target group.'),
    green: targetGroupField.describe('ARN of green’s target group.'),
    flows: label('a source name')
      .exactOptional()
      .describe(
        'Source with cloudwatch whose `requests` metric counts new connections at the pods, per cluster. Without it nothing can tell whether connections follow the weights, and a person is asked at every step.',
      ),
  })
  .transform(({ listener, blue, green, ...rest }) => ({
    ...rest,
    listenerArn: listener,
    blueTargetGroupArn: blue,
    greenTargetGroupArn: green,
  }));
