/** The kinds of objects that EKS puts into clusters, and what it reads of workloads. */
import { z } from 'zod';
import {
  defineResource,
  metadataSchema,
  untypedResource,
  type KubernetesObject,
  type Resource,
} from '../../kubernetes/kubernetes-object.ts';
import type { WorkloadHealth, WorkloadRef } from './cluster-backend.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';

const RESOURCES: Readonly<Record<string, Resource<KubernetesObject>>> = {
  ServiceAccount: untypedResource({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    plural: 'serviceaccounts',
  }),
  ConfigMap: untypedResource({ apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' }),
  Service: untypedResource({ apiVersion: 'v1', kind: 'Service', plural: 'services' }),
  Deployment: untypedResource({ apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' }),
  DaemonSet: untypedResource({ apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets' }),
  ClusterRole: untypedResource({
    apiVersion: RBAC,
    kind: 'ClusterRole',
    plural: 'clusterroles',
    namespaced: false,
  }),
  ClusterRoleBinding: untypedResource({
    apiVersion: RBAC,
    kind: 'ClusterRoleBinding',
    plural: 'clusterrolebindings',
    namespaced: false,
  }),
  RoleBinding: untypedResource({ apiVersion: RBAC, kind: 'RoleBinding', plural: 'rolebindings' }),
};

/** @throws Error for kinds EKS does not make. */
export function resourceOf(kind: string): Resource<KubernetesObject> {
  const resource = RESOURCES[kind];
  if (resource === undefined) throw new Error(`EKS makes no such object [kind=${kind}]`);
  return resource;
}

type Workload = KubernetesObject & { readonly pods: WorkloadHealth };

const generation = z.number().default(0);

/** Pods count only when the controller has seen the present specification and has replaced the old ones. */
const deploymentSchema = z
  .looseObject({
    metadata: metadataSchema.extend({ generation }),
    spec: z.looseObject({ replicas: z.number().default(1) }),
    status: z
      .looseObject({
        observedGeneration: generation,
        availableReplicas: generation,
        updatedReplicas: generation,
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }): Workload => {
    const seen = status.observedGeneration >= metadata.generation;
    const available = seen ? Math.min(status.availableReplicas, status.updatedReplicas) : 0;
    return { metadata, pods: { desired: spec.replicas, available } };
  });

const daemonSetSchema = z
  .looseObject({
    metadata: metadataSchema.extend({ generation }),
    status: z
      .looseObject({
        observedGeneration: generation,
        desiredNumberScheduled: generation,
        numberAvailable: generation,
        updatedNumberScheduled: generation,
      })
      .prefault({}),
  })
  .transform(({ metadata, status }): Workload => {
    const seen = status.observedGeneration >= metadata.generation;
    const desired = status.desiredNumberScheduled;
    if (!seen) return { metadata, pods: { desired: Math.max(1, desired), available: 0 } };
    return {
      metadata,
      pods: { desired, available: Math.min(status.numberAvailable, status.updatedNumberScheduled) },
    };
  });

export const workloadPods: Readonly<Record<WorkloadRef['kind'], Resource<Workload>>> = {
  Deployment: defineResource({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    plural: 'deployments',
    schema: deploymentSchema,
  }),
  DaemonSet: defineResource({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    plural: 'daemonsets',
    schema: daemonSetSchema,
  }),
};
