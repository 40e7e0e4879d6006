import { assert, integer, property, uniqueArray } from 'fast-check';
import {
  moveDown,
  moveUp,
  parseRenumbering,
  placeAbove,
  renumberingText,
  type PlacedRule,
} from '#activities/adapters/aws/rule-priorities.ts';

const rules = (...priorities: readonly number[]): readonly PlacedRule[] =>
  priorities.map((priority) => ({ ruleArn: `rule-${priority}`, priority }));

/** The rules after one SetRulePriorities. */
const after = (
  before: readonly PlacedRule[],
  moves: readonly PlacedRule[],
): readonly PlacedRule[] =>
  before.map((rule) => moves.find(({ ruleArn }) => ruleArn === rule.ruleArn) ?? rule);

describe('a place above a rule', () => {
  it.each([
    [{ kind: 'free', priority: 9 }, 10, [10, 20]],
    [{ kind: 'free', priority: 5 }, 8, [6, 7, 8]],
    [{ kind: 'free', priority: 50_000 }, null, [1, 2]],
    [{ kind: 'renumber', first: 1, free: 2 }, 1, [1]],
    [{ kind: 'renumber', first: 2, free: 5 }, 2, [1, 2, 3, 4, 9]],
  ] as const)('is %j above %p among %j', (place, planned, taken) => {
    expect(placeAbove(planned, taken)).toEqual(place);
  });

  it('does not exist where every priority is taken', () => {
    const all = Array.from({ length: 50_000 }, (_, index) => index + 1);

    expect(placeAbove(1, all)).toBeNull();
    expect(placeAbove(null, all)).toBeNull();
  });
});

describe('renumbering', () => {
  it('puts the door right above the planned rule, and undone leaves all as it was', () => {
    assert(
      property(
        integer({ min: 1, max: 30 }),
        uniqueArray(integer({ min: 31, max: 60 })),
        (planned, below) => {
          const first = Array.from({ length: planned }, (_, index) => index + 1);
          const before = rules(...first, ...below);
          const place = placeAbove(planned, [...first, ...below]);
          if (place?.kind !== 'renumber') return false;
          const made = [...before, { ruleArn: 'door', priority: place.free }];

          const moved = after(made, moveDown(made, 'door', place));
          const undone = after(moved, moveUp(moved, 'door', place));

          const priorities = moved.map(({ priority }) => priority);
          const door = moved.find(({ ruleArn }) => ruleArn === 'door')?.priority ?? 0;
          const rule = moved.find(({ ruleArn }) => ruleArn === `rule-${planned}`)?.priority;
          expect(new Set(priorities).size).toBe(priorities.length);
          expect(rule).toBe(door + 1);
          expect(undone).toEqual(made);
          return true;
        },
      ),
    );
  });

  it('is not undone where it was never done', () => {
    const made = [...rules(1), { ruleArn: 'door', priority: 2 }];

    expect(moveUp(made, 'door', { first: 1, free: 2 })).toEqual([]);
    expect(moveUp(made, 'door', null)).toEqual([]);
  });

  it('is remembered as text', () => {
    expect(parseRenumbering(renumberingText({ first: 5, free: 8 }))).toEqual({ first: 5, free: 8 });
    expect(parseRenumbering('what?')).toBeNull();
    expect(parseRenumbering('0-1')).toBeNull();
    expect(parseRenumbering('1-50001')).toBeNull();
  });
});
