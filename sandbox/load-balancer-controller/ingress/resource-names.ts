/**
 * How the controller names what it makes: a name says nothing, but the same inputs always give the same one. A target
 * group keeps its name, and so itself, as long as Ingress, Service and the port's text stay: turning a plain backend into an
 * action of the same Service and port changes nothing. Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0,
 * pkg/ingress/model_build_target_group.go, model_build_load_balancer.go
 */
import { createHash } from 'node:crypto';

export function loadBalancerName(
  clusterName: string,
  group: { readonly id: string; readonly name: string | null },
  scheme: string,
): string {
  const hash = hashOf(clusterName, group.id, scheme);
  if (group.name !== null) return `k8s-${plain(group.name, 17)}-${hash}`;
  const [namespace = '', name = ''] = group.id.split('/');
  return `k8s-${plain(namespace, 8)}-${plain(name, 8)}-${hash}`;
}

export function targetGroupName(parts: {
  readonly clusterName: string;
  readonly groupId: string;
  readonly ingress: { readonly namespace: string; readonly name: string };
  readonly service: { readonly name: string; readonly uid: string };
  readonly servicePort: number | string;
  readonly targetGroupPort: number;
}): string {
  const { clusterName, groupId, ingress, service, servicePort, targetGroupPort } = parts;
  const hash = hashOf(
    clusterName,
    groupId,
    ingress.namespace,
    ingress.name,
    service.uid,
    String(servicePort),
    String(targetGroupPort),
    'ip',
    'HTTP',
    'HTTP1',
  );
  return `k8s-${plain(ingress.namespace, 8)}-${plain(service.name, 8)}-${hash}`;
}

function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 10);
}

function plain(text: string, length: number): string {
  return text.replaceAll(/[^a-z0-9]/gi, '').slice(0, length);
}
