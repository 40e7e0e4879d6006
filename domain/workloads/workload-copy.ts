import { fieldsOf } from '#domain/json/json-fields.ts';

/**
 * What of a namespace goes to green and in which form (direct copy). Pure: objects in, objects out. Never copied:
 * what a controller makes, what would give green a load balancer of its own, what is bound to one cluster.
 * CronJobs arrive suspended and listed singletons with no replicas (I7); TargetGroupBindings arrive on green's target
 * group (I13). Copying a copy changes nothing.
 */

/** A Kubernetes object as the API gives it; only what this file looks at is named. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly unknown[];
  readonly [field: string]: unknown;
}

/** A kind that is copied, with its place in the order: configuration before what reads it, routing last. */
export interface CopiedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

export const COPIED_KINDS: readonly CopiedKind[] = [
  { apiVersion: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas' },
  { apiVersion: 'v1', kind: 'LimitRange', plural: 'limitranges' },
  { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', plural: 'roles' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', plural: 'rolebindings' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', plural: 'networkpolicies' },
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  { apiVersion: 'v1', kind: 'Secret', plural: 'secrets' },
  { apiVersion: 'v1', kind: 'Service', plural: 'services' },
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets' },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
  },
  { apiVersion: 'batch/v1', kind: 'CronJob', plural: 'cronjobs' },
  {
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    plural: 'targetgroupbindings',
  },
];

export interface CopyTargets {
  /** blue target group ARN → green target group ARN */
  readonly targetGroups: Readonly<Record<string, string>>;
  /** Load balancer security groups by *green* target group ARN; pods must admit them. */
  readonly securityGroups: Readonly<Record<string, readonly string[]>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `namespace/name` of Deployments that may run in one cluster only; they arrive with no replicas (I7). */
  readonly held: readonly string[];
}

/** Green's form of one of blue's objects, or null when it stays behind. */
export function copyForGreen(
  object: KubernetesObject,
  targets: CopyTargets,
): KubernetesObject | null {
  if (staysBehind(object)) return null;
  const { status: _, ...rest } = object;
  const clean: KubernetesObject = { ...rest, metadata: cleanMeta(object.metadata, targets.labels) };
  switch (object.kind) {
    case 'Service':
      return { ...clean, spec: unboundService(fieldsOf(object['spec'])) };
    case 'CronJob':
      return { ...clean, spec: { ...fieldsOf(object['spec']), suspend: true } };
    case 'Deployment':
      return isHeld(object, targets)
        ? { ...clean, spec: { ...fieldsOf(object['spec']), replicas: 0 } }
        : clean;
    case 'TargetGroupBinding':
      return repointed(clean, targets);
    case 'ServiceAccount':
      return without(clean, ['secrets']);
    default:
      return clean;
  }
}

const CLUSTER_BOUND_SERVICE_FIELDS = [
  'clusterIP',
  'clusterIPs',
  'healthCheckNodePort',
  'ipFamilies',
  'ipFamilyPolicy',
];

function staysBehind(object: KubernetesObject): boolean {
  const { kind, metadata } = object;
  if ((metadata.ownerReferences ?? []).length > 0) return true;
  if (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt') return true;
  // The API server makes it in every cluster, and owns it without an owner reference.
  if (kind === 'Service' && metadata.namespace === 'default' && metadata.name === 'kubernetes')
    return true;
  if (kind === 'Secret' && object['type'] === 'kubernetes.io/service-account-token') return true;
  if (kind === 'Secret' && object['type'] === 'helm.sh/release.v1') return true;
  return kind === 'Service' && fieldsOf(object['spec'])['type'] === 'LoadBalancer';
}

function cleanMeta(meta: ObjectMeta, labels: Readonly<Record<string, string>>): ObjectMeta {
  const annotations = Object.entries(meta.annotations ?? {}).filter(([name]) => !isNote(name));
  return {
    name: meta.name,
    ...(meta.namespace === undefined ? {} : { namespace: meta.namespace }),
    labels: { ...meta.labels, ...labels },
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
  };
}

/** What tools, and we ourselves, noted about blue's object; on green it would be a lie that outlives the migration. */
function isNote(annotation: string): boolean {
  return (
    annotation === 'kubectl.kubernetes.io/last-applied-configuration' ||
    annotation === 'deployment.kubernetes.io/revision' ||
    annotation.startsWith('cutover/')
  );
}

/** Addresses and node ports are green's to give; only that a Service is headless is the author's will. */
function unboundService(
  spec: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { ports } = spec;
  return {
    ...without(spec, CLUSTER_BOUND_SERVICE_FIELDS),
    ...(spec['clusterIP'] === 'None' ? { clusterIP: 'None' } : {}),
    ...(Array.isArray(ports)
      ? {
          ports: ports.map((port: unknown) => without(fieldsOf(port), ['nodePort'])),
        }
      : {}),
  };
}

function isHeld({ metadata }: KubernetesObject, targets: CopyTargets): boolean {
  return targets.held.includes(`${metadata.namespace}/${metadata.name}`);
}

/** A binding whose target group is no route of the plan stays behind: green must never touch it. */
function repointed(binding: KubernetesObject, targets: CopyTargets): KubernetesObject | null {
  const spec = fieldsOf(binding['spec']);
  const blue = spec['targetGroupARN'];
  const green = typeof blue === 'string' ? greenOf(blue, targets) : undefined;
  if (green === undefined) return null;
  const groups = targets.securityGroups[green] ?? [];
  const networking = {
    ingress: [
      {
        from: groups.map((groupID) => ({ securityGroup: { groupID } })),
        ports: [{ protocol: 'TCP' }],
      },
    ],
  };
  return {
    ...binding,
    metadata: withoutStack(binding.metadata),
    spec: {
      ...without(spec, ['networking', 'targetGroupName']),
      targetGroupARN: green,
      ...(groups.length === 0 ? {} : { networking }),
    },
  };
}

/**
 * A binding that blue's controller made of an Ingress, Service or Gateway says so by labels; with them green's controller would
 * delete it as a leftover, and take green's pods out, as soon as it serves an object of the same name.
 */
function withoutStack(meta: ObjectMeta): ObjectMeta {
  const labels = Object.entries(meta.labels ?? {}).filter(([name]) => !isStackLabel(name));
  return { ...meta, labels: Object.fromEntries(labels) };
}

function isStackLabel(label: string): boolean {
  return /^(?:ingress|service|gateway)\.k8s\.aws\//u.test(label);
}

/** Green's target group for one of blue's; none where that is blue's too in another route. */
function greenOf(blue: string, { targetGroups }: CopyTargets): string | undefined {
  if (!Object.hasOwn(targetGroups, blue)) return undefined;
  const green = targetGroups[blue];
  return green !== undefined && Object.hasOwn(targetGroups, green) ? undefined : green;
}

function without<T extends object>(value: T, names: readonly string[]): T {
  const copy = { ...value };
  for (const name of names) Reflect.deleteProperty(copy, name);
  return copy;
}
