import { createHash } from 'node:crypto';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { GatewayPlace } from '#domain/traffic/route-place.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { foundRefs, refsOf, type Colours, type FoundRefs } from './backend-refs.ts';

/**
 * The rules of an HTTPRoute that are ours: those that send to a colour, and those that match what ours matched at the start,
 * whatever somebody made of them. The API gives rules no identity but what they match. Whatever is changed is changed in the list of
 * backendRefs alone; matches, filters, timeouts and the other rules go back as they were read. Pure.
 */
export type RuleColours = Colours & Pick<GatewayPlace, 'rules'>;

export interface OurRule {
  readonly rule: Fields;
  /** What it matches, as in {@link GatewayPlace.rules}. */
  readonly matches: string;
  readonly refs: readonly Fields[];
  readonly found: FoundRefs;
}

export function rulesOf(object: KubernetesObject): readonly Fields[] {
  const { rules } = fieldsOf(object['spec']);
  return Array.isArray(rules) ? rules.map(fieldsOf) : [];
}

export function ourRules(object: KubernetesObject, colours: RuleColours): readonly OurRule[] {
  return rulesOf(object).flatMap((rule) => ourRule(rule, colours) ?? []);
}

/** All rules of the object, ours with another list of backendRefs. */
export function withRefs(
  object: KubernetesObject,
  colours: RuleColours,
  change: (ours: OurRule) => readonly Fields[],
): readonly Fields[] {
  return rulesOf(object).map((rule) => {
    const ours = ourRule(rule, colours);
    return ours === null ? rule : { ...rule, backendRefs: change(ours) };
  });
}

/** What a rule matches, as a short text. The order of matches has no meaning, that of the fields in them neither. */
export function matchesOf({ matches }: Fields): string {
  const list: readonly unknown[] = Array.isArray(matches) ? matches : [];
  const text = list.map(stableText).toSorted().join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function ourRule(rule: Fields, colours: RuleColours): OurRule | null {
  const refs = refsOf(rule);
  const found = foundRefs(rule, colours);
  const matches = matchesOf(rule);
  const isNamed = found.blue !== null || found.green !== null;
  // A redirect sends nobody to a backend, and may have none beside it.
  const isKnown = colours.rules.includes(matches) && !redirects(rule);
  return isNamed || isKnown ? { rule, matches, refs, found } : null;
}

function redirects({ filters }: Fields): boolean {
  return (
    Array.isArray(filters) &&
    filters.some((filter) => fieldsOf(filter)['type'] === 'RequestRedirect')
  );
}

/** JSON with keys in order. */
function stableText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableText).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const texts = Object.entries(value).map(
    ([key, one]) => `${JSON.stringify(key)}:${stableText(one)}`,
  );
  return `{${texts.toSorted().join()}}`;
}
