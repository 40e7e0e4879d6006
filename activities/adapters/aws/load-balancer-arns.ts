/**
 * The ARNs that are part of others: a rule's ARN holds its listener's and its load balancer's ids. Pure. Source of the
 * formats: "Resource types defined by AWS Elastic Load Balancing V2" (Service Authorization Reference).
 */

/** `…:listener-rule/app/NAME/LB/LISTENER/RULE` → `…:listener/app/NAME/LB/LISTENER` */
export function listenerArnOf(ruleArn: string): string {
  return ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/u, '');
}

/** `…:listener-rule/app/NAME/LB/LISTENER/RULE` → `…:loadbalancer/app/NAME/LB` */
export function loadBalancerArnOf(ruleArn: string): string {
  return ruleArn.replace(':listener-rule/', ':loadbalancer/').replace(/(?:\/[^/]+){2}$/u, '');
}
