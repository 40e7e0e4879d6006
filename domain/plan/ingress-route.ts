/**
 * A route on a load balancer that blue's controller made of an Ingress: one of its backends. Called by `traffic.ts`; that the
 * Ingress's namespace goes to green is checked in `ingress-rules.ts`.
 */
import { z } from 'zod';
import { label } from './fields.ts';
import {
  acceptStickyField,
  namespacedNameField,
  routeIdField,
  targetGroupField,
} from './route-fields.ts';

export const ingressField = namespacedNameField('an Ingress');

export const backendServiceField = label('the name of a service');

export const ingress = z
  .strictObject({
    id: routeIdField.describe('Name of the route in this plan, unique over all groups.'),
    with: z
      .literal('ingress')
      .describe(
        'A service of an Ingress, on the Application Load Balancer that blue’s AWS Load Balancer Controller made of it.',
      ),
    ingress: ingressField.describe('The Ingress on blue, as `namespace/name`.'),
    service: backendServiceField.describe(
      'Name of the backend service in the Ingress whose paths get the weights; blue’s target group and the rules are found by it.',
    ),
    green: targetGroupField.describe('ARN of green’s target group, made outside the clusters.'),
    acceptSticky: acceptStickyField,
  })
  .transform(({ ingress: written, green, ...rest }) => {
    const [namespace = '', name = ''] = written.split('/');
    return { ...rest, namespace, ingress: name, greenTargetGroupArn: green };
  });
