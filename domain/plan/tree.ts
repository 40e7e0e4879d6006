/**
 * The plan as a tree of plain values, before anything is known to be right: safe reading, and a copy without the keys
 * and shapes that could hurt.
 *
 * Invariants: only own properties are read; the copy is a tree (what YAML aliases share is repeated) of bounded depth
 * and size. Called by `check-plan.ts` and the cross-field rules.
 */
import type { z } from 'zod';
import { isFields } from '#domain/json/json-fields.ts';
import type { PlanPath, PlanProblem } from './problems.ts';

/** Keys that JavaScript treats specially. */
const SPECIAL_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** A plan is seven levels deep; whatever is much deeper is no plan. */
const DEEPEST = 32;

/** 250 routes are about 2,000 values; whatever is much larger is an attack by aliases. */
const MOST_VALUES = 50_000;

/** The own property or item, or undefined. */
export function child(tree: unknown, key: string | number): unknown {
  if (Array.isArray(tree)) {
    const items: readonly unknown[] = tree;
    return typeof key === 'number' ? items[key] : undefined;
  }
  return isFields(tree) && Object.hasOwn(tree, key) ? tree[key] : undefined;
}

/** The value at a path, or undefined where the path leaves the tree. */
export function at(tree: unknown, path: PlanPath): unknown {
  return path.reduce<unknown>((value, key) => child(value, key), tree);
}

/** A list's items; of anything else none. */
export function items(tree: unknown): readonly unknown[] {
  return Array.isArray(tree) ? tree : [];
}

/** The value as `schema` reads it (with its default where nothing is written), or undefined where it is wrong. */
export function valid<Output>(schema: z.ZodType<Output>, value: unknown): Output | undefined {
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
}

/** The copy, and what had to be left out of it. */
export interface SafeCopy {
  readonly tree: unknown;
  readonly problems: readonly PlanProblem[];
}

export function safeCopy(raw: unknown): SafeCopy {
  const problems: PlanProblem[] = [];
  let values = 0;
  const copy = (value: unknown, path: PlanPath): unknown => {
    values += 1;
    if (values > MOST_VALUES) return undefined;
    if (typeof value !== 'object' || value === null) return value;
    if (path.length >= DEEPEST) {
      problems.push({
        path,
        about: 'value',
        found: 'deeper nesting',
        allowed: `at most ${DEEPEST} levels`,
      });
      return undefined;
    }
    if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index]));
    const entries: [string, unknown][] = [];
    for (const [key, item] of Object.entries(value)) {
      const itemPath = [...path, key];
      if (SPECIAL_KEYS.includes(key)) problems.push(specialKey(itemPath));
      else entries.push([key, copy(item, itemPath)]);
    }
    return Object.fromEntries(entries);
  };
  const tree = copy(raw, []);
  if (values <= MOST_VALUES) return { tree, problems };
  const found = `more than ${MOST_VALUES} values`;
  return {
    tree: undefined,
    problems: [{ path: [], about: 'value', found, allowed: `at most ${MOST_VALUES}` }],
  };
}

function specialKey(path: PlanPath): PlanProblem {
  return {
    path,
    about: 'key',
    found: 'a name that JavaScript treats specially',
    allowed: 'any other name',
  };
}
