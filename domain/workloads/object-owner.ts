import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from './workload-copy.ts';

/**
 * Who else writes a Kubernetes object (I15): a GitOps controller, Helm, Terraform or an operator puts back whatever we change,
 * so its fields are changed at their owner or not at all. Read from what these tools leave on objects: field managers,
 * labels, annotations, owner references. Pure. Sources: the tools' documentation, named beside each mark.
 */
export interface ObjectOwner {
  /** Such as `Argo CD (label argocd.argoproj.io/instance)`. */
  readonly who: string;
}

/**
 * The first other owner found; null where people write the object by hand. A field manager counts only if it owns one of
 * `fields`, paths as `fieldsV1` has them; labels and annotations say that the whole object is owned.
 */
export function objectOwner(
  object: KubernetesObject,
  fields: readonly (readonly string[])[],
): ObjectOwner | null {
  const { labels = {}, annotations = {}, ownerReferences = [] } = object.metadata;
  for (const [who, mark, value] of MARKS) {
    const isMarked = (marks: Readonly<Record<string, string>>): boolean =>
      Object.hasOwn(marks, mark) && (value === null || marks[mark] === value);
    if (isMarked(labels)) return { who: `${who} (label ${mark})` };
    if (isMarked(annotations)) return { who: `${who} (annotation ${mark})` };
  }
  const controller = ownerReferences.map(fieldsOf).find(({ controller: is }) => is === true);
  if (controller !== undefined)
    return { who: `its controller ${String(controller['kind'])} ${String(controller['name'])}` };
  return managerOf(object, fields);
}

/** Tool, label or annotation, and its value; null: any value. */
const MARKS: readonly (readonly [string, string, string | null])[] = [
  // Argo CD, "Resource Tracking"; the label is its default in older versions under another, ambiguous name.
  ['Argo CD', 'argocd.argoproj.io/instance', null],
  ['Argo CD', 'argocd.argoproj.io/tracking-id', null],
  // Flux, "Kustomization" and "HelmRelease": labels of owned objects.
  ['Flux', 'kustomize.toolkit.fluxcd.io/name', null],
  ['Flux', 'helm.toolkit.fluxcd.io/name', null],
  // Helm, "Labels and Annotations".
  ['Helm', 'app.kubernetes.io/managed-by', 'Helm'],
  ['Helm', 'meta.helm.sh/release-name', null],
  ['Terraform', 'app.kubernetes.io/managed-by', 'Terraform'],
  ['Pulumi', 'app.kubernetes.io/managed-by', 'pulumi'],
  ['Config Sync', 'configmanagement.gke.io/managed', 'enabled'],
  ['Fleet', 'objectset.rio.cattle.io/id', null],
];

/** Field managers by which these tools write. */
const MANAGERS: readonly (readonly [RegExp, string])[] = [
  [/^argocd/u, 'Argo CD'],
  [/^(?:kustomize|helm)-controller$|^flux/u, 'Flux'],
  [/^helm$/iu, 'Helm'],
  [/terraform|hashicorp/iu, 'Terraform'],
  [/^pulumi/u, 'Pulumi'],
  [/^(?:configsync|applyset-configsync)/u, 'Config Sync'],
  [/^fleetagent|^rancher/u, 'Fleet'],
];

function managerOf(
  { metadata }: KubernetesObject,
  fields: readonly (readonly string[])[],
): ObjectOwner | null {
  const entries: readonly unknown[] = Array.isArray(metadata['managedFields'])
    ? metadata['managedFields']
    : [];
  for (const entry of entries.map(fieldsOf)) {
    const manager = String(entry['manager']);
    const tool = MANAGERS.find(([pattern]) => pattern.test(manager))?.[1];
    if (tool !== undefined && fields.some((path) => owns(entry['fieldsV1'], path)))
      return { who: `${tool} (field manager ${manager})` };
  }
  return null;
}

function owns(fieldsV1: unknown, path: readonly string[]): boolean {
  let place: unknown = fieldsV1;
  for (const step of path) {
    const inside = fieldsOf(place);
    if (!Object.hasOwn(inside, step)) return false;
    place = inside[step];
  }
  return true;
}
