/**
 * A route by the Gateway API: an HTTPRoute whose rules send to a backend for blue, and to one for green beside it. It may live on
 * blue or on a cluster in front of both. Called by `traffic.ts`; what several routes must keep is in `gateway-rules.ts`.
 */
import { z } from 'zod';
import { clusterName, count, label, text } from './fields.ts';
import { namespacedNameField, routeIdField, targetGroupField } from './route-fields.ts';

export const httpRouteField = namespacedNameField('an HTTPRoute');

export const heldByField = clusterName();

/** Object names that the Gateway API takes: DNS subdomains, 253 characters (`ObjectName`, `Group`). */
const objectName = text(
  /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
  253,
  'an object name: lower-case letters, digits, hyphens and dots, at most 253',
);
const group = text(
  /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)?$/,
  253,
  'an API group, such as multicluster.x-k8s.io, or "" for the core group',
);
/** `Kind` of the Gateway API. */
const kind = text(
  /^[a-zA-Z](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/,
  63,
  'a kind, such as Service or ServiceImport',
);

/** A backendRef as the HTTPRoute has it, without weight and filters. */
export const backendField = z.strictObject({
  group: group.default('').describe('API group of the backend. Default: the core group.'),
  kind: kind
    .default('Service')
    .describe('Kind of the backend: Service, ServiceImport, TargetGroupName, …'),
  name: objectName.describe('Name of the backend.'),
  namespace: label('a namespace')
    .exactOptional()
    .describe('Namespace of the backend. Default: that of the HTTPRoute.'),
  port: count(1, 65_535)
    .exactOptional()
    .describe('Port of the backend; the Gateway API wants one for a Service.'),
});

const colour = (which: string) =>
  z.strictObject({
    backend: backendField.describe(`The backendRef that leads to ${which}.`),
    targetGroup: targetGroupField.describe(
      `ARN of the ELBv2 target group behind that backend, whose health tells whether ${which} is able.`,
    ),
  });

export const gateway = z
  .strictObject({
    id: routeIdField.describe('Name of the route in this plan, unique over all groups.'),
    with: z
      .literal('gateway')
      .describe('An HTTPRoute of the Gateway API (gateway.networking.k8s.io/v1).'),
    httpRoute: httpRouteField.describe(
      'The HTTPRoute, as `namespace/name`. All its rules that send to blue’s backend get the weights.',
    ),
    cluster: heldByField
      .exactOptional()
      .describe(
        'Name of the EKS cluster that holds the HTTPRoute, reached with spec.access.hub. Default: blue, and then the front door goes with blue.',
      ),
    blue: colour('blue').describe('Where the rules lead now.'),
    green: colour('green').describe('Where they are to lead; attached by the migration.'),
    requests: label('a source name')
      .exactOptional()
      .describe(
        'Source with cloudwatch or prometheus whose requests are counted at the pods, per cluster, and come by this route alone. Without it nothing can tell whether users follow the weights, and a person is asked at every step.',
      ),
  })
  .transform(({ httpRoute: written, cluster, blue, green, ...rest }) => {
    const [namespace = '', httpRoute = ''] = written.split('/');
    return {
      ...rest,
      namespace,
      httpRoute,
      ...(cluster === undefined ? {} : { heldByCluster: cluster }),
      blueBackend: blue.backend,
      greenBackend: green.backend,
      blueTargetGroupArn: blue.targetGroup,
      greenTargetGroupArn: green.targetGroup,
    };
  });
