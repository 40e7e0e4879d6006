/**
 * Which kinds a cluster serves: those of Kubernetes that a migration touches, and whatever definitions (CRDs) were brought. One
 * version of each; another one of a kind that is known is not served.
 */
import { fieldsOf } from '#domain/json/json-fields.ts';

export interface ServedKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const ADMISSION = 'admissionregistration.k8s.io/v1';

const BUILT_IN: readonly ServedKind[] = [
  of('v1', 'Namespace', 'namespaces', false),
  of('v1', 'Node', 'nodes', false),
  of('v1', 'Pod', 'pods'),
  of('v1', 'Service', 'services'),
  of('v1', 'ServiceAccount', 'serviceaccounts'),
  of('v1', 'ConfigMap', 'configmaps'),
  of('v1', 'Secret', 'secrets'),
  of('v1', 'ResourceQuota', 'resourcequotas'),
  of('v1', 'LimitRange', 'limitranges'),
  of('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  of('v1', 'PersistentVolume', 'persistentvolumes', false),
  of('v1', 'Endpoints', 'endpoints'),
  of('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  of('coordination.k8s.io/v1', 'Lease', 'leases'),
  of('apps/v1', 'Deployment', 'deployments'),
  of('apps/v1', 'DaemonSet', 'daemonsets'),
  of('apps/v1', 'StatefulSet', 'statefulsets'),
  of('batch/v1', 'Job', 'jobs'),
  of('batch/v1', 'CronJob', 'cronjobs'),
  of('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  of('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  of('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  of('networking.k8s.io/v1', 'Ingress', 'ingresses'),
  of('networking.k8s.io/v1', 'IngressClass', 'ingressclasses', false),
  of('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  of('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
  of('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
  of('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', false),
  of('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false),
  of('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', false),
  of(ADMISSION, 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', false),
  of(ADMISSION, 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', false),
  of('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false),
];

export class Kinds {
  /** By name of their definitions. */
  readonly #defined = new Map<string, readonly ServedKind[]>();

  /** Serves what a CustomResourceDefinition says from now on. */
  define(name: string, spec: unknown): void {
    this.#defined.set(name, definedBy(spec));
  }

  undefine(name: string): void {
    this.#defined.delete(name);
  }

  /** Undefined where the path leads nowhere. @param apiVersion as in `apps/v1` */
  served(apiVersion: string, plural: string): ServedKind | undefined {
    return this.#find(apiVersion, (one) => one.plural === plural);
  }

  /** @throws Error for a kind that is not served: only the world's owner names kinds so. */
  ofKind(apiVersion: string, kind: string): ServedKind {
    const found = this.#find(apiVersion, (one) => one.kind === kind);
    if (found === undefined)
      throw new Error(`no such kind is served [apiVersion=${apiVersion}, kind=${kind}]`);
    return found;
  }

  #find(apiVersion: string, fits: (kind: ServedKind) => boolean): ServedKind | undefined {
    return [...BUILT_IN, ...[...this.#defined.values()].flat()].find(
      (kind) => apiVersionOf(kind) === apiVersion && fits(kind),
    );
  }
}

export function apiVersionOf({ group, version }: ServedKind): string {
  return group === '' ? version : `${group}/${version}`;
}

function of(apiVersion: string, kind: string, plural: string, namespaced = true): ServedKind {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return { group, version, kind, plural, namespaced };
}

function definedBy(value: unknown): readonly ServedKind[] {
  const spec = fieldsOf(value);
  const { kind, plural } = fieldsOf(spec['names']);
  const versions: readonly unknown[] = Array.isArray(spec['versions']) ? spec['versions'] : [];
  return versions
    .map(fieldsOf)
    .filter(({ served }) => served === true)
    .map(({ name }) => ({
      group: String(spec['group']),
      version: String(name),
      kind: String(kind),
      plural: String(plural),
      namespaced: spec['scope'] === 'Namespaced',
    }));
}
