import * as fc from 'fast-check';
import {
  judgeAbility,
  targetsNeeded,
  type SideReading,
  type WorkloadReading,
} from '#domain/capacity/ability.ts';

const READING: SideReading = {
  side: 'blue',
  routeId: 'web',
  healthyTargets: 4,
  healthyByZone: {},
  zonesNeeded: [],
  baselineTargets: 8,
  percent: 100,
  loadGrowth: 1,
};

const WORKLOAD: WorkloadReading = {
  side: 'blue',
  name: 'shop/catalog',
  availableReplicas: 2,
  baselineReplicas: 4,
  percent: 100,
  loadGrowth: 1,
};

const anyReading: fc.Arbitrary<SideReading> = fc.record({
  side: fc.constantFrom('blue' as const, 'green' as const),
  routeId: fc.constantFrom('web', 'api'),
  healthyTargets: fc.nat(20),
  healthyByZone: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(8)),
  zonesNeeded: fc.subarray(['a', 'b', 'c']),
  baselineTargets: fc.nat(40),
  percent: fc.integer({ min: 1, max: 100 }),
  loadGrowth: fc.double({ min: 1, max: 10, noNaN: true }),
});

describe('the targets that a load needs', () => {
  it.each([
    [8, 100, 4],
    [8, 50, 2],
    [8, 1, 1],
    [7, 100, 4],
    [1, 100, 1],
    [8, 0, 0],
    [0, 100, 1],
    [0, 0, 0],
  ])(
    'where %d bore everything, %d %% needs %d: each is trusted with twice its rate',
    (baselineTargets, percent, needed) => {
      expect(targetsNeeded({ baselineTargets, percent })).toBe(needed);
    },
  );

  it('grow with the load, and are never none for some load', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 99 }), (baselineTargets, percent) => {
        const needed = targetsNeeded({ baselineTargets, percent });

        expect(needed).toBeGreaterThanOrEqual(1);
        expect(needed).toBeLessThanOrEqual(
          targetsNeeded({ baselineTargets, percent: percent + 1 }),
        );
      }),
    );
  });
});

describe('a side', () => {
  it.each([
    [4, true],
    [3, false],
    [0, false],
    [Number.NaN, false],
  ])('with %d healthy targets where 4 are needed is able: %s (I3)', (healthyTargets, able) => {
    expect(judgeAbility([{ ...READING, healthyTargets }]).able).toBe(able);
  });

  it('that is to carry nothing is able without a target', () => {
    expect(judgeAbility([{ ...READING, healthyTargets: 0, percent: 0 }]).able).toBe(true);
  });

  it('is able only if it is on every route, and each lacking route is named', () => {
    const ability = judgeAbility([
      { ...READING, routeId: 'web', healthyTargets: 1 },
      { ...READING, routeId: 'api' },
      { ...READING, routeId: 'office', side: 'green', healthyTargets: 0, percent: 25 },
    ]);

    expect(ability).toEqual({
      able: false,
      reasons: [
        'blue has 1 healthy targets on route web, 100 % of the load needs 4',
        'green has 0 healthy targets on route office, 25 % of the load needs 1',
      ],
    });
  });

  it('of which nothing was read is not able: missing data is never good news (I4)', () => {
    expect(judgeAbility([])).toEqual({ able: false, reasons: ['no route was read'] });
  });

  it('needs more targets where the load has grown since they were counted', () => {
    const reading = { ...READING, healthyTargets: 5 };

    expect(judgeAbility([{ ...reading, loadGrowth: 1.25 }]).able).toBe(true);
    expect(judgeAbility([{ ...reading, loadGrowth: 1.5 }]).reasons).toEqual([
      'blue has 5 healthy targets on route web, 100 % of the load needs 6',
    ]);
  });

  it('must have targets in every zone whose requests stay there, each bearing its share', () => {
    const zonesNeeded = ['eu-west-1a', 'eu-west-1b'];
    const inZones = (a: number, b: number) =>
      judgeAbility([
        { ...READING, healthyTargets: a + b, zonesNeeded, healthyByZone: zones(a, b) },
      ]);

    expect(inZones(2, 2).able).toBe(true);
    expect(inZones(4, 0).reasons).toEqual([
      'blue has 0 healthy targets in zone eu-west-1b on route web, whose requests do not cross zones: ' +
        '100 % of the load needs 2 there',
    ]);
    expect(inZones(4, 1).able).toBe(false);
  });

  it('is not able where what stands behind its targets has shrunk, though every probe passes', () => {
    const catalog = (availableReplicas: number) =>
      judgeAbility([READING], [{ ...WORKLOAD, availableReplicas }]);

    expect(catalog(2).able).toBe(true);
    expect(catalog(1).reasons).toEqual([
      'blue has 1 available replicas of shop/catalog, 100 % of the load needs 2',
    ]);
  });

  it('is never able to take any load without a healthy target', () => {
    fc.assert(
      fc.property(fc.array(anyReading), anyReading, (others, reading) => {
        expect(judgeAbility([...others, { ...reading, healthyTargets: 0 }]).able).toBe(false);
      }),
    );
  });

  it('is never able with an empty zone that needs targets', () => {
    fc.assert(
      fc.property(anyReading, (reading) => {
        const empty = { ...reading, zonesNeeded: ['a'], healthyByZone: {} };

        expect(judgeAbility([empty]).able).toBe(false);
      }),
    );
  });

  it('that is able stays so with more targets, anywhere', () => {
    fc.assert(
      fc.property(anyReading, fc.nat(5), fc.constantFrom('a', 'b'), (reading, more, zone) => {
        const richer = {
          ...reading,
          healthyTargets: reading.healthyTargets + more,
          healthyByZone: {
            ...reading.healthyByZone,
            [zone]: (reading.healthyByZone[zone] ?? 0) + more,
          },
        };

        expect(judgeAbility([richer]).able || !judgeAbility([reading]).able).toBe(true);
      }),
    );
  });
});

function zones(a: number, b: number): Readonly<Record<string, number>> {
  return { 'eu-west-1a': a, 'eu-west-1b': b };
}
