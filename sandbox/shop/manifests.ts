/**
 * The demo shop as Kubernetes objects: three services in one namespace with everything that a migration has to carry —
 * configuration, a secret, identities, a CronJob, an autoscaler, a disruption budget, rights, and the binding of `web` to
 * the load balancer, or an Ingress that makes one. Plain values in the order in which they can be applied. Applied by apply-shop.ts to blue; a migration
 * brings them to green.
 */
import type { ObjectToWrite } from '#sandbox/kubernetes/admin-client.ts';

export const SHOP_NAMESPACE_NAME = 'shop';
const SHOP_PORT = 8080;

export interface ShopManifestOptions {
  readonly frontDoor: ShopFrontDoor;
  /** The load balancer's security group, let in by the binding's networking rules. */
  readonly securityGroupId: string;
  /** Of the role that pods of `catalog` get by their cluster's OIDC issuer. @default none */
  readonly catalogRoleArn?: string;
  /** Where images would come from. @default the sandbox account's ECR */
  readonly imagePrefix?: string;
}

/** How users reach `web`: bound to a target group of the platform's load balancer, or by an Ingress that makes one. */
export type ShopFrontDoor =
  | { readonly kind: 'binding'; readonly targetGroupArn: string }
  | { readonly kind: 'ingress'; readonly port: number; readonly subnetIds: readonly string[] };

export type Manifest = ObjectToWrite & { readonly apiVersion: string; readonly kind: string };

const IMAGE_PREFIX = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop';
const SERVICES = [
  { name: 'web', replicas: 3, tag: '2.4.1' },
  { name: 'catalog', replicas: 2, tag: '1.9.0' },
  { name: 'orders', replicas: 2, tag: '3.0.2' },
] as const;

/** The service, and its service account, whose pods have a role. */
export const CATALOG = 'catalog';

export function shopManifests(options: ShopManifestOptions): readonly Manifest[] {
  const imagePrefix = options.imagePrefix ?? IMAGE_PREFIX;
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: SHOP_NAMESPACE_NAME, labels: { 'app.kubernetes.io/part-of': 'shop' } },
    },
    ...configuration(),
    ...rights(),
    ...SERVICES.flatMap(({ name, replicas, tag }) => [
      serviceAccount(name, name === CATALOG ? options.catalogRoleArn : undefined),
      service(name),
      deployment(name, replicas, `${imagePrefix}/${name}:${tag}`),
    ]),
    cronJob(`${imagePrefix}/orders:3.0.2`),
    autoscaler(),
    disruptionBudget(),
    frontDoor(options),
  ];
}

function namespaced(
  apiVersion: string,
  kind: string,
  name: string,
  rest: Readonly<Record<string, unknown>> = {},
): Manifest {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' };
  return { apiVersion, kind, metadata: { name, namespace: SHOP_NAMESPACE_NAME, labels }, ...rest };
}

function serviceAccount(name: string, roleArn: string | undefined): Manifest {
  const account = namespaced('v1', 'ServiceAccount', name);
  if (roleArn === undefined) return account;
  const annotations = { 'eks.amazonaws.com/role-arn': roleArn };
  return { ...account, metadata: { ...account.metadata, annotations } };
}

function configuration(): readonly Manifest[] {
  return [
    namespaced('v1', 'ConfigMap', 'web', {
      data: { CATALOG_URL: 'http://catalog', ORDERS_URL: 'http://orders', THEME: 'harbour' },
    }),
    namespaced('v1', 'ConfigMap', 'catalog', { data: { CURRENCY: 'EUR', PAGE_SIZE: '24' } }),
    namespaced('v1', 'Secret', 'orders-database', {
      type: 'Opaque',
      stringData: { username: 'orders', password: 'sandbox-only' },
    }),
  ];
}

