import { CutoverFailure } from '#domain/failures.ts';
import type { HubFacts } from '#domain/preflight/hub-findings.ts';
import { ownerOfInstance } from '#domain/kro/instance.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { valuesOfBlue } from './green-values.ts';
import {
  connectHub,
  DEFINITIONS,
  nameOfInstance,
  readDefinition,
  RESOURCE_GRAPHS,
  servedDefinition,
  type HubParts,
  type KroOrder,
} from './hub.ts';

/** What preflight must know of a hub, before anything is asked of it. Reads only. */

const NAMESPACES = { apiVersion: 'v1', plural: 'namespaces' };

export async function surveyHub(
  parts: HubParts & { readonly clients: AwsClients },
  order: KroOrder,
  signal: AbortSignal,
): Promise<HubFacts> {
  const { way } = order;
  const nothing: HubFacts = {
    hub: way.hub,
    unreachable: null,
    hasKro: false,
    namespace: way.namespace,
    hasNamespace: false,
    definitionName: way.definition,
    definition: null,
    strangersInstance: null,
    values: Object.keys(way.values),
    leftOut: [],
    impossible: null,
  };
  try {
    const hub = await connectHub(parts, order, signal);
    const kro = `${RESOURCE_GRAPHS.plural}.kro.run`;
    const [crd, namespace, definition] = await Promise.all([
      hub.get(DEFINITIONS, null, kro, signal),
      hub.get(NAMESPACES, null, way.namespace, signal),
      readDefinition(hub, way.definition, signal),
    ]);
    return {
      ...nothing,
      hasKro: crd !== null,
      hasNamespace: namespace !== null,
      definition,
      strangersInstance: await strangersInstance(hub, order, signal),
      ...(await whatIsLeftOut(parts.clients, order, signal)),
    };
  } catch (cause) {
    // Whatever keeps us from asking now would keep us from making green later.
    if (!(cause instanceof CutoverFailure)) throw cause;
    return { ...nothing, unreachable: cause.message };
  }
}

async function strangersInstance(
  hub: KubernetesCluster,
  order: KroOrder,
  signal: AbortSignal,
): Promise<string | null> {
  const served = await servedDefinition(hub, order.way.definition, signal);
  if (served === null) return null;
  const { namespace, name } = nameOfInstance(order);
  const instance = await hub.get(served, namespace, name, signal);
  return instance !== null && ownerOfInstance(instance, order.ref) === 'stranger'
    ? `${served.kind} ${namespace}/${name}`
    : null;
}

/** A node group with a launch template is a finding of its own, whoever makes green; it must not hide what else is left out. */
async function whatIsLeftOut(
  clients: AwsClients,
  order: KroOrder,
  signal: AbortSignal,
): Promise<Pick<HubFacts, 'leftOut' | 'impossible'>> {
  try {
    const { leftOut } = await valuesOfBlue(
      clients,
      order,
      signal,
      ({ launchTemplate }) => launchTemplate === undefined,
    );
    return { leftOut, impossible: null };
  } catch (cause) {
    if (!(cause instanceof CutoverFailure) || cause.type !== 'unexpected-shape') throw cause;
    return { leftOut: [], impossible: cause.message };
  }
}
