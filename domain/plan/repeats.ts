/**
 * Finds what is named twice although it may be named once only. Called by the cross-field rules.
 */
import { describeValue, formatPath, type PlanPath, type PlanProblem } from './problems.ts';

/** Something that counts as the same thing when `name` is equal. */
export interface Named {
  readonly path: PlanPath;
  readonly name: string;
}

/** A problem for every one but the first; it names the first. */
export function repeats(named: readonly Named[], allowed: string): readonly PlanProblem[] {
  const first = new Map<string, PlanPath>();
  return named.flatMap(({ path, name }) => {
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, path);
      return [];
    }
    const found = `${describeValue(name)} again (first at ${formatPath(earlier)})`;
    return [{ path, about: 'value' as const, found, allowed }];
  });
}
