import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';

/** JSON merge patch, RFC 7386; an undefined value changes nothing. */
export function mergePatch(target: Fields, patch: Fields): Fields {
  const merged: Record<string, unknown> = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) Reflect.deleteProperty(merged, name);
    else
      merged[name] = isObject(value) ? mergePatch(fieldsOf(merged[name]), fieldsOf(value)) : value;
  }
  return merged;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && !Array.isArray(value);
}
