import type { ObjectKind } from '#activities/ports/kubernetes.ts';

/** What the Ingress adapters read and write on blue. */
export const INGRESSES: ObjectKind = { apiVersion: 'networking.k8s.io/v1', plural: 'ingresses' };
export const INGRESS_CLASSES: ObjectKind = {
  apiVersion: 'networking.k8s.io/v1',
  plural: 'ingressclasses',
};
export const SERVICES: ObjectKind = { apiVersion: 'v1', plural: 'services' };
export const TARGET_GROUP_BINDINGS: ObjectKind = {
  apiVersion: 'elbv2.k8s.aws/v1beta1',
  plural: 'targetgroupbindings',
};
