/**
 * Turns zod's issues into problems: one per mistake, with the words of `problems.ts`.
 *
 * Invariants: the sentence of a field (`error`) wins over the generic one; an issue about several unknown keys becomes
 * one problem per key. Called by `check-plan.ts` only.
 */
import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { describeValue, oneOf, type PlanPath, type PlanProblem } from './problems.ts';
import { at } from './tree.ts';

/** The parsed value, or the problems that prevent it. */
export type SchemaCheck<Value> =
  | { readonly kind: 'valid'; readonly value: Value }
  | { readonly kind: 'invalid'; readonly problems: readonly PlanProblem[] };

/** Parses `tree` with `schema`. Never throws on JSON-like values. */
export function checkSchema<Output>(schema: z.ZodType<Output>, tree: unknown): SchemaCheck<Output> {
  const knownKeys = new Map<string, readonly string[]>();
  const result = schema.safeParse(tree, {
    error: (issue) => {
      // Only here does zod tell which object refused a key; remembered by path for the hints.
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject)
        knownKeys.set(JSON.stringify(issue.path ?? []), Object.keys(issue.inst.shape));
      return allowedBy(issue);
    },
  });
  if (result.success) return { kind: 'valid', value: result.data };
  const problems = result.error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? part.toString() : part));
    if (issue.code !== 'unrecognized_keys') return [problemOf(issue, path, tree)];
    const known = knownKeys.get(JSON.stringify(path)) ?? [];
    return issue.keys.map((key) => unknownKey([...path, key], known));
  });
  return { kind: 'invalid', problems };
}

function problemOf(issue: z.core.$ZodIssue, path: PlanPath, tree: unknown): PlanProblem {
  const value = at(tree, path);
  if (issue.code === 'invalid_key') {
    const allowed = issue.issues[0]?.message ?? issue.message;
    return { path, about: 'key', found: describeValue(path.at(-1)), allowed };
  }
  const about = value === undefined ? 'missing' : 'value';
  const hint = didYouMean(value, choicesOf(issue));
  const problem = { path, about, found: describeValue(value), allowed: issue.message } as const;
  return hint === undefined ? problem : { ...problem, hint };
}

function unknownKey(path: PlanPath, known: readonly string[]): PlanProblem {
  const hint = didYouMean(path.at(-1), known);
  const problem = { path, about: 'key', found: 'an unknown field', allowed: oneOf(known) } as const;
  return hint === undefined ? problem : { ...problem, hint };
}

function choicesOf(issue: z.core.$ZodIssue): readonly string[] {
  let choices: readonly unknown[] = [];
  if (issue.code === 'invalid_value') choices = issue.values;
  else if (issue.code === 'invalid_union' && 'options' in issue) choices = issue.options;
  return choices.filter((choice) => typeof choice === 'string');
}

/** What is allowed, for fields without a sentence of their own. */
function allowedBy(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return NAMES_OF_TYPES.get(issue.expected) ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'invalid_union':
      return Array.isArray(issue.options) ? oneOf(issue.options.map(String)) : 'another value';
    default:
      return 'another value';
  }
}

const NAMES_OF_TYPES: ReadonlyMap<string, string> = new Map([
  ['object', 'a mapping'],
  ['record', 'a mapping'],
  ['array', 'a list'],
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
]);
