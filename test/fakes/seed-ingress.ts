import { SECURITY_GROUPS, SUBNETS } from '#sandbox/aws/seed.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { FakeKubernetes } from './fake-kubernetes.ts';

/** A namespace whose service `web` users reach through an Ingress of class `alb`, as a team would have written it. */
export interface SeededIngress {
  /** The load balancer's HTTP port. */
  readonly port: number;
  /** Ready pods of `web`, `address:port`. */
  readonly pods: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

export const INGRESS_NAMESPACE = 'shop';

export function seedIngress(cluster: FakeKubernetes, ingress: SeededIngress): void {
  const namespace = INGRESS_NAMESPACE;
  cluster.seed('namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  cluster.seed('ingressclasses', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'alb' },
    spec: { controller: 'ingress.k8s.aws/alb' },
  });
  seedService(cluster, 'web', ingress.pods);
  cluster.seed('ingresses', ingressObject('web', ingress));
}

export function seedService(
  cluster: FakeKubernetes,
  name: string,
  pods: readonly string[],
  annotations: Readonly<Record<string, string>> = {},
): void {
  cluster.seed('services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: INGRESS_NAMESPACE, annotations },
    spec: { ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });
  const [first] = pods;
  const port = Number(first?.split(':')[1] ?? 8080);
  cluster.seed('endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-1`,
      namespace: INGRESS_NAMESPACE,
      labels: { 'kubernetes.io/service-name': name },
    },
    endpoints: pods.map((pod) => ({ addresses: [pod.split(':')[0]], conditions: { ready: true } })),
    ports: [{ name: 'http', port }],
  });
}

export function ingressObject(
  name: string,
  { port, annotations = {}, spec = {} }: Omit<SeededIngress, 'pods'>,
): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace: INGRESS_NAMESPACE,
      annotations: {
        'alb.ingress.kubernetes.io/scheme': 'internet-facing',
        'alb.ingress.kubernetes.io/target-type': 'ip',
        'alb.ingress.kubernetes.io/listen-ports': JSON.stringify([{ HTTP: port }]),
        'alb.ingress.kubernetes.io/subnets': SUBNETS.map(({ subnetId }) => subnetId).join(','),
        'alb.ingress.kubernetes.io/security-groups': SECURITY_GROUPS.loadBalancer,
        'alb.ingress.kubernetes.io/healthcheck-path': '/healthz',
        ...annotations,
      },
    },
    spec: {
      ingressClassName: 'alb',
      rules: [{ http: { paths: [ingressPath('/', 'web', { number: 80 })] } }],
      ...spec,
    },
  };
}

export function ingressPath(
  path: string,
  service: string,
  port: { readonly number: number } | { readonly name: string },
  pathType: 'Prefix' | 'Exact' | 'ImplementationSpecific' = 'Prefix',
): Readonly<Record<string, unknown>> {
  return { path, pathType, backend: { service: { name: service, port } } };
}
