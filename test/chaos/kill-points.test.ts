/** Kill points are made of activities and stories, so that a new activity cannot be forgotten. */
import * as fc from 'fast-check';
import {
  allKillPoints,
  drawn,
  MOMENTS,
  nameOf,
  shareOut,
  type KillPoint,
} from '#chaos/kill-points.ts';
import { STORIES, STORY_NAMES } from '#chaos/stories.ts';
import { TROUBLES } from '#chaos/troubles.ts';
import { activityOf, ACTIVITY_NAMES, workOf } from '#chaos/works.ts';
import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';
import { activityNames } from '#simulation/activity-names.ts';

const ALL = allKillPoints();

describe('kill points', () => {
  it('know every registered activity', () => {
    expect(ACTIVITY_NAMES.toSorted()).toEqual(activityNames().toSorted());
  });

  it.each(activityNames())(
    'are in some story before, after and behind the answer of %s',
    (name) => {
      const moments = ALL.flatMap((point) =>
        point.kind === 'work' && activityOf(point.work) === name ? [point.moment] : [],
      );

      expect([...new Set(moments)].toSorted()).toEqual(MOMENTS.toSorted());
    },
  );

  it('are at least 200, each with a name of its own', () => {
    const names = ALL.map(nameOf);

    expect(names.length).toBeGreaterThanOrEqual(200);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(STORY_NAMES)('of "%s" are around everything that is said in it on purpose', (story) => {
    const said = new Set(
      ALL.flatMap((point) => (point.kind === 'said' && point.story === story ? [point.said] : [])),
    );

    expect([...said]).toEqual(STORIES[story].says);
  });

  it('tell the way back from the way there', () => {
    expect(workOf('setWeights', { percent: 50 })).toBe('setWeights');
    expect(workOf('setWeights', { percent: 0 })).toBe('setWeights back');
    expect(workOf('checkAbility', { side: 'blue', percent: 100 })).toBe('checkAbility back');
    expect(workOf('tellPeople', null)).toBe('tellPeople');
  });
});

describe('the sharing out', () => {
  const samples = fc
    .tuple(fc.integer({ min: 1, max: ALL.length }), fc.integer({ min: 1, max: 1_000 }))
    .map(([count, seed]) => drawn(ALL, count, seededRandom(seed, 'test')));

  it('gives every point to one migration of its story', () => {
    fc.assert(
      fc.property(samples, (points) => {
        const shared = shareOut(points, 400).flatMap((job) =>
          job.points.filter(({ story }) => story === job.story),
        );

        expect(shared.map(nameOf).toSorted()).toEqual(points.map(nameOf).toSorted());
      }),
    );
  });

  it('has nothing said twice in a migration', () => {
    fc.assert(
      fc.property(samples, (points) => {
        for (const job of shareOut(points, 400)) {
          const said = job.points.flatMap(saidIn);
          expect(new Set(said).size).toBe(said.length);
        }
      }),
    );
  });
});

it('every trouble has a name of its own', () => {
  const names = TROUBLES.map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
});

function saidIn(point: KillPoint): readonly string[] {
  return point.kind === 'said' ? [point.said] : [];
}
