import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/**
 * What the controllers of an HTTPRoute's Gateways say of it: whether each has taken in the generation that stands there, and
 * whether it found every backend. A parent that no controller speaks of serves nobody. Pure. Source: Gateway API,
 * `RouteParentStatus`; conditions `Accepted` and `ResolvedRefs`, both with `observedGeneration`.
 */
export type Intake =
  | { readonly kind: 'taken-in' }
  /** Some controller has not come to the newest generation yet. */
  | { readonly kind: 'pending'; readonly why: string }
  /** Some Gateway does not serve it at all. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It is served, but a backend was not found or may not be used. */
  | { readonly kind: 'unresolved'; readonly why: string };

const WORST_FIRST: readonly Intake['kind'][] = ['refused', 'pending', 'unresolved', 'taken-in'];

export function intakeOf(object: KubernetesObject): Intake {
  const { namespace = '' } = object.metadata;
  const parents = listOf(fieldsOf(object['spec'])['parentRefs']);
  if (parents.length === 0) return { kind: 'refused', why: 'it names no Gateway' };
  const statuses = listOf(fieldsOf(object['status'])['parents']);
  const generation = Number(object.metadata['generation'] ?? 0);
  const intakes = parents.flatMap((parent): readonly Intake[] => {
    const key = parentKey(parent, namespace);
    const own = statuses.filter(
      ({ parentRef }) => parentKey(fieldsOf(parentRef), namespace) === key,
    );
    const why = `no controller has said anything of ${parentText(parent)}`;
    if (own.length === 0) return [{ kind: 'pending', why }];
    return own.map((status) => intakeBy(status, parentText(parent), generation));
  });
  const rank = ({ kind }: Intake): number => WORST_FIRST.indexOf(kind);
  return intakes.toSorted((one, other) => rank(one) - rank(other))[0] ?? { kind: 'taken-in' };
}

/** Names of the controllers that have said anything of it, each once. */
export function controllersOf(object: KubernetesObject): readonly string[] {
  const statuses = listOf(fieldsOf(object['status'])['parents']);
  return [...new Set(statuses.map(({ controllerName }) => String(controllerName)))];
}

/** Every controller by itself: two may serve one Gateway. */
function intakeBy(status: Fields, parent: string, generation: number): Intake {
  const who = `${String(status['controllerName'])} on ${parent}`;
  const conditions = listOf(status['conditions']);
  const condition = (type: string): Fields | undefined =>
    conditions.find((one) => one['type'] === type);
  const isOld = (one: Fields | undefined): boolean =>
    Number(one?.['observedGeneration'] ?? -1) < generation;
  const accepted = condition('Accepted');
  const resolved = condition('ResolvedRefs');
  if (isOld(accepted) || isOld(resolved))
    return { kind: 'pending', why: `${who} has not taken in generation ${generation} yet` };
  if (accepted?.['status'] !== 'True')
    return { kind: 'refused', why: `${who} does not accept it: ${reasonOf(accepted)}` };
  if (resolved?.['status'] !== 'True')
    return { kind: 'unresolved', why: `${who} cannot resolve a backend: ${reasonOf(resolved)}` };
  return { kind: 'taken-in' };
}

/** Messages are somebody else's text: what is kept of them is bounded and printable. */
function reasonOf(condition: Fields | undefined): string {
  const { reason, message } = condition ?? {};
  const text = `${String(reason)}${typeof message === 'string' ? ` (${message})` : ''}`;
  return text.replaceAll(/[^\x20-\x7e]/gu, ' ').slice(0, 300);
}

function parentKey(parent: Fields, ownNamespace: string): string {
  const {
    group = 'gateway.networking.k8s.io',
    kind = 'Gateway',
    name,
    namespace = ownNamespace,
    sectionName = null,
    port = null,
  } = parent;
  return JSON.stringify([group, kind, name, namespace, sectionName, port]);
}

function parentText({ kind = 'Gateway', name, sectionName }: Fields): string {
  const section = typeof sectionName === 'string' ? `, listener ${sectionName}` : '';
  return `${String(kind)} ${String(name)}${section}`;
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
