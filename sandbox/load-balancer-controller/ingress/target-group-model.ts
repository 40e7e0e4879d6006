/**
 * The target group of one Service and port behind one Ingress: its name, port, health check and attributes, by the
 * annotations of the Service and, before them, of the Ingress. Pure; part of the stack's model.
 * Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/ingress/model_build_target_group.go
 */
import type { Service } from '../service-endpoints.ts';
import { mapOf, numberOf, textOf } from './annotations.ts';
import { ingressKey, type Ingress } from './ingress-objects.ts';
import { targetGroupName } from './resource-names.ts';

export interface TargetGroupModel {
  /** Value of the tag `ingress.k8s.aws/resource`. */
  readonly resourceId: string;
  readonly name: string;
  readonly port: number;
  readonly healthCheck: {
    readonly path: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    readonly matcher: string;
  };
  readonly attributes: ReadonlyMap<string, string>;
  readonly binding: {
    readonly namespace: string;
    readonly serviceName: string;
    readonly servicePort: number | string;
  };
}

export interface TargetGroupParts {
  readonly clusterName: string;
  readonly group: { readonly id: string };
  readonly service: (namespace: string, name: string) => Service | undefined;
}

/** A target group's port is out of the data path where targets are registered with theirs; a named one has no number. */
const NO_PORT = 1;

/** Null where there is no such Service or port. */
export function targetGroupModel(
  parts: TargetGroupParts,
  ingress: Ingress,
  ref: { readonly name: string; readonly port: number | string },
): TargetGroupModel | null {
  const { namespace = '', name } = ingress.metadata;
  const service = parts.service(namespace, ref.name);
  const servicePort = service?.spec.ports.find(
    (port) => port.port === ref.port || port.name === ref.port,
  );
  if (service === undefined || servicePort === undefined) return null;
  const annotations = { ...service.metadata.annotations, ...ingress.metadata.annotations };
  const { targetPort } = servicePort;
  const port = typeof targetPort === 'number' ? targetPort : NO_PORT;
  return {
    resourceId: `${ingressKey(ingress)}-${ref.name}:${String(ref.port)}`,
    name: targetGroupName({
      clusterName: parts.clusterName,
      groupId: parts.group.id,
      ingress: { namespace, name },
      service: { name: ref.name, uid: service.metadata.uid },
      servicePort: ref.port,
      targetGroupPort: port,
    }),
    port,
    healthCheck: {
      path: textOf(annotations, 'healthcheck-path') ?? '/',
      intervalSeconds: numberOf(annotations, 'healthcheck-interval-seconds', 15),
      timeoutSeconds: numberOf(annotations, 'healthcheck-timeout-seconds', 5),
      healthyThreshold: numberOf(annotations, 'healthy-threshold-count', 2),
      unhealthyThreshold: numberOf(annotations, 'unhealthy-threshold-count', 2),
      matcher: textOf(annotations, 'success-codes') ?? '200',
    },
    attributes: mapOf(annotations, 'target-group-attributes'),
    binding: { namespace, serviceName: ref.name, servicePort: ref.port },
  };
}
