import { CutoverFailure } from '#domain/failures.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { nameOfPlace, type IngressPlace } from '#domain/traffic/route-place.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import { parseForward, type BackendRef, type IngressForward } from './ingress-action.ts';
import {
  backendShape,
  isSameShape,
  patchTo,
  portText,
  type BackendShape,
} from './ingress-backends.ts';
import { INGRESSES } from './ingress-kinds.ts';

/**
 * The owner object of a route's weights: one backend of an Ingress on blue, read and written. Writes are conditional on the
 * version read, so two writers never undo each other unseen, and a forward write that comes late is refused by the API
 * server once a rollback has written (I6).
 */
export type IngressName = Pick<IngressPlace, 'with' | 'namespace' | 'ingress' | 'service'> & {
  readonly id: string;
};

export interface FoundIngress {
  readonly object: KubernetesObject;
  readonly shape: BackendShape;
  readonly forward: IngressForward;
}

/** How often a write is done again because somebody changed another part of the Ingress meanwhile. */
const WRITE_ATTEMPTS = 5;

/** The object as it is. Fails `not-found`. */
async function getIngress(
  cluster: KubernetesCluster,
  route: IngressName,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const object = await cluster.get(INGRESSES, route.namespace, route.ingress, signal);
  if (object !== null) return object;
  throw new CutoverFailure('not-found', 'blue has no such Ingress', {
    resource: nameOfPlace(route),
  });
}

/** The backend and where it leads. Fails `not-found`, `unexpected-shape`. */
export async function readIngress(
  cluster: KubernetesCluster,
  route: IngressName & { readonly greenTargetGroupArn: string },
  signal: AbortSignal,
): Promise<FoundIngress> {
  const object = await getIngress(cluster, route, signal);
  const shape = backendShape(object, route.service);
  if ('wrong' in shape) throw ingressShape(route, shape.wrong);
  if (shape.kind === 'plain') {
    const blue = { service: route.service, port: portText(shape.port), weight: null };
    return { object, shape, forward: { blue, green: null, stickySeconds: null } };
  }
  const forward = parseForward(shape.text, route.greenTargetGroupArn);
  if ('wrong' in forward) throw ingressShape(route, forward.wrong);
  return { object, shape, forward };
}

/**
 * Gives the backend another shape, if nobody changed this backend since `found` was read; else fails `conflict`. A change
 * elsewhere in the Ingress is kept.
 */
export async function writeShape(
  cluster: KubernetesCluster,
  route: IngressName,
  found: Pick<FoundIngress, 'object'>,
  shape: BackendShape,
  signal: AbortSignal,
): Promise<void> {
  const before = JSON.stringify(backendShape(found.object, route.service));
  const patchOf = (object: KubernetesObject): Fields => {
    if (JSON.stringify(backendShape(object, route.service)) === before)
      return patchTo(object, route.service, shape);
    throw new CutoverFailure('conflict', 'somebody changed it between our read and our write', {
      resource: nameOfPlace(route),
    });
  };
  await changeIngress(cluster, route, patchOf, signal, found.object);
}

/** Gives the backend another shape whatever anybody made of it meanwhile; nothing is written where it has it. */
export async function overwriteShape(
  cluster: KubernetesCluster,
  route: IngressName,
  shape: BackendShape,
  signal: AbortSignal,
): Promise<void> {
  const patchOf = (object: KubernetesObject): Fields | null => {
    const now = backendShape(object, route.service);
    const isThere = !('wrong' in now) && isSameShape(now, shape);
    return isThere ? null : patchTo(object, route.service, shape);
  };
  await changeIngress(cluster, route, patchOf, signal);
}

/**
 * Reads, changes and writes the Ingress, again where somebody was faster. A null patch changes nothing.
 * @param first as it was just read
 */
export async function changeIngress(
  cluster: KubernetesCluster,
  route: IngressName,
  patchOf: (object: KubernetesObject) => Fields | null,
  signal: AbortSignal,
  first?: KubernetesObject,
): Promise<void> {
  let object = first ?? (await getIngress(cluster, route, signal));
  for (let attempt = 1; ; attempt += 1) {
    const patch = patchOf(object);
    if (patch === null) return;
    const { resourceVersion } = object.metadata;
    const metadata = { ...fieldsOf(patch['metadata']), resourceVersion };
    try {
      const { namespace, ingress } = route;
      await cluster.merge(INGRESSES, namespace, ingress, { ...patch, metadata }, signal);
      return;
    } catch (cause) {
      const isConflict = cause instanceof CutoverFailure && cause.type === 'conflict';
      if (!isConflict || attempt === WRITE_ATTEMPTS) throw cause;
      object = await getIngress(cluster, route, signal);
    }
  }
}

export function blueAlone({ service, port }: BackendRef): IngressForward {
  return { blue: { service, port, weight: null }, green: null, stickySeconds: null };
}

/** What is wrong, and what the plan needs. */
export function ingressShape(route: IngressName, what: string): CutoverFailure {
  return new CutoverFailure(
    'unexpected-shape',
    `the Ingress is not as route ${route.id} needs it: ${what}; expected are paths to ${route.service} by one port, or by ` +
      `use-annotation with a forward to one Service, or to it and green's target group`,
    { resource: nameOfPlace(route) },
  );
}
