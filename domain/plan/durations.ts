/**
 * Durations as people write them: `500ms`, `60s`, `10m`, `24h`, `7d`, and compounds such as `1h30m`.
 *
 * Invariants: only whole numbers with a unit; units descend and appear once; nothing that cannot be counted exactly
 * in milliseconds is accepted. `parseDurationMs(formatDurationMs(ms)) === ms` for every whole `ms` ≥ 0.
 * Called by the plan schema, and by everything that shows a wait to a person.
 */

const MS_PER_UNIT = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** The grammar, for JSON schemas and for the parser. The lookahead refuses the empty text. */
export const DURATION_PATTERN =
  /^(?=\d)(?:(\d{1,16})d)?(?:(\d{1,16})h)?(?:(\d{1,16})m(?!s))?(?:(\d{1,16})s)?(?:(\d{1,16})ms)?$/;

/** Milliseconds, or undefined where the text is no duration or exceeds `Number.MAX_SAFE_INTEGER` milliseconds. */
export function parseDurationMs(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) return undefined;
  const [, days, hours, minutes, seconds, milliseconds] = match;
  const totalMs =
    Number(days ?? 0) * MS_PER_UNIT.d +
    Number(hours ?? 0) * MS_PER_UNIT.h +
    Number(minutes ?? 0) * MS_PER_UNIT.m +
    Number(seconds ?? 0) * MS_PER_UNIT.s +
    Number(milliseconds ?? 0);
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** The same wait in the largest units that say it exactly: 90,000 → `1m30s`, 0 → `0s`. @param ms whole, ≥ 0 (rounded if not) */
export function formatDurationMs(ms: number): string {
  let restMs = Math.max(0, Math.round(ms));
  if (restMs === 0) return '0s';
  let text = '';
  for (const [unit, unitMs] of Object.entries(MS_PER_UNIT)) {
    const count = Math.floor(restMs / unitMs);
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * unitMs;
  }
  return text;
}

/** As {@link formatDurationMs}, from seconds. @param seconds ≥ 0 */
export function formatDurationSeconds(seconds: number): string {
  return formatDurationMs(seconds * 1_000);
}
