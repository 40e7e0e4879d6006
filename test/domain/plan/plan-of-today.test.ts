import { planOfToday } from '#domain/plan/plan-of-today.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';

describe('a plan that an earlier version parsed', () => {
  it('gets what that version did not know', () => {
    const plan = fakePlan();
    const group = plan.spec.traffic.groups.at(0);
    const old = structuredClone(plan);
    for (const one of old.spec.traffic.groups) {
      Reflect.deleteProperty(one, 'bakeAtMostSeconds');
      for (const route of one.routes) Reflect.deleteProperty(route, 'acceptSticky');
    }

    const read = planOfToday(old).spec.traffic.groups.at(0);

    expect(read?.bakeAtMostSeconds).toBe(300);
    expect(read?.routes).toEqual(group?.routes);
  });

  it('keeps what is written in it', () => {
    expect(planOfToday(fakePlan())).toEqual(fakePlan());
  });
});
