/**
 * The arithmetic of the bench. Each call of the engine is paired with the same call of the bare script (the third
 * `setWeights` with the third), and a pair counts only where neither side waited: planned waits are out of both by
 * leaving their calls out of both. Invariant: both sides made the same calls, or there is nothing to compare.
 */
import type { MigrationActivities } from '#activities/contract.ts';
import type { Call } from './calls.ts';

/** Activities that rest inside an attempt (until a rule has settled, until a metric's period has closed). */
const RESTING: readonly string[] = [
  'smokeTest',
  'rehearseRollback',
  'verifyShare',
] satisfies readonly (keyof MigrationActivities)[];

export interface Pair {
  readonly type: string;
  readonly engineMs: number;
  readonly scriptMs: number;
  /** Did neither side wait? */
  readonly compared: boolean;
}

/** The bench's result; seconds over compared calls only. */
export interface OverheadReport {
  readonly engineSeconds: number;
  readonly scriptSeconds: number;
  /** Engine over script. */
  readonly ratio: number;
  /** How many calls were compared. */
  readonly activities: number;
  /** Median of (engine − script) over the compared calls, milliseconds. */
  readonly overheadMsPerActivityMedian: number;
}

/** The two sides did not make the same calls. */
export class DifferentCallsError extends Error {
  override readonly name = 'DifferentCallsError';
  readonly type: string;

  constructor(type: string, engine: number, script: number) {
    super(
      `the engine called ${type} ${String(engine)} times, the bare script ${String(script)} times; next: bring bench/overhead/bare-script.ts in line with workflows/`,
    );
    this.type = type;
  }
}

/** In the engine's order. Throws `DifferentCallsError`. */
export function pairCalls(engine: readonly Call[], script: readonly Call[]): readonly Pair[] {
  for (const type of new Set([...engine, ...script].map((call) => call.type))) {
    const [ofEngine, ofScript] = [ofType(engine, type).length, ofType(script, type).length];
    if (ofEngine !== ofScript) throw new DifferentCallsError(type, ofEngine, ofScript);
  }
  return engine.flatMap((call, index) => {
    const nth = ofType(engine.slice(0, index), call.type).length;
    const twin = ofType(script, call.type)[nth];
    if (twin === undefined) return [];
    const compared = call.firstTry && twin.firstTry && !RESTING.includes(call.type);
    return [{ type: call.type, engineMs: call.ms, scriptMs: twin.ms, compared }];
  });
}

/** Throws when no pair counts: there is no median of nothing. */
export function reportOf(pairs: readonly Pair[]): OverheadReport {
  const compared = pairs.filter((pair) => pair.compared);
  const engineMs = sum(compared.map((pair) => pair.engineMs));
  const scriptMs = sum(compared.map((pair) => pair.scriptMs));
  return {
    engineSeconds: round(engineMs / 1000, 3),
    scriptSeconds: round(scriptMs / 1000, 3),
    ratio: round(engineMs / scriptMs, 2),
    activities: compared.length,
    overheadMsPerActivityMedian: round(
      median(compared.map((pair) => pair.engineMs - pair.scriptMs)),
      1,
    ),
  };
}

function ofType(calls: readonly Call[], type: string): readonly Call[] {
  return calls.filter((call) => call.type === type);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Throws on an empty list: there is no median of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error('no call was compared');
  return (lower + upper) / 2;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
