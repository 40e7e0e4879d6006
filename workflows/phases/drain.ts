import { waiting } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';

/** Blue proven idle; still guarded, still reversible. */
export async function proveBlueIdle(run: Run): Promise<PhaseResult> {
  const facts = await waiting('Wait until blue has had no request').proveBlueIdle({
    ...run.activityInput,
    resolved: run.resolved,
  });
  return { status: 'done', facts };
}
