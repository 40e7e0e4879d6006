import { upperTail } from '#domain/traffic/binomial.ts';

/**
 * The judgement of a share of requests (errors, connection errors): too many only when luck could not have done it, in one of
 * several looks: short ones see a catastrophe at once, long ones a slow bleed. Called by the guardrails.
 */

/**
 * How unlikely luck must be before a share is a breach. Looks at 5 s wrongly accuse a green that fails exactly as
 * much as the plan allows at most once in twelve days, one that fails half as much once in 20,000 (at 100 requests each).
 */
const LUCK = 1e-6;

/** Half of everything is broken: no rule waits for a second period of that. */
const CATASTROPHE_PERCENT = 50;

/** One closed period. */
export interface Share {
  readonly bad: number;
  readonly all: number;
}

export interface ShareRule {
  readonly maxPercent: number;
  readonly minRequests: number;
  /** Looks in a row, one period apart, that must find too many. */
  readonly consecutive: number;
  /** Periods that one look covers at most. */
  readonly windowPeriods: number;
}

/** The look that found too many, or null. `shares` are oldest first. */
export function shareBreach(shares: readonly Share[], rule: ShareRule): Share | null {
  const now = breachAt(shares, rule);
  if (now === null || isCatastrophe(shares, rule)) return now;
  for (let back = 1; back < rule.consecutive; back += 1)
    if (breachAt(shares.slice(0, -back), rule) === null) return null;
  return now;
}

/** Green's newest periods whose luck is out, as one look at the end of `shares`. */
function breachAt(shares: readonly Share[], rule: ShareRule): Share | null {
  for (const length of lookLengths(rule.windowPeriods)) {
    const look = total(shares.slice(-length));
    if (isBad(look, rule)) return look;
    if (length >= shares.length) break;
  }
  return null;
}

function isBad(share: Share, { maxPercent, minRequests }: ShareRule): boolean {
  return share.all >= minRequests && share.bad > 0 && isBeyondLuck(share, maxPercent / 100);
}

/** So many bad ones cannot be luck, where `allowed` (0–1) of all may be bad. */
export function isBeyondLuck({ bad, all }: Share, allowed: number): boolean {
  return upperTail(bad, all, allowed) < LUCK;
}

/** The newest period alone is beyond doubt. */
function isCatastrophe(shares: readonly Share[], rule: ShareRule): boolean {
  const newest = total(shares.slice(-1));
  return isBad(newest, rule) && 100 * newest.bad >= CATASTROPHE_PERCENT * newest.all;
}

/** 1, 2, 4, … and the whole window. */
function lookLengths(windowPeriods: number): readonly number[] {
  const lengths: number[] = [];
  for (let length = 1; length < windowPeriods; length *= 2) lengths.push(length);
  return [...lengths, windowPeriods];
}

function total(shares: readonly Share[]): Share {
  return shares.reduce((sum, { bad, all }) => ({ bad: sum.bad + bad, all: sum.all + all }), NONE);
}

const NONE: Share = { bad: 0, all: 0 };

/** `7 of 25 requests (28.0 %)` */
export function inWords({ bad, all }: Share): string {
  return `${bad} of ${all} requests (${((100 * bad) / all).toFixed(1)} %)`;
}
