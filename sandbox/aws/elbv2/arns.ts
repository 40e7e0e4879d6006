/** How Elastic Load Balancing names its resources, and what the parts of those names say. */

export interface ArnPlace {
  readonly region: string;
  readonly accountId: string;
}

const arn = ({ region, accountId }: ArnPlace, resource: string): string =>
  `arn:aws:elasticloadbalancing:${region}:${accountId}:${resource}`;

/** @param kind `app` for Application, `net` for Network Load Balancers */
export const loadBalancerArn = (
  place: ArnPlace,
  name: string,
  id: string,
  kind: 'app' | 'net' = 'app',
): string => arn(place, `loadbalancer/${kind}/${name}/${id}`);

export const targetGroupArn = (place: ArnPlace, name: string, id: string): string =>
  arn(place, `targetgroup/${name}/${id}`);

/** `…:loadbalancer/app/NAME/ID` gives `…:listener/app/NAME/ID/LISTENER`; of `net` likewise. */
export const listenerArn = (ofLoadBalancer: string, id: string): string =>
  `${ofLoadBalancer.replace(':loadbalancer/', ':listener/')}/${id}`;

/** `…:listener/app/NAME/ID/LISTENER` gives `…:listener-rule/app/NAME/ID/LISTENER/RULE`. */
export const ruleArn = (ofListener: string, id: string): string =>
  `${ofListener.replace(':listener/', ':listener-rule/')}/${id}`;

/**
 * The end of an ARN as CloudWatch's dimensions have it: `app/NAME/ID` or `net/NAME/ID` of a load balancer, `targetgroup/NAME/ID` of a target group.
 * Source: docs elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function metricDimension(ofArn: string): string {
  const resource = ofArn.split(':').at(-1) ?? '';
  return resource.replace(/^loadbalancer\//, '');
}
