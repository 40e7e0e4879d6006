import { getHeapStatistics } from 'node:v8';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { CertifyActivities, MigrationActivities } from '#activities/contract.ts';
import { QUEUES } from '#domain/queues.ts';
import type { WorkerEnvironment } from './environment.ts';
import { failureInterceptor } from './failure-interceptor.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Without those of certifying, nothing is certified here. */
  readonly activities: MigrationActivities & Partial<CertifyActivities>;
  readonly identity: string;
  readonly deployment: WorkerEnvironment['deployment'];
  readonly shutdownGraceSeconds: number;
  /**
   * Heartbeats of a guard reach the server, and a cancellation reaches the guard, at most this often (and at least as
   * often as 80 % of the heartbeat timeout). Each is a billed Action.
   * @default `CALM_GUARD_HEARTBEAT_MS`
   */
  readonly guardHeartbeatMs?: number;
  readonly workflowBundle: { readonly code: string };
}

/**
 * A guard in soak or at a gate says that it lives at least this often: 18 billed Actions an hour. It is also how long it may take
 * until it learns that it is to be replaced, as by an amendment or when blue is about to go; until then it watches on.
 */
export const CALM_GUARD_HEARTBEAT_MS = 200_000;

/**
 * Activity slots per queue. Each guarded migration holds one of the guard's for its whole life, and up to two of traffic's for
 * minutes, while it looks at users' requests and writes beside it: so many that a rollback finds a free one whatever the others
 * are waiting for. A slot that is free costs nothing.
 */
const SLOTS = { main: 100, waits: 200, traffic: 4000, guard: 2000 } as const;

/**
 * Migrations whose state stays in memory between their tasks: five for each 2 MB that the heap may grow to. One of a few hundred
 * events takes about a fifth of a MB (seen with 150); the SDK reckons with ten times as much, and one that is put away is replayed
 * from its whole history at its next task.
 */
function cachedWorkflows(): number {
  return Math.max(10, Math.floor((2.5 * getHeapStatistics().heap_size_limit) / 2 ** 20));
}

/** One worker per task queue, in one process: workflows and quick activities, waits, traffic, guard. */
export async function createWorkers(options: WorkersOptions): Promise<readonly Worker[]> {
  const shared = {
    connection: options.connection,
    namespace: options.namespace,
    identity: options.identity,
    activities: { ...options.activities },
    interceptors: { activity: [() => ({ inbound: failureInterceptor })] },
    shutdownGraceTime: options.shutdownGraceSeconds * 1000,
    ...versioning(options.deployment),
  } satisfies Partial<WorkerOptions>;
  return Promise.all([
    Worker.create({
      ...shared,
      workflowBundle: options.workflowBundle,
      taskQueue: QUEUES.main,
      maxConcurrentActivityTaskExecutions: SLOTS.main,
      maxCachedWorkflows: cachedWorkflows(),
      // With the default of 10 s a request waited that long after a worker was killed; seen.
      stickyQueueScheduleToStartTimeout: '1s',
      // What is not taken up within that second comes by the common queue, which two of ten pollers serve by default: on a server
      // that had slowed down 115 of 200 migrations waited there, the oldest for 82 s; seen.
      maxConcurrentWorkflowTaskPolls: 20,
      nonStickyToStickyPollRatio: 0.5,
    }),
    Worker.create({
      ...shared,
      taskQueue: QUEUES.waits,
      maxConcurrentActivityTaskExecutions: SLOTS.waits,
    }),
    Worker.create({
      ...shared,
      taskQueue: QUEUES.traffic,
      maxConcurrentActivityTaskExecutions: SLOTS.traffic,
    }),
    Worker.create({
      ...shared,
      taskQueue: QUEUES.guard,
      maxConcurrentActivityTaskExecutions: SLOTS.guard,
      // A guard's heartbeats must reach the server well within its 10 s timeout.
      maxHeartbeatThrottleInterval: options.guardHeartbeatMs ?? CALM_GUARD_HEARTBEAT_MS,
      defaultHeartbeatThrottleInterval: '3s',
    }),
  ]);
}

function versioning(
  deployment: WorkersOptions['deployment'],
): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (deployment === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName: deployment.name, buildId: deployment.buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
