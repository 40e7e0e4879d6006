import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { BackendRef } from './ingress-action.ts';
import { INGRESS_CLASSES, SERVICES } from './ingress-kinds.ts';
import { ingressShape, type IngressName } from './ingress-object.ts';

/**
 * Ingresses that an ingress route must not touch: other controllers', and those whose users would lose their sign-in.
 * Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, docs/guide/ingress/ingress_class.md,
 * pkg/ingress/enhanced_backend_builder.go (buildAuthConfig)
 */
const CONTROLLER = 'ingress.k8s.aws/alb';
const LEGACY_ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';

/** Fails `unexpected-shape` unless the AWS Load Balancer Controller serves the Ingress. */
export async function refuseForeignClass(
  cluster: KubernetesCluster,
  route: IngressName,
  ingress: KubernetesObject,
  signal: AbortSignal,
): Promise<void> {
  const legacy = ingress.metadata.annotations?.[LEGACY_ANNOTATION];
  if (legacy === 'alb') return;
  if (legacy !== undefined) throw ingressShape(route, `its class is ${legacy}, not alb`);
  const name = fieldsOf(ingress['spec'])['ingressClassName'];
  const classes = await cluster.list(INGRESS_CLASSES, null, signal);
  const found = classes.find(({ metadata }) =>
    typeof name === 'string'
      ? metadata.name === name
      : metadata.annotations?.[DEFAULT_CLASS_ANNOTATION] === 'true',
  );
  const controller = fieldsOf(found?.['spec'])['controller'];
  if (controller === CONTROLLER) return;
  const whose = typeof controller === 'string' ? `served by ${controller}` : 'of no known class';
  throw ingressShape(route, `it is ${whose}; ${CONTROLLER} alone is supported`);
}

/**
 * The controller takes a Service's own sign-in settings only where a rule forwards to that Service alone: with green beside it
 * users would no longer be asked who they are. Fails `unexpected-shape`.
 */
export async function refuseServiceAuthentication(
  cluster: KubernetesCluster,
  route: IngressName,
  { service }: BackendRef,
  signal: AbortSignal,
): Promise<void> {
  const found = await cluster.get(SERVICES, route.namespace, service, signal);
  if (found === null) throw ingressShape(route, `there is no Service ${service}`);
  const setting = Object.keys(found.metadata.annotations ?? {}).find((name) =>
    /^alb\.ingress\.kubernetes\.io\/(?:auth-|jwt-)/u.test(name),
  );
  if (setting === undefined) return;
  throw ingressShape(
    route,
    `Service ${service} carries ${setting}, which its controller drops as soon as a rule forwards to two target groups; ` +
      'move it to the Ingress',
  );
}
