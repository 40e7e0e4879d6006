import { leftTrustFacts } from '#domain/migration/role-trust-record.ts';
import { letBlueShrink } from '../blue-floor.ts';
import { forGood } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';

/** Blue removed in a safe order: a last look, off the rules, node groups, cluster. */
export async function retireBlue(run: Run): Promise<PhaseResult> {
  const input = { ...run.activityInput, resolved: run.resolved };
  await forGood('Last look, then take blue off the rules').releaseBlue(input);
  await letBlueShrink(run);
  await forGood("Delete blue's node groups").deleteBlueNodegroups(input);
  await forGood('Delete blue').deleteBlueCluster(input);
  return {
    status: 'done',
    facts: { removed: run.resolved.blue.arn, ...leftTrustFacts(run.state.trust) },
  };
}
