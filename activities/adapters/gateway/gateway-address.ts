import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import { GATEWAYS } from './gateway-kinds.ts';
import { httpRouteShape, type HttpRouteName } from './http-route-object.ts';

/**
 * Where users of an HTTPRoute come in: the address and a listener of its first Gateway, as a URL for smoke tests. HTTPS before
 * HTTP, as users come.
 */
export async function gatewayAddress(
  cluster: KubernetesCluster,
  object: KubernetesObject,
  route: HttpRouteName,
  signal: AbortSignal,
): Promise<string> {
  const parents = listOf(fieldsOf(object['spec'])['parentRefs']);
  const parent = parents.find(({ kind = 'Gateway' }) => kind === 'Gateway');
  const name = parent?.['name'];
  if (parent === undefined || typeof name !== 'string')
    throw httpRouteShape(route, 'it is attached to no Gateway');
  const namespace = parent['namespace'] ?? object.metadata.namespace;
  const place = typeof namespace === 'string' ? namespace : route.namespace;
  const gateway = await cluster.get(GATEWAYS, place, name, signal);
  if (gateway === null) throw httpRouteShape(route, `there is no Gateway ${place}/${name}`);
  const [address] = listOf(fieldsOf(gateway['status'])['addresses']);
  const host = address?.['value'];
  const listener = listenerOf(gateway, parent);
  if (typeof host !== 'string' || listener === undefined)
    throw httpRouteShape(route, `Gateway ${place}/${name} has no address or no HTTP listener yet`);
  const scheme = listener['protocol'] === 'HTTPS' ? 'https' : 'http';
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${bracketed}:${String(listener['port'])}`;
}

/** A listener that the parentRef allows. */
function listenerOf(gateway: KubernetesObject, { sectionName, port }: Fields): Fields | undefined {
  const listeners = listOf(fieldsOf(gateway['spec'])['listeners']).filter(
    (listener) =>
      (sectionName === undefined || listener['name'] === sectionName) &&
      (port === undefined || listener['port'] === port),
  );
  const of = (protocol: string): Fields | undefined =>
    listeners.find((listener) => listener['protocol'] === protocol);
  return of('HTTPS') ?? of('HTTP');
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
