/**
 * Starts a migration, or attaches to the one that is there. Invariants: at most one run per blue cluster (Temporal's
 * conflict policy, not our look, decides the race); the same plan, as it began or as it
 * was amended, attaches to a running or completed run; another
 * plan is refused while one runs; whatever ended otherwise gives way to a new attempt. No workflow timeouts: a
 * timeout would kill the rollback too.
 */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { formatDurationSeconds } from '#domain/plan/durations.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { OutcomeName } from '#domain/migration/migration-state.ts';
import { QUEUES } from '#domain/queues.ts';
import type { MigrationInput } from '#workflows/input.ts';
import { MIGRATE_CLUSTER } from '#workflows/messages.ts';
import type { migrateCluster } from '#workflows/migrate-cluster.ts';
import { CLUSTER, GREEN_WEIGHT, PHASE, TARGET_VERSION } from '#workflows/search-attributes.ts';
import { ClientError, OtherPlanRunsError, TemporalUnreachableError } from '../errors.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { explainFailure } from '../temporal/explain-failure.ts';
import { planDigest, workflowIdOfPlan } from './plan-identity.ts';
import { claimsOf, PLACES_MEMO, refuseSharedPlaces } from './refuse-shared-places.ts';
import { readPlan } from './read-status.ts';
import { isOpen, snapshotOf, type MigrationSnapshot } from './snapshot.ts';

/** What `start` did. JSON-stable. */
export interface StartResult {
  readonly workflowId: string;
  readonly runId: string;
  readonly planDigest: string;
  /** `started`: a new attempt; `attached`: the same plan was running or completed already. */
  readonly how: 'started' | 'attached';
  /** How the attempt before this one ended, where there was one and a new one began. */
  readonly previous: OutcomeName | 'failed' | 'cancelled' | 'terminated' | 'timed-out' | null;
}

/** A second look is enough unless somebody starts and ends attempts all the time. */
const LOOKS = 3;

/** Throws `OtherPlanRunsError`, `SharedPlaceError`, `TemporalUnreachableError`, `ClientError`. */
export async function startMigration(
  access: TemporalAccess,
  plan: MigrationPlan,
  options: { readonly requestedBy: string },
): Promise<StartResult> {
  const workflowId = workflowIdOfPlan(plan);
  const digest = planDigest(plan);
  try {
    for (let look = 1; ; look += 1) {
      const latest = await latestAttempt(access, workflowId);
      if (latest !== null && (isOpen(latest) || latest.outcome === 'completed')) {
        if (latest.planDigest === digest || (await isInForce(access, workflowId, digest)))
          return {
            workflowId,
            runId: latest.runId,
            planDigest: digest,
            how: 'attached',
            previous: null,
          };
        if (isOpen(latest))
          throw new OtherPlanRunsError(workflowId, {
            digest: latest.planDigest,
            plan: latest.plan,
          });
      }
      await refuseSharedPlaces(access, plan, workflowId);
      try {
        const runId = await start(access, plan, { workflowId, digest, ...options });
        return { workflowId, runId, planDigest: digest, how: 'started', previous: endOf(latest) };
      } catch (cause) {
        // Somebody was faster: look again at what is there now.
        if (!(cause instanceof WorkflowExecutionAlreadyStartedError) || look >= LOOKS) throw cause;
      }
    }
  } catch (cause) {
    throw explainFailure(access, `start ${workflowId}`, cause);
  }
}

/**
 * Is this the plan as it was amended? The memo knows only how it began, so the migration itself is asked; one that cannot answer
 * (no worker, or a version that knows no amendments) counts as another plan.
 */
async function isInForce(
  access: TemporalAccess,
  workflowId: string,
  digest: string,
): Promise<boolean> {
  try {
    const { plan, amendments } = await readPlan(access, workflowId);
    return amendments > 0 && planDigest(plan) === digest;
  } catch (cause) {
    if (cause instanceof ClientError && !(cause instanceof TemporalUnreachableError)) return false;
    throw cause;
  }
}

async function latestAttempt(
  access: TemporalAccess,
  workflowId: string,
): Promise<MigrationSnapshot | null> {
  try {
    return snapshotOf(await access.client.workflow.getHandle(workflowId).describe());
  } catch (cause) {
    if (cause instanceof WorkflowNotFoundError) return null;
    throw cause;
  }
}

async function start(
  access: TemporalAccess,
  plan: MigrationPlan,
  facts: { readonly workflowId: string; readonly digest: string; readonly requestedBy: string },
): Promise<string> {
  const { blue, green } = plan.spec;
  const input: MigrationInput = {
    plan,
    planDigest: facts.digest,
    requestedBy: facts.requestedBy,
  };
  const handle = await access.client.workflow.start<typeof migrateCluster>(MIGRATE_CLUSTER, {
    workflowId: facts.workflowId,
    taskQueue: QUEUES.main,
    args: [input],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
    // With the default of 10 s a request waited that long after a worker was killed (DESIGN section 6).
    workflowTaskTimeout: '5s',
    memo: {
      planDigest: facts.digest,
      planName: plan.metadata.name,
      requestedBy: facts.requestedBy,
      [PLACES_MEMO]: claimsOf(plan),
    },
    typedSearchAttributes: [
      { key: CLUSTER, value: blue.cluster },
      { key: TARGET_VERSION, value: green.version },
      { key: PHASE, value: 'preflight' },
      { key: GREEN_WEIGHT, value: 0 },
    ],
    staticSummary: `${blue.cluster} → ${green.cluster} (${green.version})`,
    staticDetails: detailsOf(plan, facts.requestedBy),
  });
  return handle.firstExecutionRunId;
}

/** Markdown for the Temporal UI. */
function detailsOf(plan: MigrationPlan, requestedBy: string): string {
  const groups = plan.spec.traffic.groups.map(
    (group) =>
      `- group \`${group.name}\`: ${group.steps.join(' → ')} %, ${formatDurationSeconds(group.bakeSeconds)} bake, routes ${group.routes.map((route) => `\`${route.id}\``).join(', ')}`,
  );
  return [
    `Plan **${plan.metadata.name}**, requested by ${requestedBy}.`,
    '',
    ...groups,
    `- soak ${formatDurationSeconds(plan.spec.soak.forSeconds)}; after a rollback green is ${plan.spec.rollback.green === 'keep' ? 'kept' : 'deleted'}`,
  ].join('\n');
}

function endOf(latest: MigrationSnapshot | null): StartResult['previous'] {
  if (latest === null) return null;
  if (latest.outcome !== null) return latest.outcome;
  return ENDED_WITHOUT_OUTCOME.find((status) => status === latest.runStatus) ?? null;
}

const ENDED_WITHOUT_OUTCOME = ['failed', 'cancelled', 'terminated', 'timed-out'] as const;
