/**
 * Users' requests that failed, told apart: answered with an error by a green that was made to answer so, or failed by our fault. A
 * request without an answer has no colour, and is ours. Pure.
 */
import type { RequestRecord } from '#sandbox/traffic/request-log.ts';

export interface UserFigures {
  readonly requests: number;
  /** By a green that was broken on purpose. */
  readonly failedByGreen: number;
  /** By our fault. */
  readonly failed: number;
  /** What became of the first that failed by our fault. */
  readonly first: string | null;
}

/** @param brokenSinceMs since when green was made to fail; null: never */
export function userFigures(
  records: Iterable<RequestRecord>,
  green: string,
  brokenSinceMs: number | null,
): UserFigures {
  let [requests, failedByGreen, failed] = [0, 0, 0];
  let first: string | null = null;
  for (const record of records) {
    requests += 1;
    if (record.status >= 200 && record.status < 400) continue;
    const endedMs = record.sentAtMs + record.latencyMs;
    if (record.colour === green && brokenSinceMs !== null && endedMs >= brokenSinceMs) {
      failedByGreen += 1;
      continue;
    }
    failed += 1;
    first ??= `${record.path} at ${new Date(record.sentAtMs).toISOString()}: status ${record.status}, ${record.colour || 'no pod'}, ${record.failure || 'answered'}`;
  }
  return { requests, failedByGreen, failed, first };
}
