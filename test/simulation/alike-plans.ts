import { fakePlan } from '#test/fakes/fake-plan.ts';

/** Plans that are told on a real server and in the simulation alike. */
export const ALIKE_PLANS = {
  keep: fakePlan(),
  delete: fakePlan({ rollback: { green: 'delete' } }),
} as const;
