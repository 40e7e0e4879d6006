/**
 * Hand-written parsing of JSON that may be anything, without a schema library: each reader stands at one place in the tree and
 * writes what is wrong there, with the path, into one list.
 */
import { isFields, type Fields } from './json-fields.ts';
import { describeValue, formatPath, type PlanPath } from '#domain/plan/problems.ts';

/** Keys that JavaScript treats specially. */
const SPECIAL_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];
const DEEPEST = 24;

/** Where something nests too deep or bears a special name; null where nothing does. */
export function hostilePath(value: unknown, path: PlanPath = []): PlanPath | null {
  if (typeof value !== 'object' || value === null) return null;
  if (path.length >= DEEPEST) return path;
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const found = SPECIAL_KEYS.includes(key) ? at : hostilePath(item, at);
    if (found !== null) return found;
  }
  return null;
}

/** One place in the tree, and where its problems go. */
export class StrictReader {
  readonly #path: PlanPath;
  readonly #problems: string[];

  constructor(path: PlanPath, problems: string[]) {
    this.#path = path;
    this.#problems = problems;
  }

  at(key: string | number): StrictReader {
    return new StrictReader([...this.#path, key], this.#problems);
  }

  refuse(found: unknown, allowed: string): null {
    this.#problems.push(
      `${formatPath(this.#path)}: found ${describeValue(found)}, allowed is ${allowed}`,
    );
    return null;
  }

  /** The object's members; problems for a missing one or one that nobody knows. */
  fields(
    value: unknown,
    required: readonly string[],
    optional: readonly string[] = [],
  ): Fields | null {
    if (!isFields(value)) return this.refuse(value, `an object with ${required.join(', ')}`);
    const unknown = Object.keys(value).filter((key) => ![...required, ...optional].includes(key));
    const missing = required.filter((key) => !Object.hasOwn(value, key));
    for (const key of unknown) this.at(key).refuse(value[key], 'no such member');
    for (const key of missing) this.at(key).refuse(undefined, 'something: it is needed');
    return unknown.length > 0 || missing.length > 0 ? null : value;
  }

  text(value: unknown, pattern: RegExp, allowed: string): string | null {
    return typeof value === 'string' && pattern.test(value) ? value : this.refuse(value, allowed);
  }

  /** Every item as `item` reads it; null when one cannot be read. */
  list<Item>(
    value: unknown,
    [least, most]: readonly [number, number],
    item: (value: unknown, reader: StrictReader) => Item | null,
  ): readonly Item[] | null {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      return this.refuse(value, `a list of ${least} to ${most}`);
    const raw: readonly unknown[] = value;
    const read = raw.map((one, index) => item(one, this.at(index)));
    const items = read.filter((one) => one !== null);
    return items.length === raw.length ? items : null;
  }
}
