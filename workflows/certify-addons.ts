import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { ActivityInput, ResolvedInput } from '#activities/contract.ts';
import { isTried } from '#domain/addon-matrix/addon-matrix.ts';
import type { ProbeReport } from '#domain/addon-probes/probe-result.ts';
import { migrationIdOf } from '#domain/identity.ts';
import { planOfToday } from '#domain/plan/plan-of-today.ts';
import type { CertifyInput, CertifyResult } from './certify-messages.ts';
import { quick, slowUndo, waiting } from './proxies.ts';

/**
 * Add-on versions are tried on a cluster that is made for it like blue, by the very steps of a migration, and deleted in any case: after
 * a verdict, a failure or a cancellation, and where an earlier run was terminated, by the next one before it makes its own.
 */
export async function certifyAddons(input: CertifyInput): Promise<CertifyResult> {
  const { workflowId, kubernetes, known } = input;
  const migrationId = migrationIdOf(workflowInfo().firstExecutionRunId);
  const own = { ref: { workflowId, migrationId }, spec: throwAwaySpec(input) };
  const { resolved, addons } = await quick('Choose versions of add-ons').planCertification(own);
  if (isTried(known, kubernetes, addons)) return { kind: 'nothing-new', addons };
  const whole = { ...own, resolved };
  try {
    await slowUndo('Delete what an earlier run left').deleteGreen(whole);
    const report = await tryOut(whole);
    return { kind: 'tried', addons, report, date: new Date().toISOString().slice(0, 10) };
  } finally {
    await CancellationScope.nonCancellable(async () =>
      slowUndo('Delete the throw-away cluster').deleteGreen(whole),
    );
  }
}

async function tryOut(input: ResolvedInput): Promise<ProbeReport> {
  const green = await quick('Create a throw-away cluster').createGreen(input);
  const all = { ...input, green };
  await waiting('Wait until it is ACTIVE').awaitGreen(all);
  await quick('Admit us, create node groups').furnishGreen(all);
  await waiting('Wait until nodes are ready').awaitNodegroups(all);
  await quick('Install the add-ons').installAddons(all);
  await waiting('Wait until add-ons are healthy').awaitAddons(all);
  return waiting('Ask the add-ons to do their work').reportAddons(all);
}

/** EKS takes names of 100 characters; the rest says what it is. */
const MOST_NAME = 80;

function throwAwaySpec({ plan, kubernetes }: CertifyInput): ActivityInput['spec'] {
  const { spec } = planOfToday(plan);
  const cluster = `${spec.blue.cluster.slice(0, MOST_NAME)}-certify-${kubernetes.replace('.', '-')}`;
  return { ...spec, green: { ...spec.green, cluster, version: kubernetes } };
}
