/**
 * The workflow code, unchanged, in the SDK's own isolate, driven by hand-made activations. The only file that knows the
 * SDK's insides (a deep import, held to the SDK's exact version): whatever moves there is mended here.
 */
import {
  defaultFailureConverter,
  defaultPayloadConverter,
  TimeoutFailure,
  TypedSearchAttributes,
  type Payload,
} from '@temporalio/common';
import { msToTs, optionalTsToMs } from '@temporalio/common/lib/time.js';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import {
  ReusableVMWorkflowCreator,
  type ReusableVMWorkflow,
} from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';

type Activation = Parameters<ReusableVMWorkflow['activate']>[0];
export type Job = NonNullable<Activation['jobs']>[number];
type Completion = Awaited<ReturnType<ReusableVMWorkflow['activate']>>;
export type Command = NonNullable<NonNullable<Completion['successful']>['commands']>[number];
export type Failure = NonNullable<NonNullable<Completion['failed']>['failure']>;

/** Which execution an instance is of. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstExecutionRunId: string;
  /** Epoch milliseconds. */
  readonly startedMs: number;
}

/** What an instance is told beside its jobs. */
interface Moment {
  /** Workflow time, epoch milliseconds. */
  readonly nowMs: number;
  /** Which task's clock that is: no two of them begin at the same nanosecond. */
  readonly nanos: number;
  /** Events in the history. */
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
  readonly isReplaying: boolean;
}

/** The workflow code threw what no workflow may: its task fails, and would be tried again for ever. */
export class WorkflowTaskFailed extends Error {
  override readonly name = 'WorkflowTaskFailed';
}

export interface Instance {
  /** One activation; what the workflow code wants done now. @throws WorkflowTaskFailed */
  activate(jobs: readonly Job[], moment: Moment): Promise<readonly Command[]>;
  dispose(): Promise<void>;
}

const LOADED_WITHIN_MS = 60_000;
const WORKFLOW_TASK_TIMEOUT_MS = 5_000;
/** `NonCancellableScopesAreShieldedFromPropagation` and `ProcessWorkflowActivationJobsAsSingleBatch`: on in new histories. */
const SDK_FLAGS = [1, 2] as const;

export class Isolate {
  readonly #creator: ReusableVMWorkflowCreator;
  /** Activations with news for a workflow so far: neither replays nor queries. */
  activations = 0;

  private constructor(creator: ReusableVMWorkflowCreator) {
    this.#creator = creator;
  }

  /** Loads a workflow bundle once; instances share one V8 context, as in a worker. */
  static async load(code: string, activityNames: readonly string[]): Promise<Isolate> {
    const creator = await ReusableVMWorkflowCreator.create(
      parseWorkflowCode(code),
      LOADED_WITHIN_MS,
      new Set(activityNames),
    );
    // A watchdog costs a thread per call, more than the call itself; whoever runs stories watches over them as a whole.
    Object.assign(creator, { isolateExecutionTimeoutMs: undefined });
    // They serve the stack trace query alone, and cost each promise of the process.
    globalHandlers.uninstall();
    globalHandlers.promiseHookInstalled = false;
    return new Isolate(creator);
  }

  async start(workflowType: string, execution: Execution): Promise<Instance> {
    const { workflowId, runId, firstExecutionRunId, startedMs } = execution;
    const workflow = await this.#creator.createWorkflow({
      info: {
        workflowId,
        runId,
        workflowType,
        searchAttributes: {},
        typedSearchAttributes: new TypedSearchAttributes(),
        taskQueue: 'cutover',
        namespace: 'default',
        firstExecutionRunId,
        originalExecutionRunId: runId,
        startTime: new Date(startedMs),
        runStartTime: new Date(startedMs),
        taskTimeoutMs: WORKFLOW_TASK_TIMEOUT_MS,
        attempt: 1,
        historyLength: 0,
        historySize: 0,
        continueAsNewSuggested: false,
        targetWorkerDeploymentVersionChanged: false,
        unsafe: {
          now: () => startedMs,
          isReplaying: false,
          isReplayingHistoryEvents: false,
          random: { random: () => 0, uuid4: () => '', fillRandom: (bytes) => bytes },
        },
      },
      randomnessSeed: [1],
      now: startedMs,
      showStackTraceSources: false,
    });
    return {
      activate: async (jobs, moment) => {
        if (!moment.isReplaying && !jobs.some(({ queryWorkflow }) => queryWorkflow))
          this.activations += 1;
        const completion = await completionOf(workflow, {
          runId,
          jobs: jobs.map(withVariant),
          timestamp: timestampOf(moment),
          historyLength: moment.historyLength,
          continueAsNewSuggested: moment.continueAsNewSuggested,
          isReplaying: moment.isReplaying,
          availableInternalFlags: [...SDK_FLAGS],
        });
        // Logs and calls of sinks have no meaning here.
        await workflow.getAndResetSinkCalls();
        if (completion.failed)
          throw new WorkflowTaskFailed(completion.failed.failure?.message ?? 'without a message');
        return completion.successful?.commands ?? [];
      },
      dispose: async () => workflow.dispose(),
    };
  }
}

/** What an interceptor throws at a query is not made a completion by the workflow, but by the worker. */
async function completionOf(
  workflow: Pick<ReusableVMWorkflow, 'activate'>,
  activation: Activation,
): Promise<Completion> {
  try {
    return await workflow.activate(activation);
  } catch (cause) {
    return { failed: { failure: failureOf(cause) } };
  }
}

function timestampOf({ nowMs, nanos }: Pick<Moment, 'nowMs' | 'nanos'>): ReturnType<typeof msToTs> {
  const timestamp = msToTs(nowMs);
  return { ...timestamp, nanos: (timestamp.nanos ?? 0) + nanos };
}

/** Queries are handed on as they are, so that nobody else says which kind they are. */
function withVariant(job: Job): Job & { readonly variant?: string } {
  return job.queryWorkflow ? { ...job, variant: 'queryWorkflow' } : job;
}

export function payloadOf(value: unknown): Payload {
  const payload = defaultPayloadConverter.toPayload(value);
  if (payload === undefined) throw new Error('a value that has no payload');
  return payload;
}

export function valueOf(payload: Payload): unknown {
  return defaultPayloadConverter.fromPayload(payload);
}

export function timeoutFailure(kind: NonNullable<TimeoutFailure['timeoutType']>): Failure {
  const failure = new TimeoutFailure(`activity ${kind} timeout`, undefined, kind);
  return failureOf(failure);
}

/** Without the stack, which would differ between machines. */
export function failureOf(cause: unknown): Failure {
  const { stackTrace: _, ...failure } = defaultFailureConverter.errorToFailure(
    cause,
    defaultPayloadConverter,
  );
  return failure;
}

/** A duration of a command in milliseconds; null where none was given. */
export function msOf(duration: Parameters<typeof optionalTsToMs>[0]): number | null {
  return optionalTsToMs(duration) ?? null;
}
