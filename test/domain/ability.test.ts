import * as fc from 'fast-check';
import { judgeAbility, targetsNeeded, type SideReading } from '#domain/ability.ts';

const READING: SideReading = {
  side: 'blue',
  routeId: 'web',
  healthyTargets: 4,
  baselineTargets: 8,
  percent: 100,
};

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
});
