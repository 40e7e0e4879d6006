import { isFields } from '#domain/json/json-fields.ts';

/**
 * Weights that nobody answers for: users on green without a run that guards them. Found by a program that reads AWS alone; the
 * command line then asks Temporal which runs live. JSON-stable.
 */
export interface SplitRoute {
  readonly workflowId: string;
  readonly id: string;
  readonly resource: string;
  /** Green's share in percent; null where only the capsule speaks of the route: it is not on blue alone. */
  readonly greenPercent: number | null;
  /** Where it was found: a capsule, as `cutover rollback --break-glass` takes it, or `plan`. */
  readonly source: string;
  /** What mends it, for a shell. */
  readonly commands: readonly string[];
}

export interface OrphanSearch {
  /** Capsules and routes that were looked at. */
  readonly looked: { readonly capsules: number; readonly routes: number };
  readonly split: readonly SplitRoute[];
  /** What could not be looked at, one sentence each. */
  readonly unreadable: readonly string[];
}

/** The search in a program's output; null when there is none. */
export function searchIn(text: string): OrphanSearch | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  return isSearch(raw) ? raw : null;
}

function isSearch(raw: unknown): raw is OrphanSearch {
  if (!isFields(raw) || !isFields(raw['looked'])) return false;
  const { split, unreadable } = raw;
  if (!Array.isArray(split) || !Array.isArray(unreadable)) return false;
  const routes: readonly unknown[] = split;
  const sentences: readonly unknown[] = unreadable;
  return (
    sentences.every((sentence) => typeof sentence === 'string') &&
    routes.every(
      (route) =>
        isFields(route) &&
        ['workflowId', 'id', 'resource', 'source'].every((key) => typeof route[key] === 'string') &&
        Array.isArray(route['commands']),
    )
  );
}