function rights(): readonly Manifest[] {
  return [
    namespaced('rbac.authorization.k8s.io/v1', 'Role', 'catalog', {
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
    }),
    namespaced('rbac.authorization.k8s.io/v1', 'RoleBinding', 'catalog', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'catalog' },
      subjects: [{ kind: 'ServiceAccount', name: 'catalog', namespace: SHOP_NAMESPACE_NAME }],
    }),
  ];
}

function service(name: string): Manifest {
  return namespaced('v1', 'Service', name, {
    spec: {
      selector: { 'app.kubernetes.io/name': name },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
  });
}

function deployment(name: string, replicas: number, image: string): Manifest {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' };
  return namespaced('apps/v1', 'Deployment', name, {
    spec: {
      replicas,
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      template: {
        metadata: { labels },
        spec: { serviceAccountName: name, containers: [container(name, image)] },
      },
    },
  });
}

function container(name: string, image: string): unknown {
  const probe = { httpGet: { path: '/healthz', port: 'http' } };
  const database = { secretRef: { name: 'orders-database' } };
  return {
    name,
    image,
    ports: [{ name: 'http', containerPort: SHOP_PORT, protocol: 'TCP' }],
    envFrom: name === 'orders' ? [database] : [{ configMapRef: { name } }],
    readinessProbe: { ...probe, periodSeconds: 5 },
    livenessProbe: { ...probe, periodSeconds: 10 },
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  };
}

/** Every minute, so that a look at the sandbox shows whether it runs in one cluster, in both or in none. */
function cronJob(image: string): Manifest {
  const command = ['/shop/orders', 'close-day'];
  return namespaced('batch/v1', 'CronJob', 'orders-nightly', {
    spec: {
      schedule: '* * * * *',
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 1,
          template: {
            spec: {
              restartPolicy: 'Never',
              serviceAccountName: 'orders',
              containers: [{ name: 'close-day', image, command }],
            },
          },
        },
      },
    },
  });
}

function autoscaler(): Manifest {
  return namespaced('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 3,
      maxReplicas: 8,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  });
}

function disruptionBudget(): Manifest {
  return namespaced('policy/v1', 'PodDisruptionBudget', 'web', {
    spec: { minAvailable: 2, selector: { matchLabels: { 'app.kubernetes.io/name': 'web' } } },
  });
}

function frontDoor({ frontDoor: door, securityGroupId }: ShopManifestOptions): Manifest {
  return door.kind === 'binding'
    ? binding(door.targetGroupArn, securityGroupId)
    : ingress(door, securityGroupId);
}

function ingress(
  { port, subnetIds }: Extract<ShopFrontDoor, { readonly kind: 'ingress' }>,
  securityGroupId: string,
): Manifest {
  const settings = {
    scheme: 'internet-facing',
    'target-type': 'ip',
    'listen-ports': JSON.stringify([{ HTTP: port }]),
    subnets: subnetIds.join(','),
    'security-groups': securityGroupId,
    'healthcheck-path': '/healthz',
    'healthcheck-interval-seconds': '10',
    'target-group-attributes': 'deregistration_delay.timeout_seconds=30',
  };
  const annotations = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`alb.ingress.kubernetes.io/${name}`, value]),
  );
  const backend = { service: { name: 'web', port: { name: 'http' } } };
  const manifest = namespaced('networking.k8s.io/v1', 'Ingress', 'web', {
    spec: {
      ingressClassName: 'alb',
      rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  });
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

function binding(targetGroupArn: string, securityGroupId: string): Manifest {
  return namespaced('elbv2.k8s.aws/v1beta1', 'TargetGroupBinding', 'web', {
    spec: {
      targetGroupARN: targetGroupArn,
      targetType: 'ip',
      serviceRef: { name: 'web', port: 80 },
      networking: {
        ingress: [
          {
            from: [{ securityGroup: { groupID: securityGroupId } }],
            ports: [{ protocol: 'TCP', port: SHOP_PORT }],
          },
        ],
      },
    },
  });
}
