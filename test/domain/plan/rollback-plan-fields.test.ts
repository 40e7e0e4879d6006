import { planWith, problemsOf, rightPlan, route, smallestPlan, summaryOf } from './plan-builder.ts';

const REFUSED: readonly (readonly [object, string])[] = [
  [{ with: 'file', directory: 'relative' }, 'spec.rollback.capsule.directory: "relative"'],
  [{ with: 'file', directory: '/a/../etc' }, 'spec.rollback.capsule.directory: "/a/../etc"'],
  [{ with: 'ssm', prefix: '/aws/x' }, 'spec.rollback.capsule.prefix: "/aws/x"'],
  [{ with: 'ssm', prefix: 'x' }, 'spec.rollback.capsule.prefix: "x"'],
  [{ with: 's3' }, 'spec.rollback.capsule.bucket: nothing'],
  ...['ab', 'Shop', '-shop', 'shop..eu', '192.168.5.4', 'shop/eu'].map(
    (bucket): readonly [object, string] => [
      { with: 's3', bucket },
      `spec.rollback.capsule.bucket: "${bucket}"`,
    ],
  ),
  ...['', '/cutover', 'cutover/', 'a//b', 'a/../b', './a', 'a b'].map(
    (prefix): readonly [object, string] => [
      { with: 's3', bucket: 'shop', prefix },
      `spec.rollback.capsule.prefix: "${prefix}"`,
    ],
  ),
  [{ with: 's3', bucket: 'shop', region: 'europe' }, 'spec.rollback.capsule.region: "europe"'],
];

describe('where a plan keeps its capsule', () => {
  it('is not said by default, so that plans of before mean the same', () => {
    expect(rightPlan(smallestPlan()).spec.rollback).toEqual({ green: 'keep' });
  });

  it.each([
    [{ with: 'file' }, { with: 'file' }],
    [
      { with: 'file', directory: '/var/lib/capsules' },
      { with: 'file', directory: '/var/lib/capsules' },
    ],
    [{ with: 'ssm' }, { with: 'ssm', prefix: '/cutover' }],
    [
      { with: 'ssm', prefix: '/ops/cutover' },
      { with: 'ssm', prefix: '/ops/cutover' },
    ],
    [
      { with: 's3', bucket: 'shop-capsules' },
      { with: 's3', bucket: 'shop-capsules', prefix: 'cutover' },
    ],
    [
      { with: 's3', bucket: 'shop.capsules', prefix: 'ops/eu_1', region: 'eu-north-1' },
      { with: 's3', bucket: 'shop.capsules', prefix: 'ops/eu_1', region: 'eu-north-1' },
    ],
  ])('may be %j', (written, expected) => {
    const plan = rightPlan(planWith({ 'spec.rollback.capsule': written }));

    expect(plan.spec.rollback.capsule).toEqual(expected);
  });

  it.each(REFUSED)('may not be %j', (written, expected) => {
    expect(summaryOf(planWith({ 'spec.rollback.capsule': written }))).toEqual([expected]);
  });

  it('is one of three, and says which', () => {
    const [problem] = problemsOf(planWith({ 'spec.rollback.capsule': { with: 'gcs' } }));

    expect(problem?.allowed).toBe('one of file, ssm, s3');
  });

  it('is no parameter for more routes than parameters can hold in time', () => {
    const groups = (count: number) => [
      { name: 'all', routes: Array.from({ length: count }, (_, index) => route(index + 1)) },
    ];
    const changes = (count: number) => ({
      'spec.rollback.capsule': { with: 'ssm' },
      'spec.traffic.groups': groups(count),
    });

    expect(summaryOf(planWith(changes(30)))).toEqual([]);
    expect(summaryOf(planWith(changes(31)))).toEqual([
      'spec.rollback.capsule.with: "ssm" for 31 routes',
    ]);
    expect(problemsOf(planWith(changes(31)))[0]?.allowed).toContain('s3 or file for more');
  });
});
