import type { NativeConnection } from '@temporalio/worker';
import { RUN_NAMES } from '#domain/migration/run-names.ts';
import type { WorkerEnvironment } from './environment.ts';

/**
 * What a worker asks Temporal about other workers and about runs; reads, all of them. The visibility index is a moment behind the
 * runs themselves.
 */
export interface TemporalAccess {
  readonly service: NativeConnection['workflowService'];
  readonly namespace: string;
}

type Deployment = NonNullable<WorkerEnvironment['deployment']>;

/** `temporal.api.enums.v1.TaskQueueType` */
const ACTIVITY_QUEUE = 2;
/** A worker that lives begins a poll at least once a minute. */
const POLLED_WITHIN_SECONDS = 70;
const PAGE = 200;

/** Runs with users on green; of this build alone, where workers are versioned: nobody else can take those. */
export async function runsOnGreen(
  access: TemporalAccess,
  deployment: Deployment | undefined,
): Promise<readonly string[]> {
  const ours =
    deployment === undefined ? '' : ` AND TemporalWorkerDeploymentVersion = ${of(deployment)}`;
  return openRuns(access, `${RUN_NAMES.greenWeight} > 0${ours}`);
}

/** Runs that are pinned to another build than this. */
export async function runsElsewhere(
  access: TemporalAccess,
  deployment: Deployment,
): Promise<readonly string[]> {
  return openRuns(
    access,
    `TemporalWorkflowVersioningBehavior = 'Pinned' AND TemporalWorkerDeploymentVersion != ${of(deployment)}`,
  );
}

/** Does another worker poll this queue of activities, of the same build where workers are versioned? */
export async function isPolledByOthers(
  { service, namespace }: TemporalAccess,
  queue: string,
  {
    identity,
    deployment,
  }: { readonly identity: string; readonly deployment: Deployment | undefined },
): Promise<boolean> {
  const { pollers } = await service.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in @temporalio/proto, which only the SDK may depend on
    taskQueueType: ACTIVITY_QUEUE,
  });
  const sinceSeconds = Date.now() / 1000 - POLLED_WITHIN_SECONDS;
  return pollers.some(
    (poller) =>
      poller.identity !== identity &&
      Number(poller.lastAccessTime?.seconds ?? 0) >= sinceSeconds &&
      (deployment === undefined || poller.deploymentOptions?.buildId === deployment.buildId),
  );
}

/** Do new runs, and runs that move, go to this build? False also where Temporal has not heard of the deployment yet. */
export async function isCurrent(
  { service, namespace }: TemporalAccess,
  { name, buildId }: Deployment,
): Promise<boolean> {
  const { workerDeploymentInfo } = await service.describeWorkerDeployment({
    namespace,
    deploymentName: name,
  });
  return workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId === buildId;
}

async function openRuns(
  { service, namespace }: TemporalAccess,
  condition: string,
): Promise<readonly string[]> {
  const query = `WorkflowType = '${RUN_NAMES.workflow}' AND ExecutionStatus = 'Running' AND ${condition}`;
  const found: string[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await service.listWorkflowExecutions({
      namespace,
      query,
      pageSize: PAGE,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    found.push(...page.executions.map(({ execution }) => execution?.workflowId ?? ''));
    nextPageToken = page.nextPageToken.length === 0 ? undefined : page.nextPageToken;
  } while (nextPageToken !== undefined);
  return found;
}

/** As the search attribute has it. */
function of({ name, buildId }: Deployment): string {
  return `'${`${name}:${buildId}`.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
