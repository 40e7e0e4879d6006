/**
 * Stories of traffic: what may happen to a migration of two groups and three routes before somebody asks for a rollback. Told to
 * the traffic model by the property tests; a story that goes wrong is shrunk and printed.
 */
import * as fc from 'fast-check';
import type { Event } from './traffic-model.ts';

export const STORY_ROUTES = ['route-1', 'route-2', 'route-3'];

/** Some writes come after their deadline, and so not at all. */
const LONGEST_LATE_SECONDS = 15;

/** A sequence of events, then a rollback with crashes. */
export interface Story {
  readonly events: readonly Event[];
  readonly crashes: readonly boolean[];
}

const share = fc.oneof(
  fc.constantFrom<null | 'strange' | number>(null, 'strange', 0, 100),
  fc.integer({ min: 1, max: 99 }),
);

const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant('well' as const) },
  { weight: 3, arbitrary: fc.constantFrom('lost-before' as const, 'lost-after', 'half') },
  {
    weight: 3,
    arbitrary: fc.record({ landsAfter: fc.integer({ min: 0, max: LONGEST_LATE_SECONDS }) }),
  },
);

const risingSteps = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 })
  .map((steps) => [...steps.toSorted((a, b) => a - b), 100]);

const GOOD_STEP: readonly Event[] = [{ do: 'step', fate: 'well' }, { do: 'bake' }];

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('step' as const), fate }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('bake' as const, 'bake', 'look', 'resume', 'hold', 'crash', 'hand-over'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('amend' as const),
      group: fc.constantFrom('storefront', 'office'),
      steps: fc.oneof(risingSteps, fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 4 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('meddle' as const),
      route: fc.nat({ max: STORY_ROUTES.length - 1 }),
      share,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pull' as const), dies: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      seconds: fc.integer({ min: 1, max: 20 }),
    }),
  },
);

/** Many stories begin with steps that go well, so that something is at stake. */
export const anyStory: fc.Arbitrary<Story> = fc.record({
  events: fc
    .tuple(fc.nat({ max: 5 }), fc.array(anyEvent, { maxLength: 30 }))
    .map(([done, events]) => [...Array.from({ length: done }, () => GOOD_STEP).flat(), ...events]),
  crashes: fc.array(fc.boolean(), { maxLength: 6 }),
});
