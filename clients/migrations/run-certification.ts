import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure, WorkflowIdConflictPolicy } from '@temporalio/common';
import type { AddonMatrix } from '#domain/addon-matrix/addon-matrix.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { QUEUES } from '#domain/queues.ts';
import type { certifyAddons } from '#workflows/certify-addons.ts';
import { CERTIFY_ADDONS, type CertifyResult } from '#workflows/certify-messages.ts';
import { NoWorkerError } from '../errors.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { explainFailure } from '../temporal/explain-failure.ts';
import { nobodyTakesIt } from './nobody-takes-it.ts';
import { refusalOf } from './refusal-of.ts';

export interface CertifyOptions {
  /** Kubernetes minor. */
  readonly kubernetes: string;
  readonly known: AddonMatrix;
  /** Asks for the end: the throw-away cluster is deleted first. */
  readonly signal: AbortSignal;
}

/** Null: it was cancelled, and the throw-away cluster is gone. */
export type CertifyEnd = CertifyResult | null;

/**
 * Tries add-ons on a throw-away cluster, as a workflow of its own: one per blue and version, so that asking while one runs attaches to it.
 * Throws `NoWorkerError`, `TemporalUnreachableError`, and `ClientError` where the cluster could not be made.
 */
export async function runCertification(
  access: TemporalAccess,
  plan: MigrationPlan,
  { kubernetes, known, signal }: CertifyOptions,
): Promise<CertifyEnd> {
  const workflowId = certificationIdOf(plan, kubernetes);
  const taken = new AbortController();
  try {
    const handle = await access.client.workflow.start<typeof certifyAddons>(CERTIFY_ADDONS, {
      workflowId,
      taskQueue: QUEUES.main,
      args: [{ plan, workflowId, kubernetes, known }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: `add-ons on Kubernetes ${kubernetes}, like ${plan.spec.blue.cluster}`,
    });
    const cancel = (): void => {
      // Told again by the next Ctrl-C; a server that is away would not have heard it.
      handle.cancel().catch(() => undefined);
    };
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      return await Promise.race([handle.result(), nobodyTakesIt(access, taken.signal)]);
    } catch (cause) {
      // Nothing of it has begun: nothing is to be deleted.
      if (cause instanceof NoWorkerError) await handle.terminate('no worker took it');
      throw cause;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  } catch (cause) {
    if (cause instanceof WorkflowFailedError && cause.cause instanceof CancelledFailure)
      return null;
    const refusal = refusalOf('the add-ons could not be tried', cause);
    throw refusal ?? explainFailure(access, `certification ${workflowId}`, cause);
  } finally {
    taken.abort();
  }
}

/** @public The id of the one certification that may run for a blue and a version. */
export function certificationIdOf({ spec }: MigrationPlan, kubernetes: string): string {
  const { account, region } = spec.access.green ?? spec.access.default;
  return `certify/${account}/${region}/${spec.blue.cluster}/${kubernetes}`;
}
