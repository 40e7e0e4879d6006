import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { FakeKubernetes } from './fake-kubernetes.ts';

/**
 * Blue's workloads: a small shop with everything that is copied, everything that stays behind, and singletons of both
 * kinds. One Deployment and binding per route.
 */
export const SEEDED_SECRET = 'c2hvcC1zZWNyZXQtdmFsdWU=';

export function seedShop(
  blue: FakeKubernetes,
  shop: {
    readonly namespaces: readonly string[];
    readonly routes: readonly { readonly id: string; readonly blueTargetGroupArn: string }[];
    readonly singletons: readonly string[];
    /** Of the role that the service account `shop` names. */
    readonly roleArn: string;
  },
): void {
  blue.seed('customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'targetgroupbindings.elbv2.k8s.aws' },
    spec: { group: 'elbv2.k8s.aws' },
  });
  for (const name of ['node-0', 'node-1', 'node-of-others'])
    blue.seed('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  for (const name of shop.namespaces) {
    const labels = { 'kubernetes.io/metadata.name': name, team: 'shop' };
    const metadata = { name, labels };
    const spec = { finalizers: ['kubernetes'] };
    blue.seed('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata, spec });
  }
  const [namespace = 'shop'] = shop.namespaces;
  for (const { id, blueTargetGroupArn } of shop.routes) {
    seedDeployment(blue, namespace, id, 3);
    blue.seed('horizontalpodautoscalers', autoscaler(namespace, id));
    blue.seed('services', service(namespace, id, 'ClusterIP'));
    blue.seed('targetgroupbindings', {
      apiVersion: 'elbv2.k8s.aws/v1beta1',
      kind: 'TargetGroupBinding',
      metadata: { name: id, namespace },
      spec: { targetGroupARN: blueTargetGroupArn, serviceRef: { name: id, port: 80 } },
    });
  }
  for (const singleton of shop.singletons) {
    const [place = '', name = ''] = singleton.split('/');
    seedDeployment(blue, place, name, 2);
  }
  seedConfiguration(blue, namespace, shop.roleArn);
  blue.seed('cronjobs', cronJob(namespace, 'report', false));
  blue.seed('cronjobs', cronJob(namespace, 'asleep', true));
}

function seedConfiguration(blue: FakeKubernetes, namespace: string, roleArn: string): void {
  const v1 = { apiVersion: 'v1' } as const;
  const settings = { metadata: { name: 'settings', namespace }, data: { colour: 'blue' } };
  blue.seed('configmaps', { ...v1, kind: 'ConfigMap', ...settings });
  blue.seed('configmaps', {
    ...v1,
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace },
  });
  blue.seed('secrets', {
    ...v1,
    kind: 'Secret',
    metadata: { name: 'database', namespace },
    type: 'Opaque',
    data: { password: SEEDED_SECRET },
  });
  blue.seed('secrets', {
    ...v1,
    kind: 'Secret',
    metadata: { name: 'default-token', namespace },
    type: 'kubernetes.io/service-account-token',
  });
  blue.seed('services', service(namespace, 'public', 'LoadBalancer'));
  blue.seed('serviceaccounts', {
    ...v1,
    kind: 'ServiceAccount',
    metadata: {
      name: 'shop',
      namespace,
      annotations: { 'eks.amazonaws.com/role-arn': roleArn },
    },
  });
}

function seedDeployment(
  blue: FakeKubernetes,
  namespace: string,
  name: string,
  replicas: number,
): void {
  blue.seed('deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, annotations: { 'deployment.kubernetes.io/revision': '7' } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, image: name, readinessProbe: {} }] },
      },
    },
  });
}

function service(namespace: string, name: string, type: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type, clusterIP: '10.0.0.7', selector: { app: name }, ports: [{ port: 80 }] },
  };
}

function autoscaler(namespace: string, name: string): KubernetesObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 10,
    },
  };
}

function cronJob(namespace: string, name: string, suspend: boolean): KubernetesObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace },
    spec: { schedule: '* * * * *', suspend },
  };
}
