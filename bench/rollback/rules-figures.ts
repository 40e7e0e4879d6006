/** The arithmetic of many rules: what the guard needed, and what the API's own limit allows at best. Pure. */

/** One migration of many rules as it was measured; epoch milliseconds, null for what did not happen. */
export interface RulesObservation {
  readonly rules: number;
  /** How many of them were hit worst. */
  readonly worst: number;
  readonly verdictMs: number | null;
  /** The API had accepted the way back of every rule. */
  readonly acceptedMs: number | null;
  /** Of those that were hit worst; null where none was. */
  readonly worstAcceptedMs: number | null;
  /** The guard had read all of them back and reported. */
  readonly readBackMs: number | null;
  readonly reason: string;
  readonly ending: string;
}

export interface RulesFigure {
  readonly rules: number;
  readonly worstHitRules: number;
  readonly verdictToWorstHitSeconds: number | null;
  readonly verdictToWeightsSeconds: number | null;
  readonly verdictToReadBackSeconds: number | null;
  /** By arithmetic: the last write cannot be accepted earlier, the account's bucket being full at the verdict. */
  readonly apiAllowsAtBestSeconds: number;
  readonly outcome: string;
}

/** A tenth of them are hit worst; of fewer than ten none. */
export function worstHitOf(rules: number): number {
  return Math.floor(rules / 10);
}

/** A bucket of `burst` tokens, refilled by `ratePerSecond`: so many seconds until its `writes`-th write. */
export function secondsForWrites(
  writes: number,
  { burst, ratePerSecond }: { readonly burst: number; readonly ratePerSecond: number },
): number {
  return Math.max(0, (writes - burst) / ratePerSecond);
}

export function rulesFigure(
  observed: RulesObservation,
  limit: { readonly burst: number; readonly ratePerSecond: number },
): RulesFigure {
  const since = (atMs: number | null): number | null =>
    atMs === null || observed.verdictMs === null
      ? null
      : Math.round(Math.max(0, atMs - observed.verdictMs) / 10) / 100;
  return {
    rules: observed.rules,
    worstHitRules: observed.worst,
    verdictToWorstHitSeconds: since(observed.worstAcceptedMs),
    verdictToWeightsSeconds: since(observed.acceptedMs),
    verdictToReadBackSeconds: since(observed.readBackMs),
    apiAllowsAtBestSeconds: secondsForWrites(observed.rules, limit),
    outcome: observed.ending,
  };
}

/** All rules back and read back, and the migration ended so. */
export function isRulesWell({
  verdictToReadBackSeconds,
  verdictToWeightsSeconds,
  outcome,
}: RulesFigure): boolean {
  return (
    verdictToReadBackSeconds !== null &&
    verdictToWeightsSeconds !== null &&
    outcome === 'rolled-back'
  );
}
