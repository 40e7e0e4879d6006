/**
 * The ARNs that are part of others: a rule's ARN holds its listener's and its load balancer's ids. Pure. Source of the
 * formats: "Resource types defined by AWS Elastic Load Balancing V2" (Service Authorization Reference).
 */

export function isListenerArn(arn: string): boolean {
  return arn.includes(':listener/');
}

/** `…:listener-rule/app/NAME/LB/LISTENER/RULE` → `…:listener/app/NAME/LB/LISTENER`; a listener's own ARN stays. */
export function listenerArnOf(arn: string): string {
  if (isListenerArn(arn)) return arn;
  return arn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/u, '');
}

/** `…:listener-rule/app/NAME/LB/LISTENER/RULE`, or its listener's ARN → `…:loadbalancer/app/NAME/LB` */
export function loadBalancerArnOf(arn: string): string {
  return listenerArnOf(arn)
    .replace(':listener/', ':loadbalancer/')
    .replace(/\/[^/]+$/u, '');
}
