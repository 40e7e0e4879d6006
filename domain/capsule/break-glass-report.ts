import { isFields } from '#domain/json/json-fields.ts';

/** What became of a capsule that was carried out: printed by a program, read by the command line and by scripts. JSON-stable. */
export interface BreakGlassReport {
  /** `not-able`: at least one route stays where it is, because nobody of blue could take its users. */
  readonly outcome: 'rolled-back' | 'not-able' | 'failed';
  /** Worst first, in the order in which they were written. */
  readonly routes: readonly RouteReport[];
}

export interface RouteReport {
  readonly id: string;
  readonly resource: string;
  readonly result: 'on-blue' | 'not-able' | 'failed';
  /** How it was found. */
  readonly was: RouteLook;
  /** How often its calls were sent. */
  readonly attempts: number;
  /** How often it had to be brought back again, because a late write of somebody else had landed. */
  readonly reasserted: number;
  /** From the first look to the first accepted read-back; null where there was none. */
  readonly seconds: number | null;
  /** Why it is not on blue, and the next move; empty where it is. */
  readonly problem: string;
}

export type RouteLook = 'blue' | 'elsewhere' | 'unknown';

/** The outcome of all routes together. */
export function outcomeOf(
  routes: readonly Pick<RouteReport, 'result'>[],
): BreakGlassReport['outcome'] {
  if (routes.some(({ result }) => result === 'failed')) return 'failed';
  return routes.some(({ result }) => result === 'not-able') ? 'not-able' : 'rolled-back';
}

/** The report in a program's output; null when there is none. */
export function reportIn(text: string): BreakGlassReport | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  return isReport(raw) ? raw : null;
}

function isReport(raw: unknown): raw is BreakGlassReport {
  if (!isFields(raw) || !Array.isArray(raw['routes'])) return false;
  const routes: readonly unknown[] = raw['routes'];
  const outcomes: readonly unknown[] = ['rolled-back', 'not-able', 'failed'];
  return (
    outcomes.includes(raw['outcome']) &&
    routes.every(
      (route) =>
        isFields(route) &&
        ['id', 'resource', 'result', 'was', 'problem'].every(
          (key) => typeof route[key] === 'string',
        ),
    )
  );
}
