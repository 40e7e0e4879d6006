import * as fc from 'fast-check';
import { isAccepted } from '#domain/capsule/capsule.ts';
import { contains, jsonOf, type Json } from '#domain/json/json-value.ts';
import { albRoute } from './capsules.ts';

const [readBack] = albRoute().wayBack.readBack;

function rules(...groups: readonly (readonly [string, number])[]): Json {
  const TargetGroups = groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  const [only] = TargetGroups;
  const one = TargetGroups.length === 1 ? { TargetGroupArn: only?.TargetGroupArn ?? '' } : {};
  return {
    Rules: [
      { Priority: '1', Actions: [{ Type: 'forward', ...one, ForwardConfig: { TargetGroups } }] },
    ],
  };
}

describe('a read-back', () => {
  const blue = albRoute().blueTargetGroupArn ?? '';

  it.each([
    ['blue alone', rules([blue, 1]), true],
    ['blue and green', rules([blue, 1], ['green', 1]), false],
    ['green alone', rules(['green', 1]), false],
    ['no rule', { Rules: [] }, false],
    ['nothing', null, false],
  ])('of %s is accepted: %s', (_, answer, expected) => {
    expect(readBack !== undefined && isAccepted(readBack, answer)).toBe(expected);
  });
});

describe('what an answer contains', () => {
  it('is itself, and itself with more members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = jsonOf(JSON.parse(JSON.stringify(value)));
        expect(contains(json, json)).toBe(true);
        expect(contains({ a: json, b: 1 }, { a: json })).toBe(true);
        expect(contains([json, 1], [json])).toBe(false);
        expect(contains({ a: json }, { a: json, b: null })).toBe(false);
      }),
    );
  });
});
