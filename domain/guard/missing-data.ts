import type { GuardReading, GuardVerdict } from './guard-reading.ts';
import { pointsSince, sum, type ColourPoint, type SourceWindow } from './traffic-window.ts';

/**
 * Missing data is never good news (I4): green silent where it should have been heard goes back; both sides silent, or a
 * source that is gone, is a matter for people. Every figure that a guardrail reads is listened to, because a guardrail
 * without figures would find green healthy for ever. Called by the guardrails.
 */

/** With fewer requests expected than this on green, none at all may be luck (e^-7 ≈ 0.1 %). */
const EXPECTED_TO_MISS = 7;

/** One figure that must not fall silent. */
export interface Feed {
  readonly source: string;
  /** What is missing when nothing comes, for people. */
  readonly what: string;
  /** Requests of a point that the figure is known for. */
  readonly count: (point: ColourPoint) => number;
}

type Missing = Extract<GuardVerdict, { readonly kind: 'green-missing' | 'both-missing' }>;

/** The gravest silence, or null. A source that was not read at all is not judged: the guard keeps a clock for that. */
export function judgeSilence(
  feeds: readonly Feed[],
  reading: GuardReading,
  missingDataSeconds: number,
): Missing | null {
  const silences = feeds.flatMap((feed) => {
    const window = reading.sources[feed.source];
    return window === undefined ? [] : (silenceOf(feed, window, reading, missingDataSeconds) ?? []);
  });
  return silences.find(({ kind }) => kind === 'green-missing') ?? silences[0] ?? null;
}

function silenceOf(
  feed: Feed,
  window: SourceWindow,
  { greenPercent, greenSinceSeconds, greenAudibleSinceSeconds }: GuardReading,
  missingDataSeconds: number,
): Missing | null {
  const from = window.closedUntilSeconds - missingDataSeconds;
  if (greenSinceSeconds === null) return null;
  if (Math.max(greenSinceSeconds, greenAudibleSinceSeconds ?? 0) > from) return null;
  if (sum(pointsSince(window, 'green', from), feed.count) > 0) return null;
  const blue = sum(pointsSince(window, 'blue', from), feed.count);
  const silence = `no ${feed.what} of green in source ${feed.source} for ${missingDataSeconds} s`;
  if (blue === 0)
    return {
      kind: 'both-missing',
      reasons: [`${silence}, and none of blue: the source itself may be gone`],
    };
  const expected =
    greenPercent >= 100 ? Number.POSITIVE_INFINITY : (blue * greenPercent) / (100 - greenPercent);
  return expected < EXPECTED_TO_MISS
    ? null
    : { kind: 'green-missing', reasons: [`${silence}, while blue counted ${blue}`] };
}
