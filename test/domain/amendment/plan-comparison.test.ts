import { changesBetween } from '#domain/amendment/plan-comparison.ts';
import { planWith, rightPlan, route } from '#test/domain/plan/plan-builder.ts';

const BEGUN = rightPlan(planWith({}));

const edited = (changes: Readonly<Record<string, unknown>>) =>
  changesBetween(BEGUN, rightPlan(planWith(changes)));

describe('a changed plan file against the plan in force', () => {
  it('is no change when it says the same', () => {
    expect(edited({})).toEqual({ changes: {}, problems: [] });
    expect(edited({ 'spec.soak.for': '24h' })).toEqual({ changes: {}, problems: [] });
  });

  it('is no change where a run of an earlier version had no say about trust policies', () => {
    const earlier = { ...BEGUN, spec: { ...BEGUN.spec, identity: undefined } };

    expect(changesBetween(earlier, BEGUN)).toEqual({ changes: {}, problems: [] });
  });

  it('gives what was changed, and nothing else', () => {
    expect(
      edited({
        'spec.soak.for': '1h',
        'spec.traffic.groups': [{ name: 'storefront', bake: '30m', routes: [route()] }],
        'spec.gates.retire': { approvers: ['sre'], expires: '1d' },
      }),
    ).toEqual({
      changes: {
        soak: { forSeconds: 3_600 },
        traffic: { groups: { storefront: { bakeSeconds: 1_800, bakeAtMostSeconds: 10_800 } } },
        gates: { retire: { expiresSeconds: 86_400 } },
      },
      problems: [],
    });
  });

  it.each([
    ['another name', { 'metadata.name': 'other' }, 'metadata.name', '"other"', '"shop"'],
    ['another green', { 'spec.green.version': '1.37' }, 'spec.green.version', '"1.37"', '"1.36"'],
    [
      'a role to assume',
      {
        'spec.access.default': {
          account: '111122223333',
          region: 'eu-west-1',
          roleArn: 'arn:aws:iam::111122223333:role/x',
        },
      },
      'spec.access.default.roleArn',
      '"arn:aws:iam::111122223333:role/x"',
      'nothing',
    ],
    [
      'another route',
      { 'spec.traffic.groups': [{ name: 'storefront', routes: [route(2)] }] },
      'spec.traffic.groups.0.routes.0.id',
      '"route-2"',
      '"route-1"',
    ],
    [
      'one group more',
      {
        'spec.traffic.groups': [
          { name: 'storefront', routes: [route()] },
          { name: 'office', routes: [route(2)] },
        ],
      },
      'spec.traffic.groups',
      'a list of 2',
      'a list of 1',
    ],
    [
      'fewer approvers needed',
      { 'spec.gates.retire': { approvers: ['sre'], quorum: 1 } },
      'spec.gates.retire.quorum',
      '1',
      '2',
    ],
  ])(
    'refuses %s, with what was found and what the migration began with',
    (_, changes, path, found, began) => {
      expect(edited(changes).problems).toContainEqual({
        path,
        found,
        allowed: `${began}, as the migration began with`,
      });
    },
  );

  it('refuses a group under another name', () => {
    const { problems } = edited({
      'spec.traffic.groups': [{ name: 'shopfront', routes: [route()] }],
    });

    expect(problems.map(({ path }) => path)).toEqual(['spec.traffic.groups.0.name']);
  });
});
