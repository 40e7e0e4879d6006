/** From which score on a judgement passes, and from which it is marginal; both 0–100. */
export interface VerdictThresholds {
  readonly pass: number;
  readonly marginal: number;
}

/** Those of Kayenta's sample configuration; it has no defaults of its own. */
export const DEFAULT_THRESHOLDS: VerdictThresholds = { pass: 95, marginal: 75 };

export function verdictOfScore(
  score: number,
  { pass, marginal }: VerdictThresholds,
): 'pass' | 'marginal' | 'fail' {
  if (score >= pass) return 'pass';
  return score >= marginal ? 'marginal' : 'fail';
}
