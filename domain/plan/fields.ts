/**
 * The leaves of the plan: names, durations, percentages, choices of a provider. Each carries the sentence that tells
 * what is allowed (`error`), used as it stands in a problem and never matched by code.
 *
 * Invariants: every text is limited in length and pattern; a field that fails yields exactly one issue. Called by the
 * sections of the schema beside this file.
 */
import { z } from 'zod';
import { DURATION_PATTERN, formatDurationMs, parseDurationMs } from '#domain/plan/durations.ts';
import { PERCENTAGE_PATTERN, parsePercentage } from '#domain/plan/percentages.ts';

/** Text of a pattern, at most `maxLength` characters. */
export function text(pattern: RegExp, maxLength: number, allowed: string) {
  return z
    .string({ error: allowed })
    .max(maxLength, { error: allowed, abort: true })
    .regex(pattern, { error: allowed });
}

/** A DNS label (RFC 1123): what Kubernetes allows for a namespace, and a safe name for everything of ours. */
export function label(what: string) {
  return text(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    63,
    `${what}: lower-case letters, digits and hyphens, at most 63`,
  );
}

/** Letters, digits, hyphens, underscores, at most 100, starting with a letter or digit (EKS CreateCluster `name`). */
export function clusterName() {
  return text(
    /^[0-9A-Za-z][A-Za-z0-9_-]*$/,
    100,
    'an EKS cluster name: letters, digits, hyphens and underscores, at most 100',
  );
}

/** A duration in whole seconds. Both bounds are durations and are included. */
export function seconds(atLeast: string, atMost: string) {
  return durationMs(atLeast, atMost, 1_000).transform((ms) => ms / 1_000);
}

/** A duration in whole milliseconds. Both bounds are durations and are included. */
export function milliseconds(atLeast: string, atMost: string) {
  return durationMs(atLeast, atMost, 1);
}

function durationMs(atLeast: string, atMost: string, granularityMs: number) {
  const [minMs, maxMs] = [parseDurationMs(atLeast) ?? 0, parseDurationMs(atMost) ?? 0];
  const example = granularityMs === 1 ? '500ms or 2s' : '30s, 10m or 7d';
  const allowed = `a duration such as ${example}, from ${formatDurationMs(minMs)} to ${formatDurationMs(maxMs)}`;
  return text(DURATION_PATTERN, 40, allowed).transform((written, context) => {
    const ms = parseDurationMs(written);
    if (ms !== undefined && ms >= minMs && ms <= maxMs && ms % granularityMs === 0) return ms;
    context.issues.push({ code: 'custom', input: written, message: allowed });
    return z.NEVER;
  });
}

/** A whole percentage, written `25%` or `25`. Both bounds are included. */
export function wholePercent(atLeast: number, atMost: number) {
  const allowed = `a whole percentage from ${atLeast} to ${atMost}, such as 25 or 25%`;
  return z
    .union([count(atLeast, atMost, allowed), text(PERCENTAGE_PATTERN, 10, allowed)], {
      error: allowed,
    })
    .transform((written, context) => {
      const percent = typeof written === 'number' ? written : (parsePercentage(written) ?? NaN);
      if (Number.isInteger(percent) && percent >= atLeast && percent <= atMost) return percent;
      context.issues.push({ code: 'custom', input: written, message: allowed });
      return z.NEVER;
    });
}

/** A percentage that must carry its sign, because a bare number would be ambiguous: `1%`, `0.5%`. Output 0–100. */
export function signedPercent() {
  const allowed = 'a percentage such as 1% or 0.5%, from 0% to 100%';
  return text(PERCENTAGE_PATTERN, 10, allowed).transform((written, context) => {
    const percent = parsePercentage(written);
    if (percent !== undefined) return percent;
    context.issues.push({ code: 'custom', input: written, message: allowed });
    return z.NEVER;
  });
}

/** A whole number; both bounds are included. */
export function count(
  atLeast: number,
  atMost: number,
  allowed = `a whole number from ${atLeast} to ${atMost}`,
) {
  return z
    .int({ error: allowed, abort: true })
    .min(atLeast, { error: allowed, abort: true })
    .max(atMost, { error: allowed });
}

const URL_ALLOWED =
  'an http or https URL without user name, password and fragment, at most 2048 characters';

/** Where something answers over HTTP. What a plan says is kept in the run's history, so it must carry no secret. */
export function webUrl() {
  return z
    .string({ error: URL_ALLOWED })
    .max(2_048, { error: URL_ALLOWED, abort: true })
    .refine(isPlainWebUrl, { error: URL_ALLOWED });
}

function isPlainWebUrl(written: string): boolean {
  const url = /^https?:\/\/[\x21-\x7e]+$/i.test(written) ? URL.parse(written) : null;
  return (
    url !== null &&
    url.username === '' &&
    url.password === '' &&
    url.hash === '' &&
    !written.includes('\\')
  );
}

/** PromQL with placeholders; whether it parses is Prometheus's to say. */
export function promql() {
  return text(
    /^(?=\s*\S)[\x20-\x7e\n\t]+$/,
    4_000,
    'a PromQL query of at most 4000 printable ASCII characters',
  );
}

/** A list with a bounded length; the sentence tells both bounds. */
export function listOf<Item extends z.ZodType>(
  item: Item,
  what: string,
  atLeast: number,
  atMost: number,
) {
  const allowed = `a list of ${atLeast} to ${atMost} ${what}`;
  return z
    .array(item, { error: allowed })
    .min(atLeast, { error: allowed })
    .max(atMost, { error: allowed });
}

/**
 * The error of a choice by `with`: names what this version offers, and says of a name that the design knows but this
 * version does not that it is not supported yet, rather than unknown.
 */
export function providerError(offered: readonly string[], planned: readonly string[]) {
  return (issue: {
    readonly code?: string | undefined;
    readonly input?: unknown;
  }): string | undefined => {
    if (issue.code !== 'invalid_union') return undefined;
    const chosen = nameOfProvider(issue.input);
    const offer = offered.length === 1 ? `${offered[0]}` : `one of ${offered.join(', ')}`;
    return chosen !== undefined && planned.includes(chosen)
      ? `${offer} ("${chosen}" is not supported yet by this version)`
      : offer;
  };
}

function nameOfProvider(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('with' in input)) return undefined;
  return typeof input.with === 'string' ? input.with : undefined;
}
