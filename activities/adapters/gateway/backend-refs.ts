import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { BackendRef } from '#domain/traffic/route-place.ts';

/**
 * The backendRefs of one rule, looked at by colour. A ref is known by group, kind, name, namespace and port, with the API's own
 * defaults; weight and filters are no part of its identity. Refs of neither colour are kept as they are. Pure.
 */
export interface Colours {
  /** Namespace of the HTTPRoute: the default of its refs. */
  readonly namespace: string;
  readonly blueBackend: BackendRef;
  readonly greenBackend: BackendRef;
}

export interface FoundRefs {
  /** Weights; null for a colour that is not in the list. */
  readonly blue: number | null;
  readonly green: number | null;
  /** Backends of neither colour that get requests, in words. */
  readonly strangers: readonly string[];
}

export function refsOf(rule: Fields): readonly Fields[] {
  const { backendRefs } = rule;
  return Array.isArray(backendRefs) ? backendRefs.map(fieldsOf) : [];
}

export function colourOf(ref: Fields, colours: Colours): 'blue' | 'green' | null {
  const key = keyOf(ref, colours);
  if (key === keyOf({ ...colours.blueBackend }, colours)) return 'blue';
  return key === keyOf({ ...colours.greenBackend }, colours) ? 'green' : null;
}

export function foundRefs(rule: Fields, colours: Colours): FoundRefs {
  const refs = refsOf(rule);
  const weightsOf = (colour: 'blue' | 'green' | null): readonly number[] =>
    refs.filter((ref) => colourOf(ref, colours) === colour).map(weightOf);
  const sum = (weights: readonly number[]): number | null =>
    weights.length === 0 ? null : weights.reduce((all, one) => all + one, 0);
  return {
    blue: sum(weightsOf('blue')),
    green: sum(weightsOf('green')),
    strangers: refs
      .filter((ref) => colourOf(ref, colours) === null && weightOf(ref) > 0)
      .map(backendText),
  };
}

/** The same list with other weights for blue and green. */
export function withWeights(
  refs: readonly Fields[],
  colours: Colours,
  weights: { readonly blue: number; readonly green: number },
): readonly Fields[] {
  return refs.map((ref) => {
    const colour = colourOf(ref, colours);
    return colour === null ? ref : { ...ref, weight: weights[colour] };
  });
}

/** The same list with green behind blue. */
export function withGreen(
  refs: readonly Fields[],
  colours: Colours,
  weight: number,
): readonly Fields[] {
  return refs.flatMap((ref) =>
    colourOf(ref, colours) === 'blue' ? [ref, newRef(colours.greenBackend, weight)] : [ref],
  );
}

/**
 * The way back where a rule is not as we left it: everything to blue, and nobody else in the list but who gets nothing anyway.
 * Blue's own filters stay as far as it is there.
 */
export function toBlueAlone(refs: readonly Fields[], colours: Colours): readonly Fields[] {
  const kept = refs.flatMap((ref) => {
    const colour = colourOf(ref, colours);
    if (colour === 'blue') return [{ ...ref, weight: 1 }];
    return colour === null && weightOf(ref) === 0 ? [ref] : [];
  });
  const isThere = kept.some((ref) => colourOf(ref, colours) === 'blue');
  return isThere ? kept : [newRef(colours.blueBackend, 1), ...kept];
}

/** The same, with green still in its place and without requests. */
export function toBlueBesideGreen(refs: readonly Fields[], colours: Colours): readonly Fields[] {
  const { blue, green } = foundRefs({ backendRefs: refs }, colours);
  if (blue === null || green === null) return withGreen(toBlueAlone(refs, colours), colours, 0);
  const kept = refs.filter((ref) => colourOf(ref, colours) !== null || weightOf(ref) === 0);
  return withWeights(kept, colours, { blue: 1, green: 0 });
}

/** Without blue; green's weight has no meaning then, and is the API's own default. */
export function toGreenAlone(refs: readonly Fields[], colours: Colours): readonly Fields[] {
  return refs.flatMap((ref) => {
    const colour = colourOf(ref, colours);
    if (colour === 'blue') return [];
    return colour === 'green' ? [{ ...ref, weight: 1 }] : [ref];
  });
}

export function withoutGreen(refs: readonly Fields[], colours: Colours): readonly Fields[] {
  return refs.filter((ref) => colourOf(ref, colours) !== 'green');
}

/** In words, as people know it: `Service shop/web:80`. */
export function backendText(ref: Fields | BackendRef): string {
  const { kind = 'Service', name, namespace, port } = ref;
  const place = typeof namespace === 'string' ? `${namespace}/` : '';
  return `${String(kind)} ${place}${String(name)}${typeof port === 'number' ? `:${port}` : ''}`;
}

function weightOf({ weight }: Fields): number {
  return typeof weight === 'number' ? weight : 1;
}

function newRef(backend: BackendRef, weight: number): Fields {
  return { ...backend, weight };
}

function keyOf(ref: Fields, { namespace: ownNamespace }: Colours): string {
  const { group = '', kind = 'Service', name, namespace = ownNamespace, port = null } = ref;
  return JSON.stringify([group, kind, name, namespace, port]);
}
