/**
 * How writes come together: JSON merge patches (RFC 7386), and server-side apply, by which a field that its only writer no longer
 * names is taken away. Lists count as one value: where Kubernetes merges them by key, a list here is replaced as a whole. Pure.
 */
import { fieldsOf, isFields, type Fields } from '#domain/json/json-fields.ts';
import type { Claim } from './light-object.ts';

export function mergePatched(target: Fields, patch: Fields): Fields {
  const merged: Record<string, unknown> = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    const known = merged[name];
    if (value === null) Reflect.deleteProperty(merged, name);
    else if (isFields(value) && isFields(known)) merged[name] = mergePatched(known, value);
    else merged[name] = isFields(value) ? withoutNulls(value) : value;
  }
  return merged;
}

/** The very same object where it holds none, so that what many clusters were furnished with is kept once. */
function withoutNulls(fields: Fields): Fields {
  const entries = Object.entries(fields).map(
    ([name, value]) => [name, isFields(value) ? withoutNulls(value) : value] as const,
  );
  const isSame = entries.every(([name, value]) => value !== null && value === fields[name]);
  return isSame ? fields : Object.fromEntries(entries.filter(([, value]) => value !== null));
}

/** `content` with the intention of one manager, whose former one is `before`; `others` keep what they claim. */
export function applied(
  content: Fields,
  intention: Fields,
  before: Fields,
  others: readonly Fields[],
): Fields {
  return mergePatched(withoutLeft(content, before, intention, others), intention);
}

/** Takes away what only the former intention named. */
function withoutLeft(
  content: Fields,
  before: Fields,
  now: Fields,
  others: readonly Fields[],
): Fields {
  const kept: Record<string, unknown> = { ...content };
  for (const [name, was] of Object.entries(before)) {
    if (!Object.hasOwn(kept, name)) continue;
    const claims = others.filter((other) => Object.hasOwn(other, name));
    const isClaimed = Object.hasOwn(now, name) || claims.length > 0;
    const value = kept[name];
    if (isFields(was) && isFields(value)) {
      const inside = claims.map((other) => fieldsOf(other[name]));
      const rest = withoutLeft(value, was, fieldsOf(now[name]), inside);
      if (isClaimed || Object.keys(rest).length > 0) kept[name] = rest;
      else Reflect.deleteProperty(kept, name);
    } else if (!isClaimed) Reflect.deleteProperty(kept, name);
  }
  return kept;
}

/** `metadata.managedFields` as a server tells it. */
export function managedFields(
  claims: readonly Claim[],
  apiVersion: string,
): readonly Readonly<Record<string, unknown>>[] {
  return claims.map(({ manager, operation, fields, at }) => ({
    manager,
    operation,
    apiVersion,
    time: at,
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsV1(fields),
  }));
}

function fieldsV1(fields: Fields): Fields {
  const named = Object.entries(fields).filter(
    ([name]) => name !== 'apiVersion' && name !== 'kind' && name !== 'name' && name !== 'namespace',
  );
  return Object.fromEntries(
    named.map(([name, value]) => [`f:${name}`, isFields(value) ? fieldsV1(value) : {}]),
  );
}
