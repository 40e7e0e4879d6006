import type { ObjectKind } from '#activities/ports/kubernetes.ts';

/** What the gateway adapters read and write. Source: Gateway API v1.6, standard channel. */
export const HTTP_ROUTES: ObjectKind = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  plural: 'httproutes',
};
export const GATEWAYS: ObjectKind = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  plural: 'gateways',
};
/** Of the AWS Load Balancer Controller: what an HTTPRoute itself cannot say of a rule, stickiness among it. */
export const LISTENER_RULE_CONFIGURATIONS: ObjectKind = {
  apiVersion: 'gateway.k8s.aws/v1beta1',
  plural: 'listenerruleconfigurations',
};
