import { planWith, problemsOf, rightPlan, smallestPlan } from './plan-builder.ts';

const WAIVER = { code: 'api-removed', reason: 'rewritten after the move', expires: '2028-02-29' };

describe('waivers', () => {
  it('are not said by default, so that plans of before mean the same', () => {
    expect(rightPlan(smallestPlan()).spec.preflight).toBeUndefined();
  });

  it('have a code, a reason and a last day', () => {
    const plan = planWith({ 'spec.preflight': { waivers: [WAIVER] } });

    expect(rightPlan(plan).spec.preflight).toEqual({ waivers: [WAIVER] });
  });

  it.each([
    [{ ...WAIVER, code: 'capsule-place' }, 'code'],
    [{ ...WAIVER, code: 'everything' }, 'code'],
    [{ ...WAIVER, reason: '' }, 'reason'],
    [{ ...WAIVER, expires: '2027-02-29' }, 'expires'],
    [{ ...WAIVER, expires: '2027-13-01' }, 'expires'],
    [{ ...WAIVER, expires: 'never' }, 'expires'],
    [{ code: 'api-removed', reason: 'why' }, 'expires'],
  ])('%j is refused by field', (waiver, field) => {
    const problems = problemsOf(planWith({ 'spec.preflight': { waivers: [waiver] } }));

    expect(problems.map(({ path }) => path.join('.'))).toEqual([
      `spec.preflight.waivers.0.${field}`,
    ]);
  });
});
