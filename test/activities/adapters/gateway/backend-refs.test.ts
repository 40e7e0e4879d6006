/** Whatever stands in a rule, no change of ours loses a neighbour, leaves nobody with weight, or leaves green a user on the way back. */
import * as fc from 'fast-check';
import {
  foundRefs,
  toBlueAlone,
  toBlueBesideGreen,
  toGreenAlone,
  withGreen,
  withoutGreen,
  withWeights,
} from '#activities/adapters/gateway/backend-refs.ts';
import { gatewayWeightsFor } from '#activities/adapters/gateway/gateway-weights.ts';
import type { Fields } from '#domain/json/json-fields.ts';

const COLOURS = {
  namespace: 'shop',
  blueBackend: { group: '', kind: 'Service', name: 'blue', port: 80 },
  greenBackend: { group: 'multicluster.x-k8s.io', kind: 'ServiceImport', name: 'green' },
};

const filters = fc.option(fc.constant([{ type: 'ExtensionRef' }]), { nil: undefined });
const weight = fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined });

/** A ref as people write it: with the API's defaults said or left out. */
function refTo(backend: Fields): fc.Arbitrary<Fields> {
  return fc.record({ weight, filters, says: fc.boolean() }).map(({ says, ...given }) => {
    const { group, kind, ...rest } = backend;
    const isDefault = group === '' && kind === 'Service';
    const identity = isDefault && !says ? rest : { group, kind, ...rest };
    const own = says ? { namespace: 'shop' } : {};
    const written = Object.entries(given).filter(([, value]) => value !== undefined);
    return { ...identity, ...own, ...Object.fromEntries(written) };
  });
}

const stranger = fc
  .constantFrom('legacy', 'blue-2', 'green')
  .chain((name) => refTo({ group: '', kind: 'Service', name, port: 81 }));
const anyRefs = fc.array(
  fc.oneof(refTo(COLOURS.blueBackend), refTo(COLOURS.greenBackend), stranger),
  { maxLength: 6 },
);
/** One blue among neighbours, as a planned rule is. */
const plannedRefs = fc
  .tuple(
    fc.array(stranger, { maxLength: 2 }),
    refTo(COLOURS.blueBackend),
    fc.array(stranger, { maxLength: 2 }),
  )
  .map(([before, blue, after]) => [...before, blue, ...after]);

const found = (refs: readonly Fields[]) => foundRefs({ backendRefs: refs }, COLOURS);
const withoutWeight = (refs: readonly Fields[]): unknown =>
  refs.map((ref) => Object.entries(ref).filter(([key]) => key !== 'weight'));

describe('the backendRefs of a rule', () => {
  it('lead to blue alone after a way back, whatever they were', () => {
    fc.assert(
      fc.property(anyRefs, (refs) => {
        expect(found(toBlueAlone(refs, COLOURS))).toMatchObject({ green: null, strangers: [] });
        expect(found(toBlueAlone(refs, COLOURS)).blue).toBeGreaterThan(0);
        expect(found(toBlueBesideGreen(refs, COLOURS))).toMatchObject({ green: 0, strangers: [] });
        expect(found(toBlueBesideGreen(refs, COLOURS)).blue).toBeGreaterThan(0);
        expect(toBlueAlone(toBlueAlone(refs, COLOURS), COLOURS)).toEqual(
          toBlueAlone(refs, COLOURS),
        );
      }),
    );
  });

  it('get green beside blue without a request, and are as before when it is taken off', () => {
    fc.assert(
      fc.property(plannedRefs, (refs) => {
        const attached = withGreen(refs, COLOURS, 0);
        expect(found(attached)).toEqual({ ...found(refs), green: 0 });
        expect(withoutGreen(attached, COLOURS)).toEqual(refs);
      }),
    );
  });

  it('keep everything but the weights of both colours at every step, and are never 0/0', () => {
    fc.assert(
      fc.property(plannedRefs, fc.double({ min: 0, max: 100, noNaN: true }), (refs, percent) => {
        const attached = withGreen(refs, COLOURS, 0);
        const weighted = withWeights(attached, COLOURS, gatewayWeightsFor(percent));
        expect(withoutWeight(weighted)).toEqual(withoutWeight(attached));
        const { blue, green, strangers } = found(weighted);
        expect((blue ?? 0) + (green ?? 0)).toBeGreaterThan(0);
        expect(strangers).toEqual(found(refs).strangers);
      }),
    );
  });

  it('lead to green alone once blue is taken off', () => {
    fc.assert(
      fc.property(plannedRefs, (refs) => {
        const all = withWeights(withGreen(refs, COLOURS, 0), COLOURS, gatewayWeightsFor(100));
        expect(found(toGreenAlone(all, COLOURS))).toMatchObject({ blue: null, green: 1 });
      }),
    );
  });
});
