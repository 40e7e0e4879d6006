/**
 * Which periods of a metric source may be believed: only closed ones whose points have had time to arrive. Pure
 * arithmetic on whole milliseconds, so that the start of a period is the same number wherever it is computed.
 * Called by everything that reads traffic: baseline, guard, truth test, proof of idleness.
 */

/** The physics of a source: how long one point covers and how late it may still arrive. */
export interface SourcePhysics {
  readonly periodSeconds: number;
  readonly latenessSeconds: number;
}

/** Aligned to the period; points with start in [from, to). Epoch seconds. */
export interface MetricWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** The newest closed periods that together cover at least `seconds`; at least one. */
export function newestWindow(source: SourcePhysics, nowMs: number, seconds: number): MetricWindow {
  const periodMs = periodOf(source);
  const toMs = closedUntilMs(source, nowMs);
  const periods = Math.max(1, Math.ceil((seconds * 1000) / periodMs));
  return { fromSeconds: (toMs - periods * periodMs) / 1000, toSeconds: toMs / 1000 };
}

/** Closed periods that began at or after `sinceMs`; null while there is none. */
export function windowSince(
  source: SourcePhysics,
  sinceMs: number,
  nowMs: number,
): MetricWindow | null {
  const periodMs = periodOf(source);
  const fromMs = Math.ceil(sinceMs / periodMs) * periodMs;
  const toMs = closedUntilMs(source, nowMs);
  return toMs <= fromMs ? null : { fromSeconds: fromMs / 1000, toSeconds: toMs / 1000 };
}

/** When the next period will be believable, epoch milliseconds; there is no point in asking earlier. */
export function nextCloseMs(source: SourcePhysics, nowMs: number): number {
  return closedUntilMs(source, nowMs) + periodOf(source) + source.latenessSeconds * 1000;
}

/** When the first period that lies wholly after `sinceMs` will be believable, epoch milliseconds. */
export function firstCloseMs(source: SourcePhysics, sinceMs: number): number {
  const periodMs = periodOf(source);
  return (Math.ceil(sinceMs / periodMs) + 1) * periodMs + source.latenessSeconds * 1000;
}

function closedUntilMs(source: SourcePhysics, nowMs: number): number {
  const periodMs = periodOf(source);
  return Math.floor((nowMs - source.latenessSeconds * 1000) / periodMs) * periodMs;
}

function periodOf(source: SourcePhysics): number {
  return Math.max(1, Math.round(source.periodSeconds * 1000));
}
