/**
 * Percentages as people write them: `1%`, `0.5%`. In code a percentage is a plain number from 0 to 100, in fields whose
 * names end in `Percent`.
 *
 * Invariant: at most four decimals, so that a threshold is never a rounding artefact. Called by the plan schema and by
 * whatever shows a share to a person.
 */

/** The grammar, for JSON schemas and for the parser. */
export const PERCENTAGE_PATTERN = /^(\d{1,3}(?:\.\d{1,4})?)%$/;

/** A number from 0 to 100, or undefined where the text is no percentage. The sign is required. */
export function parsePercentage(text: string): number | undefined {
  const digits = PERCENTAGE_PATTERN.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const percent = Number(digits);
  return percent <= 100 ? percent : undefined;
}

/** `0.5%` for 0.5; rounded to four decimals. @param percent 0–100 */
export function formatPercentage(percent: number): string {
  return `${Math.round(percent * 10_000) / 10_000}%`;
}
