/**
 * What is wrong with a plan, as data: where in the tree, what was found, what is allowed, and a hint.
 *
 * Invariants: every text is one printable line (no control or direction characters of the file reach a terminal), cut
 * to a bounded length, and never repeats credentials found in a URL. Made by the schema's issues and the cross-field
 * rules; `clients/plan-file.ts` adds file, line and column.
 */

/** Keys and indexes from the root of the file, e.g. `['spec', 'traffic', 'groups', 0, 'bake']`. */
export type PlanPath = readonly (string | number)[];

export interface PlanProblem {
  readonly path: PlanPath;
  /** What the position should point at: a wrong value, a key that should not be there, or the parent of a missing field. */
  readonly about: 'value' | 'key' | 'missing';
  readonly found: string;
  readonly allowed: string;
  /** A short suggestion, e.g. `did you mean "groups"?` */
  readonly hint?: string;
}

const LONGEST_SHOWN = 80;

/** Makes text of unknown origin safe to print on one line of a terminal. */
export function printable(text: string): string {
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => {
    return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

/** The value in words: `"kro"`, `the number 1.3`, `a list of 3`, `nothing`. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `"${printable(withoutCredentials(value))}"`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return `${value} (true or false)`;
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}

/** `spec.traffic.groups[0].bake`; keys that are no plain words are quoted. The root is `(the whole file)`. */
export function formatPath(path: PlanPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `["${printable(part)}"]`;
  }
  return text === '' ? '(the whole file)' : text;
}

/** `one of a, b, c`, or the only choice. */
export function oneOf(choices: readonly string[]): string {
  return choices.length === 1 ? `${choices[0]}` : `one of ${choices.map(printable).join(', ')}`;
}

function withoutCredentials(text: string): string {
  return text.slice(0, 4_096).replace(/\/\/[^/?#\s]*@/g, '//***@');
}
