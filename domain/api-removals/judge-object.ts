import { fieldsOf, isFields, type Fields } from '#domain/json/json-fields.ts';
import { isAlpha, verdictOn, type ApiVerdict, type Span } from './api-removals.ts';
import { changedBehaviour } from './behaviour-changes.ts';
import type { ObjectFinding, ObjectRef } from './object-finding.ts';
import { writtenAs } from './written-as.ts';

const GUIDE = 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/';

/** Everything that stands against an object on the way; what has no `apiVersion` and `kind` is none, and nothing stands against it. */
export function judgeObject(object: unknown, span: Span): readonly ObjectFinding[] {
  const resource = refOf(object);
  if (resource === null || !isFields(object)) return [];
  return [
    ...apiFindings(object, resource, span),
    ...changedBehaviour(object, span).map((found) => ({ ...found, resource })),
  ];
}

/** Which object it is; null where it is none. */
export function refOf(object: unknown): ObjectRef | null {
  if (!isFields(object)) return null;
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return null;
  if (apiVersion === '' || kind === '') return null;
  const metadata = fieldsOf(object['metadata']);
  const text = (name: string): string => {
    const value = metadata[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    apiVersion,
    kind,
    namespace: text('namespace'),
    name: text('name') === '' ? text('generateName') : text('name'),
  };
}

/** The objects in one: the items of a list, or itself. */
export function objectsIn(object: unknown): readonly unknown[] {
  const { kind, items } = fieldsOf(object);
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [object];
  const all: readonly unknown[] = items;
  return all.flatMap((item) => objectsIn(withKind(item, object)));
}

/** Items of a typed list need not say what they are. */
function withKind(item: unknown, list: unknown): unknown {
  const { kind, apiVersion } = fieldsOf(list);
  const isTyped = typeof kind === 'string' && kind !== 'List';
  if (!isTyped || !isFields(item) || item['kind'] !== undefined) return item;
  const named: Fields = { apiVersion, kind: kind.slice(0, -'List'.length), ...item };
  return named;
}

/** One for each way in which somebody wrote it, by the version they used. */
function apiFindings(object: Fields, resource: ObjectRef, span: Span): readonly ObjectFinding[] {
  return writtenAs(object, resource.apiVersion).flatMap(({ apiVersion, evidence, isPast }) => {
    const verdict = verdictOn({ apiVersion, kind: resource.kind }, span);
    // What a field manager wrote once stays in the object for ever.
    const isOld = isPast && verdict.kind === 'removed-before';
    if (verdict.kind === 'served' || isOld) return [];
    const found = apiFinding({ ...resource, apiVersion }, evidence, span, verdict);
    return [isPast && found.severity === 'block' ? { ...found, severity: 'warn' } : found];
  });
}

function apiFinding(
  resource: ObjectRef,
  evidence: string,
  { from, to }: Span,
  { kind, api, successor }: Exclude<ApiVerdict, { readonly kind: 'served' }>,
): ObjectFinding {
  const name = `${api.apiVersion} ${api.kind}`;
  const rewritten =
    successor === null
      ? 'Kubernetes has nothing in its place: take it out, or find what does its work'
      : `write it as ${successor}, and upgrade the Helm release or the repository that holds it`;
  const common = { resource, evidence, remedy: rewritten, source: GUIDE };
  switch (kind) {
    case 'removed':
      return {
        code: 'api-removed',
        severity: isAlpha(api.apiVersion) ? 'warn' : 'block',
        title: `${name} is not served since ${api.removed}, and green is ${to}`,
        ...common,
      };
    case 'removed-before':
      return {
        code: 'api-removed-before',
        severity: 'warn',
        title: `${name} is not served since ${api.removed}, so blue (${String(from)}) cannot have it from here`,
        ...common,
      };
    default:
      return {
        code: 'api-deprecated',
        severity: 'info',
        title: `${name} is deprecated since ${String(api.deprecated)} and goes with ${api.removed}`,
        ...common,
      };
  }
}
