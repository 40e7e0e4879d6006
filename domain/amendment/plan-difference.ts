import { formatDurationMs, formatDurationSeconds } from '#domain/plan/durations.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { formatPercentage } from '#domain/plan/percentages.ts';
import { GATES } from '#domain/migration/phases.ts';

/**
 * What an amendment changes, for people and machines: one entry per field, and per guardrail or comparison. Pure; shown before
 * anything is sent, kept with the decision.
 */
type Spec = MigrationPlan['spec'];

export interface Difference {
  /** From the plan's `spec`, in the words of the parsed plan: `traffic.groups.storefront.bakeSeconds`. */
  readonly path: string;
  /** In the parsed plan's units; null where there was nothing. */
  readonly from: unknown;
  /** Null where it is taken away. */
  readonly to: unknown;
  /** The same in one line. */
  readonly sentence: string;
}

/** Everything that differs in the parts of a plan that may change; groups and gates are those of `before`. */
export function differencesOf(before: Spec, after: Spec): readonly Difference[] {
  return [
    ...promiseDifferences(before, after),
    ...groupDifferences(before, after),
    ...duration(
      'analysis.intervalSeconds',
      'the guard looks every',
      before.analysis.intervalSeconds,
      after.analysis.intervalSeconds,
    ),
    ...duration(
      'analysis.missingDataSeconds',
      "green's data may be missing for",
      before.analysis.missingDataSeconds,
      after.analysis.missingDataSeconds,
    ),
    ...listDifferences(
      'guardrail',
      'analysis.guardrails',
      before.analysis.guardrails,
      after.analysis.guardrails,
    ),
    ...listDifferences(
      'comparison',
      'analysis.compare',
      before.analysis.compare,
      after.analysis.compare,
    ),
    ...duration('soak.forSeconds', 'soak', before.soak.forSeconds, after.soak.forSeconds),
    ...duration(
      'drain.quietSeconds',
      'blue must be idle for',
      before.drain.quietSeconds,
      after.drain.quietSeconds,
    ),
    ...GATES.flatMap((name) =>
      duration(
        `gates.${name}.expiresSeconds`,
        `gate ${name} expires after`,
        before.gates[name].expiresSeconds,
        after.gates[name].expiresSeconds,
      ),
    ),
  ];
}

function promiseDifferences(before: Spec, after: Spec): readonly Difference[] {
  const [from, to] = [before.traffic.promise, after.traffic.promise];
  return [
    ...duration(
      'traffic.promise.rollbackWithinSeconds',
      'promise: all new requests on blue within',
      from.rollbackWithinSeconds,
      to.rollbackWithinSeconds,
    ),
    ...duration(
      'traffic.promise.shedWithinSeconds',
      'promise: long-lived connections shed within',
      from.shedWithinSeconds,
      to.shedWithinSeconds,
    ),
  ];
}

function groupDifferences(before: Spec, after: Spec): readonly Difference[] {
  return before.traffic.groups.flatMap((group) => {
    const { name, steps, bakeSeconds } = group;
    const next = after.traffic.groups.find((one) => one.name === name) ?? group;
    const path = `traffic.groups.${name}`;
    const percents = (list: readonly number[]): string => `${list.join(', ')} %`;
    const changed = steps.length !== next.steps.length || steps.some((p, i) => p !== next.steps[i]);
    return [
      ...(changed
        ? [
            {
              path: `${path}.steps`,
              from: steps,
              to: next.steps,
              sentence: `group ${name}, steps: ${percents(steps)} → ${percents(next.steps)}`,
            },
          ]
        : []),
      ...duration(`${path}.bakeSeconds`, `group ${name}, bake:`, bakeSeconds, next.bakeSeconds),
      ...duration(
        `${path}.bakeAtMostSeconds`,
        `group ${name}, a step waits for its proof at most:`,
        group.bakeAtMostSeconds,
        next.bakeAtMostSeconds,
      ),
    ];
  });
}

function duration(path: string, words: string, from: number, to: number): readonly Difference[] {
  if (from === to) return [];
  const sentence = `${words} ${formatDurationSeconds(from)} → ${formatDurationSeconds(to)}`;
  return [{ path, from, to, sentence }];
}

/** A guardrail or a comparison. */
export interface Limit {
  readonly metric: string;
  /** The source it is read from, where it is read from one. */
  readonly from?: string;
  /** What else it is about: an alarm, a query, an address. */
  readonly alarm?: string;
  readonly query?: string;
  readonly url?: string;
}

/** What makes a limit the same one after its figures have changed. */
export function nameOfLimit({ metric, from, alarm, query, url }: Limit): string {
  const about = alarm ?? query ?? url;
  const named = about === undefined ? metric : `${metric} ${about}`;
  return from === undefined ? named : `${named} from ${from}`;
}

const PARTS_OF_NAME: readonly string[] = ['metric', 'from', 'alarm', 'query', 'url'];

function listDifferences(
  what: string,
  path: string,
  before: readonly Limit[],
  after: readonly Limit[],
): readonly Difference[] {
  const [was, is] = [byName(before), byName(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])];
  return names.flatMap((name) => {
    const [from, to] = [was.get(name) ?? null, is.get(name) ?? null];
    const [shownFrom, shownTo] = [figuresOf(from), figuresOf(to)];
    if (shownFrom === shownTo) return [];
    const sentence = `${what} ${name}: ${shownFrom} → ${shownTo}`;
    return [{ path: `${path}[${name}]`, from, to, sentence }];
  });
}

function byName(limits: readonly Limit[]): ReadonlyMap<string, Limit> {
  return new Map(limits.map((limit) => [nameOfLimit(limit), limit]));
}

/** Every field but the name, in the order of the alphabet, so that equal limits read equal. */
function figuresOf(limit: Limit | null): string {
  if (limit === null) return 'none';
  return Object.entries(limit)
    .filter(([key]) => !PARTS_OF_NAME.includes(key))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} ${inUnit(limit.metric, key, value)}`)
    .join(', ');
}

const SHARES: readonly string[] = ['error-rate', 'connection-errors', 'load-balancer-5xx'];

function inUnit(metric: string, key: string, value: unknown): string {
  const isLimit = (key === 'max' || key === 'min') && typeof value === 'number';
  if (isLimit && SHARES.includes(metric)) return formatPercentage(value);
  if (isLimit && metric.startsWith('latency-')) return formatDurationMs(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
