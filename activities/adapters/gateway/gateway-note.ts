import { z } from 'zod';
import { CutoverFailure } from '#domain/failures.ts';
import type { Fields } from '#domain/json/json-fields.ts';
import type { OurRule } from './http-route-rules.ts';

/**
 * What is remembered of an HTTPRoute before us, so that detaching green leaves it byte-identical: the backendRefs of each of
 * its rules that are ours, every different list once. Nothing else of it is ever touched.
 */

/** State is bounded (I9): a note is at most this long, in characters. */
export const LONGEST_NOTE = 1024;

const noteSchema = z.strictObject({
  lists: z.array(z.array(z.record(z.string(), z.unknown()))),
  /** By what a rule matches: which of the lists was its. */
  rules: z.record(z.string(), z.int().min(0)),
});

export function gatewayNote(rules: readonly Pick<OurRule, 'matches' | 'refs'>[]): string {
  const texts = [...new Set(rules.map(({ refs }) => JSON.stringify(refs)))];
  const lists: readonly unknown[] = texts.map((text): unknown => JSON.parse(text));
  const entries = rules.map(({ matches, refs }) => [matches, texts.indexOf(JSON.stringify(refs))]);
  return JSON.stringify({ lists, rules: Object.fromEntries(entries) });
}

/** The backendRefs of before, by what a rule matches. Fails `internal` for a text that `gatewayNote` did not make. */
export function refsOfNote(note: string, routeId: string): ReadonlyMap<string, readonly Fields[]> {
  const parsed = noteSchema.safeParse(parsedJson(note));
  if (!parsed.success)
    throw new CutoverFailure('internal', 'the note of the HTTPRoute as it was cannot be read', {
      resource: routeId,
      cause: parsed.error,
    });
  const { lists, rules } = parsed.data;
  return new Map(Object.entries(rules).map(([matches, index]) => [matches, lists[index] ?? []]));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
