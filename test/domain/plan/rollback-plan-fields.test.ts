import { planWith, problemsOf, rightPlan, route, smallestPlan, summaryOf } from './plan-builder.ts';

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
  ])('may be %j', (written, expected) => {
    const plan = rightPlan(planWith({ 'spec.rollback.capsule': written }));

    expect(plan.spec.rollback.capsule).toEqual(expected);
  });

  it.each([
    [{ with: 'file', directory: 'relative' }, 'spec.rollback.capsule.directory: "relative"'],
    [{ with: 'file', directory: '/a/../etc' }, 'spec.rollback.capsule.directory: "/a/../etc"'],
    [{ with: 'ssm', prefix: '/aws/x' }, 'spec.rollback.capsule.prefix: "/aws/x"'],
    [{ with: 'ssm', prefix: 'x' }, 'spec.rollback.capsule.prefix: "x"'],
  ])('may not be %j', (written, expected) => {
    expect(summaryOf(planWith({ 'spec.rollback.capsule': written }))).toEqual([expected]);
  });

  it('is S3 in a later version, and says so', () => {
    const [problem] = problemsOf(planWith({ 'spec.rollback.capsule': { with: 's3' } }));

    expect(problem?.allowed).toContain('"s3" is not supported yet');
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
  });
});
