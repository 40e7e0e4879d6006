import { isUnheard, sleepGuarded } from '../guarded-time.ts';
import { giveGreenTheRest } from '../green-gets-all.ts';
import { judgeSoak } from '../judge.ts';
import { askAbility } from '../ask-ability.ts';
import type { PhaseResult, Run } from '../run.ts';

/** The long watch at 100 % green, or at what the plan leaves it, with blue hot; its clock stops while paused or halted. */
export async function soak(run: Run): Promise<PhaseResult> {
  for (;;) {
    await run.checkpoint();
    const { forSeconds } = run.spec.soak;
    const { soakedSeconds } = run.state;
    const left = forSeconds - soakedSeconds;
    if (left <= 0) {
      await awaitSettled(run);
      await judgeSoak(run);
      if (run.spec.soak.keepBluePercent > 0) await giveGreenTheRest(run);
      return { status: 'done', facts: { soakedSeconds: Math.round(soakedSeconds) } };
    }
    const slept = await sleepGuarded(run, left, 'Soak');
    run.record((state) => ({ ...state, soakedSeconds: soakedSeconds + slept }));
  }
}

/** Did somebody watch to the end? Green has its users: whether it could take more is not asked. */
async function awaitSettled(run: Run): Promise<void> {
  const routeIds = run.resolved.routes.map(({ id }) => id);
  while (isUnheard(run)) {
    await run.checkpoint();
    await askAbility(run, 'Was the soak watched to its end?', { routeIds, percent: 0 });
  }
}
