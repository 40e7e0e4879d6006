/**
 * JSON as a value: what is written down to be sent again later, literally. Nothing that JSON cannot say survives, and nothing
 * is added: a value read back is the value that was written.
 */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** An object of JSON. */
export type JsonFields = Readonly<Record<string, Json>>;

/** Nesting beyond this is no answer and no request of an API we know. */
const DEEPEST = 32;

/** The value as JSON would carry it: members without a value are left out. Null for what JSON cannot carry. */
export function jsonOf(value: unknown, depth = 0): Json | null {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => jsonOf(item, depth + 1));
  return fieldsAsJson(value, depth);
}

/** The same of an object's own members; an empty object for anything else. */
export function jsonFieldsOf(value: unknown): JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? fieldsAsJson(value, 0)
    : {};
}

function fieldsAsJson(value: object, depth: number): JsonFields {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
      item === undefined ? [] : [[key, jsonOf(item, depth + 1)] as const],
    ),
  );
}

/**
 * Does the answer say what was expected? Members that nobody expected are passed over, because APIs grow; lists must have
 * the same length and fit item by item, because one more item is one more receiver of traffic.
 */
export function contains(answer: Json, expected: Json): boolean {
  if (isList(expected))
    return (
      isList(answer) &&
      answer.length === expected.length &&
      expected.every((item, index) => contains(answer[index] ?? null, item))
    );
  if (typeof expected !== 'object' || expected === null) return answer === expected;
  if (typeof answer !== 'object' || answer === null || isList(answer)) return false;
  return Object.entries(expected).every(
    ([key, item]) => Object.hasOwn(answer, key) && contains(answer[key] ?? null, item),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
