/** What the cluster of the bench holds: objects as teams write them, of the kinds that preflight looks at, and releases of Helm. */
import { gzipSync } from 'node:zlib';

export const NAMESPACES = 20;
/** A namespace's objects by kind, and its releases; 250 objects without them. */
const PER_NAMESPACE = [
  ['apps/v1', 'Deployment', 50],
  ['v1', 'Service', 50],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', 30],
  ['policy/v1', 'PodDisruptionBudget', 30],
  ['rbac.authorization.k8s.io/v1', 'Role', 25],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding', 25],
  ['networking.k8s.io/v1', 'NetworkPolicy', 20],
  ['batch/v1', 'CronJob', 10],
  ['v1', 'Secret', 10],
] as const;
const RELEASES_PER_NAMESPACE = 10;

export const OBJECTS = NAMESPACES * PER_NAMESPACE.reduce((sum, [, , count]) => sum + count, 0);
export const RELEASES = NAMESPACES * RELEASES_PER_NAMESPACE;

export interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

export function namespaceName(index: number): string {
  return `team-${index + 1}`;
}

/** Of one namespace. */
export function objectsOf(namespace: string): readonly Written[] {
  return [
    ...PER_NAMESPACE.flatMap(([apiVersion, kind, count]) =>
      Array.from({ length: count }, (_, index) =>
        written(apiVersion, kind, `${kind.toLowerCase()}-${index + 1}`, namespace),
      ),
    ),
    ...Array.from({ length: RELEASES_PER_NAMESPACE }, (_, index) =>
      release(`release-${index + 1}`, namespace),
    ),
  ];
}

function written(apiVersion: string, kind: string, name: string, namespace: string): Written {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': namespace };
  const annotations = { 'example.com/owner': `${namespace}@example.com` };
  return {
    apiVersion,
    kind,
    metadata: Object.assign({ name, namespace }, { labels, annotations }),
    ...bodyOf(kind, name, labels),
  };
}

const POD = (name: string) => ({
  containers: [
    {
      name,
      image: `registry.example.com/${name}:1.2.3`,
      env: Array.from({ length: 10 }, (_, index) => ({ name: `SETTING_${index}`, value: 'on' })),
      readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
      resources: { requests: { cpu: '100m', memory: '128Mi' } },
    },
  ],
});

function bodyOf(kind: string, name: string, labels: Readonly<Record<string, string>>): object {
  const selector = { matchLabels: labels };
  switch (kind) {
    case 'Deployment':
      // Paused, and of no pods: the bench measures lists, not a cluster at work.
      return {
        spec: {
          replicas: 0,
          paused: true,
          selector,
          template: { metadata: { labels }, spec: POD(name) },
        },
      };
    case 'Service':
      return { spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } };
    case 'HorizontalPodAutoscaler':
      return {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
          minReplicas: 2,
          maxReplicas: 8,
        },
      };
    case 'PodDisruptionBudget':
      return { spec: { maxUnavailable: 1, selector } };
    case 'Role':
      return { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }] };
    case 'RoleBinding':
      return {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'role-1' },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
      };
    case 'NetworkPolicy':
      return { spec: { podSelector: selector, policyTypes: ['Ingress'] } };
    case 'CronJob':
      return {
        spec: {
          schedule: '0 3 * * *',
          suspend: true,
          jobTemplate: { spec: { template: { spec: { ...POD(name), restartPolicy: 'Never' } } } },
        },
      };
    default:
      return { type: 'Opaque', stringData: { password: 'only for the bench' } };
  }
}

/** A chart of ten objects, one of them in a version that is gone; as Helm keeps it. */
function release(name: string, namespace: string): Written {
  const manifest = [
    ...Array.from({ length: 9 }, (_, index) =>
      JSON.stringify(written('apps/v1', 'Deployment', `${name}-${index + 1}`, namespace)),
    ),
    JSON.stringify(written('policy/v1beta1', 'PodDisruptionBudget', name, namespace)),
  ].join('\n---\n');
  const kept = { name, namespace, version: 1, manifest, info: { status: 'deployed' } };
  const encoded = gzipSync(JSON.stringify(kept)).toString('base64');
  const secret = `sh.helm.release.v1.${name}.v1`;
  return Object.assign(written('v1', 'Secret', secret, namespace), {
    type: 'helm.sh/release.v1',
    stringData: undefined,
    data: { release: Buffer.from(encoded).toString('base64') },
  });
}
