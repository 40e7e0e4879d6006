import { isFields } from '#domain/json/json-fields.ts';
import {
  WorkflowTaskFailed,
  type Command,
  type Execution,
  type Instance,
  type Isolate,
  type Job,
} from './isolate.ts';
import type { initialJob, Round } from './workflow-task.ts';

/** What a worker is told of a task beside its news. */
export type TaskMoment = Omit<Parameters<Instance['activate']>[1], 'isReplaying'>;

/** One workflow task that the server knows of. */
interface RecordedTask extends TaskMoment {
  readonly rounds: readonly Round[];
}

/** The events of one execution, kept as what the workflow was told and what it wanted, task by task (I12: the same again, whenever it is told again). */
export class History {
  readonly execution: Execution;
  readonly #workflowType: string;
  readonly #tasks: RecordedTask[] = [];
  /** As the server counts them. */
  events = 1;

  constructor(workflowType: string, execution: Execution) {
    this.#workflowType = workflowType;
    this.execution = execution;
  }

  /** What its first job says of it. */
  get names(): Parameters<typeof initialJob>[0] {
    const { workflowId, firstExecutionRunId } = this.execution;
    return { workflowId, workflowType: this.#workflowType, firstExecutionRunId };
  }

  get isEmpty(): boolean {
    return this.#tasks.length === 0;
  }

  /** The last recorded task. */
  get last(): RecordedTask | null {
    return this.#tasks.at(-1) ?? null;
  }

  record(task: RecordedTask): void {
    this.#tasks.push(task);
    // Scheduled, started, completed; what it was told; what it wants.
    this.events += 3;
    for (const { jobs, commands } of task.rounds)
      this.events += jobs.reduce((sum, job) => sum + eventsOf(job), 0) + commands.length;
  }

  /** An instance that stands where the last recorded task left the workflow; what differed on the way, if anything did. */
  async replay(
    isolate: Isolate,
  ): Promise<{ readonly instance: Instance; readonly problem: string | null }> {
    const instance = await isolate.start(this.#workflowType, this.execution);
    for (const [index, task] of this.#tasks.entries()) {
      const moment = { ...task, isReplaying: true };
      for (const { jobs, commands } of task.rounds) {
        const again = await replayed(
          instance,
          [...patchesIn(commands), ...jobs.map(asReplayed)],
          moment,
        );
        if (!isSame(commands, again))
          return {
            instance,
            problem: `task ${index + 1} wanted ${describe(commands)}, and on replay ${describe(again)}`,
          };
      }
    }
    return { instance, problem: null };
  }
}

async function replayed(
  instance: Instance,
  jobs: readonly Job[],
  moment: Parameters<Instance['activate']>[1],
): Promise<readonly Command[]> {
  try {
    return await instance.activate(jobs, moment);
  } catch (cause) {
    if (cause instanceof WorkflowTaskFailed) return [];
    throw cause;
  }
}

/** The SDK looks ahead for the markers of patches, and tells of them first. */
function patchesIn(commands: readonly Command[]): readonly Job[] {
  return commands.flatMap(({ setPatchMarker }) =>
    setPatchMarker?.patchId ? [{ notifyHasPatch: { patchId: setPatchMarker.patchId } }] : [],
  );
}

function asReplayed(job: Job): Job {
  return job.doUpdate ? { doUpdate: { ...job.doUpdate, runValidator: false } } : job;
}

function eventsOf(job: Job): number {
  // An activity that ended was started before.
  return job.resolveActivity || job.doUpdate ? 2 : 1;
}

/** What two answers to the same activation must have in common: everything. */
function isSame(one: unknown, other: unknown): boolean {
  // Of either realm, the isolate's or ours.
  if (ArrayBuffer.isView(one) && ArrayBuffer.isView(other))
    return bytesOf(one).equals(bytesOf(other));
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (!isFields(one) || !isFields(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => isSame(one[name], other[name]))
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function describe(commands: readonly Command[]): string {
  const words = commands.map(
    (command) => command.scheduleActivity?.activityType ?? Object.keys(command)[0],
  );
  return words.length === 0 ? 'nothing' : words.join(', ');
}
