import { fakePlan } from '#test/fakes/fake-plan.ts';
import { createStage, failureOf, REF, type Stage } from '#test/activities/run-activity.ts';

const PLAN = fakePlan({
  notify: [{ with: 'webhook', url: 'http://people.test/hook' }, { with: 'log' }],
});
const NOTICE = {
  event: 'gate-waiting',
  text: 'gate shift waits',
  command: 'cutover approve',
} as const;

async function tell(stage: Stage): Promise<void> {
  const input = { ref: REF, spec: PLAN.spec, plan: 'shop', notice: NOTICE };
  await stage.once(async () => stage.activities.tellPeople(input));
}

describe('telling people', () => {
  it('tells every target of the plan, with the migration it is about', async () => {
    const stage = createStage({ plan: PLAN });
    await tell(stage);
    expect(stage.world.notices.map(({ target }) => target)).toEqual(['webhook', 'log']);
    expect(stage.world.notices[0]?.notice).toEqual({ ...NOTICE, ...REF, plan: 'shop' });
  });

  it('tells the others when one cannot be told', async () => {
    const stage = createStage({ plan: PLAN });
    stage.world.calls.failNext('notifier.tell', 'unavailable');
    await tell(stage);
    expect(stage.world.notices.map(({ target }) => target)).toEqual(['log']);
  });

  it('fails when nobody could be told', async () => {
    const stage = createStage({ plan: PLAN });
    stage.world.calls.failNext('notifier.tell', 'access-denied', 2);
    expect(await failureOf(tell(stage))).toBe('unavailable');
  });
});
