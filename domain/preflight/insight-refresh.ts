import { ageHours, type Insight } from './upgrade-insights.ts';

/**
 * What to do about insights that are old, one look at a time: ask EKS to look again, wait, or go on with what is there. Pure.
 * Source: Amazon EKS API reference, `StartInsightsRefresh` and `DescribeInsightsRefresh`.
 */
export interface RefreshFacts {
  /** Those that matter. */
  readonly insights: readonly Insight[];
  /** The last refresh that anybody asked for; null: none is known. */
  readonly refresh: InsightsRefresh | null;
  readonly nowMs: number;
  /** Since we first looked. */
  readonly waitedMs: number;
}

export interface InsightsRefresh {
  readonly status: 'in-progress' | 'completed' | 'failed';
  /** Epoch milliseconds; null where EKS does not say. */
  readonly startedAtMs: number | null;
  readonly message: string;
}

type NextOfRefresh =
  | { readonly do: 'nothing' | 'start' | 'wait' }
  | { readonly do: 'give-up'; readonly why: string };

/** Younger ones are taken as they are: EKS looks once a day by itself. */
const FRESH_FOR_HOURS = 3;
/** EKS gives no figure; minutes were seen. Waiting longer would keep people from every other finding. */
const WAIT_AT_MOST_MS = 5 * 60_000;
/** A refresh that began earlier was asked for by somebody else. */
const LATELY_MS = 15 * 60_000;

export function areFresh(insights: readonly Insight[], nowMs: number): boolean {
  const age = ageHours(insights, nowMs);
  return age !== null && age <= FRESH_FOR_HOURS;
}

export function nextOfRefresh({ insights, refresh, nowMs, waitedMs }: RefreshFacts): NextOfRefresh {
  if (areFresh(insights, nowMs)) return { do: 'nothing' };
  const startedAtMs = refresh?.startedAtMs ?? null;
  const isLate = startedAtMs !== null && nowMs - startedAtMs > LATELY_MS;
  if (refresh !== null && !isLate && refresh.status === 'failed')
    return { do: 'give-up', why: `their refresh failed: ${refresh.message}` };
  if (refresh !== null && !isLate && startedAtMs !== null && refresh.status === 'completed')
    return { do: 'give-up', why: 'they were refreshed, and EKS still says the old date' };
  if (waitedMs > WAIT_AT_MOST_MS)
    return {
      do: 'give-up',
      why: `their refresh did not end within ${WAIT_AT_MOST_MS / 60_000} minutes`,
    };
  return { do: refresh?.status === 'in-progress' ? 'wait' : 'start' };
}
