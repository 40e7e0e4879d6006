import { CutoverFailure } from '#domain/failures.ts';
import { instanceName } from '#domain/kro/instance.ts';
import { definitionOf, type KroDefinition } from '#domain/kro/definition.ts';
import { madeFor, type HubObjects } from '#domain/kro/progress.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { KubernetesCluster, ObjectKind } from '#activities/ports/kubernetes.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { GreenOrder, KroWay } from '#activities/ports/provisioner.ts';
import { clusterResource } from '#activities/adapters/aws/found-cluster.ts';

/** The hub's API server and the objects on it that are about green. Called by `kro-provisioner.ts` and `survey-hub.ts`. */

export type KroOrder = GreenOrder<KroWay>;
export type HubParts = Pick<Ports, 'clusters' | 'kubernetes'>;

export const RESOURCE_GRAPHS: ObjectKind = {
  apiVersion: 'kro.run/v1alpha1',
  plural: 'resourcegraphdefinitions',
};
export const DEFINITIONS: ObjectKind = {
  apiVersion: 'apiextensions.k8s.io/v1',
  plural: 'customresourcedefinitions',
};
const ACK_CLUSTERS: ObjectKind = {
  apiVersion: 'eks.services.k8s.aws/v1alpha1',
  plural: 'clusters',
};
const ACK_NODEGROUPS: ObjectKind = {
  apiVersion: 'eks.services.k8s.aws/v1alpha1',
  plural: 'nodegroups',
};

/** A ResourceGraphDefinition that kro serves, and where. */
export interface ServedDefinition extends KroDefinition {
  readonly plural: string;
}

/** Fails `not-found` where there is no such cluster. */
export async function connectHub(
  { clusters, kubernetes }: HubParts,
  { way, hub: access }: KroOrder,
  signal: AbortSignal,
): Promise<KubernetesCluster> {
  const hub = { access, name: way.hub };
  const found = await clusters.describe(hub, signal);
  if (found === null)
    throw new CutoverFailure('not-found', 'there is no such hub', {
      resource: clusterResource(hub),
    });
  return kubernetes.connect(hub, found, signal);
}

/** Null where the hub has none of that name. */
export async function readDefinition(
  hub: KubernetesCluster,
  name: string,
  signal: AbortSignal,
): Promise<KroDefinition | null> {
  const object = await hub.get(RESOURCE_GRAPHS, null, name, signal);
  return object === null ? null : definitionOf(object);
}

/**
 * The definition with the path that its instances are served under; null where the hub has none, or kro has not served it yet. The usual
 * plural is tried first: on a hub full of controllers the list of all definitions is long.
 */
export async function servedDefinition(
  hub: KubernetesCluster,
  name: string,
  signal: AbortSignal,
): Promise<ServedDefinition | null> {
  const definition = await readDefinition(hub, name, signal);
  if (definition === null) return null;
  const [group = ''] = definition.apiVersion.split('/');
  const usual = `${definition.kind.toLowerCase()}s`;
  const guessed = await hub.get(DEFINITIONS, null, `${usual}.${group}`, signal);
  const candidates =
    guessed !== null && servesKind(guessed, group, definition.kind)
      ? [guessed]
      : await hub.list(DEFINITIONS, null, signal);
  const served = candidates.find((candidate) => servesKind(candidate, group, definition.kind));
  const { plural } = fieldsOf(fieldsOf(served?.['spec'])['names']);
  return typeof plural === 'string' ? { ...definition, plural } : null;
}

function servesKind(definition: KubernetesObject, group: string, kind: string): boolean {
  const spec = fieldsOf(definition['spec']);
  return spec['group'] === group && fieldsOf(spec['names'])['kind'] === kind;
}

/** Green's instance: how it is called, and where. Fails `invalid-request` for a green whose name Kubernetes does not take. */
export function nameOfInstance({ green, way }: KroOrder): {
  readonly namespace: string;
  readonly name: string;
} {
  const name = instanceName(green.name);
  if (name === null)
    throw new CutoverFailure(
      'invalid-request',
      'spec.green.cluster makes no name for an instance of kro',
      { resource: green.name },
    );
  return { namespace: way.namespace, name };
}

/** The instance and everything that kro made for it. */
export async function readObjects(
  hub: KubernetesCluster,
  served: ServedDefinition,
  order: KroOrder,
  signal: AbortSignal,
): Promise<HubObjects> {
  const { namespace, name } = nameOfInstance(order);
  const [instance, clusters, nodegroups] = await Promise.all([
    hub.get(served, namespace, name, signal),
    hub.list(ACK_CLUSTERS, namespace, signal),
    hub.list(ACK_NODEGROUPS, namespace, signal),
  ]);
  return {
    instance,
    definition: served,
    clusters: madeFor(instance, clusters),
    nodegroups: madeFor(instance, nodegroups),
  };
}
