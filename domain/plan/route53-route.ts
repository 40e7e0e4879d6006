/**
 * A route by DNS: one name, whose weighted records lead to a load balancer of each colour. Called by `traffic.ts`; what several
 * routes and the promise must keep is in `route53-rules.ts`.
 */
import { z } from 'zod';
import { LOAD_BALANCER_ARN_PATTERN } from './arns.ts';
import { text } from './fields.ts';
import { routeIdField, targetGroupField } from './route-fields.ts';

export const loadBalancerField = text(
  LOAD_BALANCER_ARN_PATTERN,
  200,
  'the ARN of a load balancer (arn:…:loadbalancer/app/… or /net/…)',
);

/** Route 53 CreateHostedZone, `Id`: at most 32 characters. */
export const zoneField = text(
  /^Z[0-9A-Z]{5,31}$/,
  32,
  'the id of a hosted zone, such as Z0123456789ABC',
);

/** Labels of letters, digits, hyphens and underscores, the first perhaps `*`; 255 characters in all (RFC 1035). */
export const recordNameField = text(
  /^(?:\*\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z0-9-]{2,63}\.?$/,
  255,
  'a DNS name, such as shop.example.com or *.example.com',
);

const colour = (which: string) =>
  z.strictObject({
    loadBalancer: loadBalancerField.describe(`ARN of the load balancer in front of ${which}.`),
    targetGroup: targetGroupField.describe(
      `ARN of the target group behind it whose health tells whether ${which} is able.`,
    ),
  });

export const route53 = z
  .strictObject({
    id: routeIdField.describe('Name of the route in this plan, unique over all groups.'),
    with: z
      .literal('route53')
      .describe(
        'A DNS name in Route 53; users follow as resolvers and clients forget the old answer.',
      ),
    zone: zoneField.describe('Id of the hosted zone, reached with spec.access.dns.'),
    name: recordNameField.describe('The name that users come by.'),
    type: z
      .enum(['A', 'AAAA', 'CNAME'], { error: 'A, AAAA or CNAME' })
      .default('A')
      .describe('Type of its record; a name with both A and AAAA is two routes.'),
    blue: colour('blue').describe('Where the name leads now.'),
    green: colour('green').describe('Where it is to lead.'),
    takeFromExternalDns: z
      .boolean({ error: 'true or false' })
      .default(false)
      .describe(
        'Whether a name that external-dns owns may be moved: its ownership records are taken away meanwhile and put back by a rollback. Without it such a name is refused.',
      ),
  })
  .transform(({ zone, name, type, blue, green, ...rest }) => ({
    ...rest,
    zoneId: zone,
    recordName: `${name
      .toLowerCase()
      .replace(/\.$/, '')
      .replaceAll('*', String.raw`\052`)}.`,
    recordType: type,
    blueLoadBalancerArn: blue.loadBalancer,
    greenLoadBalancerArn: green.loadBalancer,
    blueTargetGroupArn: blue.targetGroup,
    greenTargetGroupArn: green.targetGroup,
  }));
