import { areAsLeft, type ExpectedShares, type FoundShare } from '#domain/traffic/foreign-edits.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { GuardInput } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';

/** What a guard knows of its run's weights. */
export interface Known {
  readonly expected: ExpectedShares;
  /** Since when green has users, epoch milliseconds. */
  readonly greenSinceMs: number;
  /** Is this what the run expects by now, as far as weights that read as they were left can tell? */
  readonly isOfNow: boolean;
}

/**
 * A guard outlives steps: weights that read otherwise than they were left may be its own run's. So it asks the run: at once when what is
 * read has changed, and again, less and less often, while it stays otherwise than it was left. Where nobody answers it knows
 * nothing new, and calls nothing an edit: nobody could be told of one anyway. An attempt that follows another knows nothing at first,
 * because its input may be as old as the first step.
 */
export function knownWeights(
  { ports, timings }: Tools,
  input: GuardInput,
  run: ActivityRun,
): (found: ReadonlyMap<string, FoundShare>) => Promise<Known> {
  const { asks = false, expected = {}, greenSince, ref } = input;
  const isFresh = !asks || run.attempt === 1;
  let known: Known = {
    expected: isFresh ? expected : {},
    greenSinceMs: Date.parse(greenSince),
    isOfNow: true,
  };
  let asked = { about: '', atMs: Number.NEGATIVE_INFINITY, pauseMs: 0 };
  return async (found) => {
    if (!asks || areAsLeft(known.expected, found)) return known;
    const nowMs = ports.clock.nowMs();
    const about = JSON.stringify([...found]);
    const isNew = about !== asked.about;
    if (!isNew && nowMs < asked.atMs + asked.pauseMs) return known;
    const pauseMs = isNew ? timings.askAgainMs : 2 * asked.pauseMs;
    asked = { about, atMs: nowMs, pauseMs: Math.min(pauseMs, timings.askAgainAtMostMs) };
    try {
      const now = await ports.runs.knownWeights(ref.workflowId);
      known = {
        expected: now.expected,
        greenSinceMs: Math.max(known.greenSinceMs, Date.parse(now.greenSince ?? '') || 0),
        isOfNow: true,
      };
    } catch {
      run.signal.throwIfAborted();
      known = { ...known, isOfNow: false };
    }
    return known;
  };
}
