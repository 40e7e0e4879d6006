import { withWeights } from '#domain/traffic/weight-records.ts';
import { proveShare } from './prove-share.ts';
import type { Run } from './run.ts';

/**
 * The last step of a plan that keeps some users on blue while green soaks (`soak.keepBlue`): what blue still has goes to
 * green, on all routes, proven as every other step.
 */
export async function giveGreenTheRest(run: Run): Promise<void> {
  const routeIds = run.resolved.routes.map(({ id }) => id);
  while (!hasEverything(run)) {
    await run.checkpoint();
    const proof = await proveShare(run, {
      where: 'all routes',
      routeIds,
      percent: 100,
      fromPercent: 100 - run.spec.soak.keepBluePercent,
      withinSeconds: Math.max(...run.spec.traffic.groups.map((group) => group.bakeAtMostSeconds)),
      isStillMeant: () => true,
      onIntended: (state) => state,
      onReadBack: (state) => state,
    });
    if (proof === null) continue;
    run.record((state) =>
      withWeights(state, routeIds, () => ({ observed: proof.observedPercent })),
    );
  }
}

function hasEverything({ state, resolved }: Run): boolean {
  return resolved.routes.every(({ id }) => {
    const weight = state.weights[id];
    return weight?.intended === 100 && weight.readBack === 100 && weight.observed !== null;
  });
}
