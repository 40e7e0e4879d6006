import type { ObjectKind } from './ports/kubernetes.ts';

/** Kinds that activities ask for by name; those that are only copied are in `domain/workloads/workload-copy.ts`. */
export const NAMESPACES: ObjectKind = { apiVersion: 'v1', plural: 'namespaces' };
export const NODES: ObjectKind = { apiVersion: 'v1', plural: 'nodes' };
export const PODS: ObjectKind = { apiVersion: 'v1', plural: 'pods' };
export const SERVICE_ACCOUNTS: ObjectKind = { apiVersion: 'v1', plural: 'serviceaccounts' };
export const DEPLOYMENTS: ObjectKind = { apiVersion: 'apps/v1', plural: 'deployments' };
export const DAEMON_SETS: ObjectKind = { apiVersion: 'apps/v1', plural: 'daemonsets' };
export const CONFIG_MAPS: ObjectKind = { apiVersion: 'v1', plural: 'configmaps' };
export const STATEFUL_SETS: ObjectKind = { apiVersion: 'apps/v1', plural: 'statefulsets' };
export const LEASES: ObjectKind = { apiVersion: 'coordination.k8s.io/v1', plural: 'leases' };
export const CRON_JOBS: ObjectKind = { apiVersion: 'batch/v1', plural: 'cronjobs' };
export const JOBS: ObjectKind = { apiVersion: 'batch/v1', plural: 'jobs' };
export const SERVICES: ObjectKind = { apiVersion: 'v1', plural: 'services' };
export const EVENTS: ObjectKind = { apiVersion: 'v1', plural: 'events' };
export const VOLUME_CLAIMS: ObjectKind = { apiVersion: 'v1', plural: 'persistentvolumeclaims' };
export const VOLUMES: ObjectKind = { apiVersion: 'v1', plural: 'persistentvolumes' };
export const STORAGE_CLASSES: ObjectKind = {
  apiVersion: 'storage.k8s.io/v1',
  plural: 'storageclasses',
};
export const API_SERVICES: ObjectKind = {
  apiVersion: 'apiregistration.k8s.io/v1',
  plural: 'apiservices',
};
export const CUSTOM_RESOURCE_DEFINITIONS: ObjectKind = {
  apiVersion: 'apiextensions.k8s.io/v1',
  plural: 'customresourcedefinitions',
};
export const HORIZONTAL_POD_AUTOSCALERS: ObjectKind = {
  apiVersion: 'autoscaling/v2',
  plural: 'horizontalpodautoscalers',
};
export const ENDPOINT_SLICES: ObjectKind = {
  apiVersion: 'discovery.k8s.io/v1',
  plural: 'endpointslices',
};
export const TARGET_GROUP_BINDINGS: ObjectKind = {
  apiVersion: 'elbv2.k8s.aws/v1beta1',
  plural: 'targetgroupbindings',
};
/** KEDA's; unknown to clusters without it, and then there are none. */
export const SCALED_OBJECTS: ObjectKind = {
  apiVersion: 'keda.sh/v1alpha1',
  plural: 'scaledobjects',
};
/** Flagger's, where it is installed. */
export const CANARIES: ObjectKind = { apiVersion: 'flagger.app/v1beta1', plural: 'canaries' };
/** The VPC CNI's: where pods of a zone get their addresses, when not from the node's own subnet. */
export const ENI_CONFIGS: ObjectKind = {
  apiVersion: 'crd.k8s.amazonaws.com/v1alpha1',
  plural: 'eniconfigs',
};
