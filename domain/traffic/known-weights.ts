import type { ExpectedShares } from './foreign-edits.ts';
import { isFields } from '#domain/json/json-fields.ts';

/** What a guard asks of its run, to tell its weights from somebody else's. */
export interface KnownWeights {
  readonly expected: ExpectedShares;
  /** Since when green has users, ISO time; null while it is to have none. */
  readonly greenSince: string | null;
}

/** What a run answered; null where it is no such answer. */
export function knownWeightsIn(answer: unknown): KnownWeights | null {
  if (!isFields(answer)) return null;
  const { expected, greenSince } = answer;
  if (!isShares(expected) || !(greenSince === null || typeof greenSince === 'string')) return null;
  return { expected, greenSince };
}

function isShares(value: unknown): value is ExpectedShares {
  return (
    isFields(value) &&
    Object.values(value).every(
      (percents) => Array.isArray(percents) && percents.every((one) => typeof one === 'number'),
    )
  );
}
