import { withWeights } from '#domain/traffic/weight-records.ts';
import { traffic } from './proxies.ts';
import type { Run } from './run.ts';

/**
 * After a halt over somebody else's edit: people said to go on, so every route gets the weight it was meant to have before
 * anything else happens. Routes with equal weights are written together.
 */
export async function writeWeightsAgain(run: Run): Promise<void> {
  const byPercent = new Map<number, string[]>();
  for (const [id, { intended }] of Object.entries(run.state.weights))
    byPercent.set(intended, [...(byPercent.get(intended) ?? []), id]);
  for (const [percent, routeIds] of byPercent) {
    if (percent === 0) continue;
    const { readBack } = await traffic(`Green to ${percent} % again`).setWeights({
      ...run.activityInput,
      resolved: run.resolved,
      routeIds,
      percent,
    });
    run.record((state) =>
      withWeights(state, routeIds, (id) => ({ readBack: readBack[id] ?? null })),
    );
  }
  run.record((state) => ({ ...state, weightsDoubted: false }));
}
