import {
  areAsLeft,
  expectedShares,
  foreignEdit,
  sharesBeforeWrite,
  type FoundShare,
} from '#domain/traffic/foreign-edits.ts';
import { fakePlan, fakeRoute } from '#test/fakes/fake-plan.ts';

const found = (shares: Readonly<Record<string, FoundShare>>): ReadonlyMap<string, FoundShare> =>
  new Map(Object.entries(shares));

describe('weights that read as they were left', () => {
  it.each<
    readonly [
      string,
      boolean,
      Readonly<Record<string, readonly number[]>>,
      Record<string, FoundShare>,
    ]
  >([
    ['all of them', true, { web: [50, 100], api: [5, 25] }, { web: 50, api: 5 }],
    ['green at 0, with nobody on it', true, { web: [0, 1] }, { web: 0 }],
    ['not green off a route that was left at 0', false, { web: [0, 1] }, { web: null }],
    ['not one that is at its next step', false, { web: [50, 100] }, { web: 100 }],
    ['not one of which nothing is expected', false, { web: [50] }, { web: 50, api: 0 }],
    ['not one with a stranger on it', false, { web: [50] }, { web: 'strange' }],
  ])('%s', (_, are, expected, shares) => {
    expect(areAsLeft(expected, found(shares))).toBe(are);
  });
});

describe('weights that somebody else changed', () => {
  it.each<
    readonly [string, Readonly<Record<string, readonly number[]>>, Record<string, FoundShare>]
  >([
    ['as they were left', { web: [50] }, { web: 50 }],
    ['read with the rounding of a router', { web: [33] }, { web: 33.1 }],
    ['as the next write makes them', { web: [5, 25] }, { web: 25 }],
    ['a route that nobody expects anything of', {}, { web: 77 }],
    ['a route that was not read', { web: [50] }, {}],
  ])('are none: %s', (_, expected, shares) => {
    expect(foreignEdit(expected, found(shares))).toBeNull();
  });

  it.each<readonly [string, Record<string, FoundShare>]>([
    ['less green', { web: 49 }],
    ['no green', { web: 0 }],
    ['green taken off', { web: null }],
  ])('towards blue are a wish to go back: %s', (_, shares) => {
    expect(foreignEdit({ web: [50] }, found(shares))).toMatchObject({ towards: 'blue' });
  });

  it('towards blue are green taken off a route that was left without users', () => {
    expect(foreignEdit({ web: [0, 1] }, found({ web: null }))).toMatchObject({ towards: 'blue' });
  });

  it.each<readonly [string, Record<string, FoundShare>]>([
    ['more green', { web: 51, api: 50 }],
    ['a stranger on the route', { web: 'strange', api: 50 }],
    ['more here and less there', { web: 10, api: 90 }],
  ])('of another kind are for people: %s', (_, shares) => {
    expect(foreignEdit({ web: [50], api: [50] }, found(shares))).toMatchObject({
      towards: 'elsewhere',
    });
  });

  it('at all or nothing are seen however small', () => {
    expect(foreignEdit({ web: [0] }, found({ web: 0.1 }))).not.toBeNull();
    expect(foreignEdit({ web: [100] }, found({ web: 99.9 }))).toMatchObject({ towards: 'blue' });
  });

  it('are told with the route, what we set, and what is there', () => {
    expect(foreignEdit({ web: [50], api: [5] }, found({ web: 60, api: 5 }))?.reasons).toEqual([
      "somebody else changed route web: we set green to 50 %, now green's weight reads 60 %",
    ]);
  });
});

describe('what a route may read', () => {
  const { groups } = fakePlan().spec.traffic;
  const at = (intended: number, readBack: number | null) =>
    expectedShares({ weights: { web: { intended, readBack, observed: null } } }, groups, 0);

  it('is what was left there, and the next step of its group', () => {
    expect(at(5, 5)).toEqual({ web: [5, 50] });
    expect(at(100, 100)).toEqual({ web: [100] });
  });

  it('is what blue is left while green soaks, and then everything', () => {
    const keepingBlue = (intended: number) =>
      expectedShares(
        { weights: { web: { intended, readBack: intended, observed: null } } },
        groups,
        2,
      );

    expect(keepingBlue(50)).toEqual({ web: [50, 98] });
    expect(keepingBlue(98)).toEqual({ web: [98, 100] });
  });

  it('before the first step is also what a rehearsal sets', () => {
    expect(at(0, 0)).toEqual({ web: [0, 1, 5] });
  });

  it('is open while a write is not read back', () => {
    expect(at(50, 5)).toEqual({});
    expect(at(5, null)).toEqual({});
    expect(
      expectedShares(
        { weights: {} },
        groups.map((group) => ({ ...group, routes: [fakeRoute('new')] })),
        0,
      ),
    ).toEqual({});
  });
});

describe('what a route may read just before a write', () => {
  const before = (intended: number, readBack: number | null) =>
    sharesBeforeWrite(
      { weights: { web: { intended, readBack, observed: null } } },
      ['web', 'new'],
      25,
    );

  it('is what was left there, or what an earlier attempt of the write made of it', () => {
    expect(before(5, 5)).toEqual({ web: [5, 25] });
  });

  it('may be anything where the last write was not read back: people said to go on, or nothing is known', () => {
    expect(before(25, 5)).toEqual({});
    expect(before(25, null)).toEqual({});
  });
});
