import { done, intend } from '#domain/effects.ts';
import { quick, waiting } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';

/** Green's control plane, nodes and access for the engine; no users yet. */
export async function provisionGreen(run: Run): Promise<PhaseResult> {
  const input = { ...run.activityInput, resolved: run.resolved };
  run.record((state) => intend(state, 'green-cluster', run.now()));
  const green = await quick('Create green, or find what an earlier attempt created').createGreen(
    input,
  );
  run.record((state) => ({ ...done(state, 'green-cluster', run.now()), green }));
  await waiting('Wait until green is active').awaitGreen(run.greenInput);
  const furnished = await quick('Create node groups and admit the engine').furnishGreen(
    run.greenInput,
  );
  const nodes = await waiting('Wait until nodes are ready').awaitNodegroups(run.greenInput);
  return { status: 'done', facts: { version: green.version, ...furnished, ...nodes } };
}
