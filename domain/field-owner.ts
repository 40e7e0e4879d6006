import { fieldsOf, isFields } from './json-fields.ts';
import type { KubernetesObject } from './workload-copy.ts';

/**
 * Who owns a field of a Kubernetes object and would set it back (I15): GitOps controllers and infrastructure as code. A
 * field of theirs is changed at its owner or not at all. Pure. Sources: Kubernetes documentation, "Server-Side Apply"
 * (`metadata.managedFields`); Argo CD "Resource Tracking"; Flux "kustomize-controller" and "helm-controller" labels.
 */

/** Field managers that come again, by the beginning of their names. */
const OWNING_MANAGERS = [
  'argocd',
  'argo-cd',
  'flux',
  'kustomize-controller',
  'helm',
  'terraform',
  'pulumi',
  'crossplane',
  'fleet',
  'configsync',
  'kapp',
] as const;

/** Labels and annotations by which such tools mark what is theirs, with the tool's name. */
const MARKS: readonly (readonly [string, string])[] = [
  ['argocd.argoproj.io/instance', 'Argo CD'],
  ['argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['helm.toolkit.fluxcd.io/name', 'Flux'],
  ['meta.helm.sh/release-name', 'Helm'],
];

/**
 * The owner of the field in words, or null when nobody would set it back. An object that a tool has marked is the tool's
 * where the field was set by any other hand than ours: tools that apply on the client's side leave no better trace.
 *
 * @param path names of fields from the object's root, such as `spec`, `minReplicas`
 */
export function owningTool(object: KubernetesObject, path: readonly string[]): string | null {
  const managers = managersOf(object, path);
  const owning = managers.find((manager) =>
    OWNING_MANAGERS.some((prefix) => manager.toLowerCase().startsWith(prefix)),
  );
  if (owning !== undefined) return owning;
  const { labels = {}, annotations = {} } = object.metadata;
  const mark = MARKS.find(
    ([name]) => Object.hasOwn(labels, name) || Object.hasOwn(annotations, name),
  );
  if (mark === undefined) return null;
  const isSetByOthers = managers.some((manager) => manager !== OUR_MANAGER);
  return isSetByOthers ? mark[1] : null;
}

/** As which we write. */
const OUR_MANAGER = 'cutover';

function managersOf({ metadata }: KubernetesObject, path: readonly string[]): readonly string[] {
  const entries: unknown = metadata['managedFields'];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const { manager, fieldsV1 } = fieldsOf(entry);
    const owned = path.reduce<unknown>((fields, name) => fieldsOf(fields)[`f:${name}`], fieldsV1);
    return typeof manager === 'string' && isFields(owned) ? [manager] : [];
  });
}
