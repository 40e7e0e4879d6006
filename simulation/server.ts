import { isFields } from '#domain/json-fields.ts';
import { ActivityServer, type AttemptRunner } from './activity-server.ts';
import { CANCELLATION } from './activity-task.ts';
import type { Fault } from './faults.ts';
import { History, type Round } from './history.ts';
import {
  msOf,
  payloadOf,
  valueOf,
  WorkflowTaskFailed,
  type Command,
  type Instance,
  type Isolate,
  type Job,
} from './isolate.ts';
import type { ActivityName, Observation } from './observations.ts';
import type { Random } from './random.ts';
import type { Cancel, VirtualTime } from './virtual-time.ts';

/**
 * A Temporal server in miniature with one workflow, and the half of the SDK's core that sits between it and the isolate:
 * workflow tasks, timers, signals, updates, queries, continue-as-new. What a worker did and could not tell is done again,
 * from the history.
 */
export interface ServerParts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly isolate: Isolate;
  readonly runner: AttemptRunner;
  readonly faults: readonly Fault[];
  readonly workflowType: string;
  readonly workflowId: string;
  readonly observe: (observation: Observation) => void;
  readonly isActivity: (name: string) => name is ActivityName;
  /** Asks the workflow what a rollback would undo before one of these is scheduled. */
  readonly effects: ReadonlySet<string>;
  /** A workflow task was completed. */
  readonly onTask: (nth: number) => void;
  /** Looks for what no payload may hold. */
  readonly inspect: (payload: { readonly data?: Uint8Array | null }, where: string) => void;
}

export type UpdateAnswer =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly message: string }
  /** The execution closed under it; the client sends it again. */
  | { readonly kind: 'gone' };

/** A job on its way; an update is answered. */
interface Sent {
  readonly job: Job;
  readonly answer?: (answer: UpdateAnswer) => void;
}

interface Task {
  readonly nth: number;
  readonly instance: Instance;
  readonly news: readonly Sent[];
  readonly rounds: readonly Round[];
  readonly nowMs: number;
  readonly undoes: Extract<Observation, { kind: 'scheduled' }>['undoes'];
}

const WORKFLOW_TASK_TIMEOUT_MS = 5_000;
/** Beyond this the server suggests continue-as-new; its default of `limit.historyCount.suggestContinueAsNew`. */
const SUGGEST_AFTER_EVENTS = 4_096;

export class Server {
  readonly #parts: ServerParts;
  readonly #activities: ActivityServer;
  #history: History;
  #input: NonNullable<NonNullable<Job['initializeWorkflow']>['arguments']>;
  #executions = 0;
  /** What happened since the last workflow task began. */
  #news: Sent[] = [];
  readonly #timers = new Map<number, Cancel>();
  /** Activities of which the workflow has heard the end. */
  readonly #resolved = new Set<number>();
  readonly #updates = new Map<string, ((answer: UpdateAnswer) => void)[]>();
  /** What the worker has in its cache. */
  #instance: Instance | null = null;
  #task: 'none' | 'due' | 'running' = 'none';
  #tasks = 0;
  #isSuggested = false;
  /** Set once: the workflow's result, or that it has none. */
  closed: { readonly result: unknown } | null = null;

  constructor(parts: ServerParts, input: unknown) {
    const { time, random, runner, observe, inspect } = parts;
    this.#parts = parts;
    this.#activities = new ActivityServer({
      time,
      random: random.fork('activities'),
      runner,
      observe,
      tell: (job) => {
        const payload = job.resolveActivity?.result?.completed?.result;
        if (payload) inspect(payload, 'result of an activity');
        this.#add({ job });
      },
    });
    this.#input = [payloadOf(input)];
    this.#history = this.#newHistory();
    this.#wake();
  }

  /** Workflow tasks so far, over all executions. */
  get tasks(): number {
    return this.#tasks;
  }

  get openActivities(): ActivityServer['seen'] {
    return this.#activities.seen;
  }

  get activities(): Pick<ActivityServer, 'heartbeat' | 'respond'> {
    return this.#activities;
  }

  signal(name: string, body: unknown): void {
    const input = [payloadOf(body)];
    this.#add({ job: { signalWorkflow: { signalName: name, input, headers: {} } } });
  }

  update(name: string, id: string, body: unknown, answer: (answer: UpdateAnswer) => void): void {
    if (this.closed !== null) {
      answer({ kind: 'gone' });
      return;
    }
    // The server knows updates by their id, as long as the execution lasts.
    const known = this.#updates.get(id);
    if (known !== undefined) {
      known.push(answer);
      return;
    }
    const waiting = [answer];
    this.#updates.set(id, waiting);
    const doUpdate = {
      id,
      protocolInstanceId: id,
      name,
      input: [payloadOf(body)],
      headers: {},
      meta: { updateId: id, identity: 'people' },
      runValidator: true,
    };
    this.#add({
      job: { doUpdate },
      answer: (given) => {
        if (given.kind !== 'answered') this.#updates.delete(id);
        for (const hear of waiting.splice(0)) hear(given);
      },
    });
  }

  cancel(): void {
    this.#add({ job: { cancelWorkflow: { reason: 'from outside' } } });
  }

  /** Null while there is nobody to answer. */
  async query(name: string): Promise<unknown> {
    if (this.closed !== null || !this.#parts.runner.isUp || this.#task === 'running') return null;
    if (this.#history.isEmpty) return null;
    return this.#ask(await this.#instanceNow(), name);
  }

  /** The worker died, and with it what it had in memory. */
  async workerDied(): Promise<void> {
    await this.#forgetInstance();
  }

  workerIsBack(): void {
    this.#activities.wake();
    this.#wake();
  }

  /** Tells the last execution again from its history, as a worker does that never saw it. */
  async replay(): Promise<void> {
    const { instance, problem } = await this.#history.replay(this.#parts.isolate);
    this.#parts.observe({ atMs: this.#parts.time.nowMs(), kind: 'replayed', problem });
    await instance.dispose();
  }

  async dispose(): Promise<void> {
    await this.#forgetInstance();
  }

  #newHistory(): History {
    const { time, workflowId, workflowType } = this.#parts;
    this.#executions += 1;
    return new History(workflowType, {
      workflowId,
      runId: runId(this.#executions),
      firstExecutionRunId: runId(1),
      startedMs: time.nowMs(),
    });
  }

  #add(sent: Sent): void {
    if (this.closed !== null) return;
    this.#news.push(sent);
    this.#wake();
  }

  #wake(): void {
    const isNews = this.#news.length > 0 || this.#history.isEmpty;
    if (this.#task !== 'none' || this.closed !== null || !isNews) return;
    this.#task = 'due';
    const { time, random } = this.#parts;
    time.after(random.whole(1, 30), async () => this.#startTask());
  }

  async #startTask(): Promise<void> {
    const { time, random, runner, faults } = this.#parts;
    if (this.closed !== null) return;
    // Nobody takes it; workerIsBack asks again.
    if (!runner.isUp) {
      this.#task = 'none';
      return;
    }
    this.#task = 'running';
    this.#tasks += 1;
    const nth = this.#tasks;
    const isFault = (workflow: string): boolean =>
      faults.some((fault) => fault.at === 'task' && fault.nth === nth && 'workflow' in fault && fault.workflow === workflow);
    if (isFault('suggest')) this.#isSuggested = true;
    const news = this.#news;
    this.#news = [];
    try {
      const instance = await this.#instanceNow();
      const { rounds, undoes } = await this.#perform(instance, news);
      const task: Task = { nth, instance, news, rounds, undoes, nowMs: time.nowMs() };
      if (isFault('lose')) await this.#forgetInstance();
      time.after(random.whole(1, 30), async () => this.#completeTask(task, isFault('evict')));
    } catch (cause) {
      if (!(cause instanceof WorkflowTaskFailed)) throw cause;
      this.#breakDown(`a workflow task failed: ${cause.message}`);
    }
  }

  /** Activates until the workflow has nothing more to hear at once. */
  async #perform(
    instance: Instance,
    news: readonly Sent[],
  ): Promise<Pick<Task, 'rounds' | 'undoes'>> {
    const { time, effects } = this.#parts;
    const moment = {
      nowMs: time.nowMs(),
      historyLength: this.#history.events + 2,
      continueAsNewSuggested: this.#isSuggested || this.#history.events > SUGGEST_AFTER_EVENTS,
      isReplaying: false,
    };
    const rounds: Round[] = [];
    for (let jobs = this.#jobsOf(news); jobs.length > 0; ) {
      const commands = await instance.activate(jobs, moment);
      rounds.push({ jobs, commands });
      jobs = this.#heardAtOnce(rounds);
    }
    const wanted = rounds.flatMap(({ commands }) => commands);
    const isEffect = wanted.some(({ scheduleActivity }) => {
      const name = scheduleActivity?.activityType ?? '';
      return this.#parts.isActivity(name) && effects.has(name);
    });
    const plan = isEffect ? await this.#ask(instance, 'rollback-plan') : null;
    return { rounds, undoes: actionsIn(plan) };
  }

  /** In the order in which the SDK hands them on: the beginning, what was said, all others. */
  #jobsOf(news: readonly Sent[]): readonly Job[] {
    const jobs = news
      .map(({ job }) => job)
      .filter(({ resolveActivity }) => !this.#resolved.has(resolveActivity?.seq ?? -1));
    const isSaid = (job: Job): boolean => Boolean(job.signalWorkflow ?? job.doUpdate);
    return [
      ...(this.#history.isEmpty ? [this.#initialJob()] : []),
      ...jobs.filter(isSaid),
      ...jobs.filter((job) => !isSaid(job)),
    ];
  }

  #initialJob(): Job {
    const { workflowId, workflowType } = this.#parts;
    return {
      initializeWorkflow: {
        workflowType,
        workflowId,
        arguments: this.#input,
        firstExecutionRunId: runId(1),
        headers: {},
        attempt: 1,
      },
    };
  }

  /** Cancellations that wait for nobody, and of what was never sent, are heard before the task is over. */
  #heardAtOnce(rounds: readonly Round[]): readonly Job[] {
    const before = rounds.slice(0, -1).flatMap(({ jobs }) => jobs);
    return (rounds.at(-1)?.commands ?? []).flatMap(({ requestCancelActivity }) => {
      const seq = requestCancelActivity?.seq;
      if (seq === undefined || seq === null) return [];
      if (this.#resolved.has(seq) || before.some(({ resolveActivity }) => resolveActivity?.seq === seq))
        return [];
      const sent = this.#activities.taskOf(seq);
      if (sent?.cancellationType === CANCELLATION.waitUntilCompleted) return [];
      return [cancelledJob(seq, sent?.activity ?? NEVER_SENT)];
    });
  }

  async #completeTask(task: Task, evicts: boolean): Promise<void> {
    const { time, onTask } = this.#parts;
    if (this.closed !== null) return;
    if (task.instance !== this.#instance) {
      const leftMs = WORKFLOW_TASK_TIMEOUT_MS - (time.nowMs() - task.nowMs);
      this.#takeBack(task);
      time.after(leftMs, () => {
        this.#task = 'none';
        this.#wake();
      });
      return;
    }
    const commands = task.rounds.flatMap((round) => round.commands);
    // Something was said meanwhile that an end would leave unheard: the server refuses, and the task is done anew.
    if (commands.some(isEnd) && this.#news.some(({ job }) => !job.doUpdate)) {
      this.#takeBack(task);
      await this.#forgetInstance();
      this.#task = 'none';
      this.#wake();
      return;
    }
    this.#record(task);
    this.#task = 'none';
    await this.#obey(task, commands);
    if (evicts) await this.#forgetInstance();
    onTask(task.nth);
    this.#wake();
  }

  #takeBack({ news }: Task): void {
    this.#news = [...news, ...this.#news];
  }

  /** Updates that were refused leave no trace. */
  #record({ rounds, nowMs }: Task): void {
    const refused = new Set(
      rounds.flatMap(({ commands }) =>
        commands.flatMap(({ updateResponse }) =>
          updateResponse?.rejected ? [updateResponse.protocolInstanceId] : [],
        ),
      ),
    );
    const kept = rounds
      .map(({ jobs, commands }) => ({
        jobs: jobs.filter(({ doUpdate }) => !doUpdate || !refused.has(doUpdate.protocolInstanceId)),
        commands: commands.filter(
          ({ updateResponse }) => !refused.has(updateResponse?.protocolInstanceId),
        ),
      }))
      .filter(({ jobs, commands }) => jobs.length > 0 || commands.length > 0);
    for (const { jobs } of kept)
      for (const { resolveActivity } of jobs) if (resolveActivity) this.#resolved.add(resolveActivity.seq ?? 0);
    if (kept.length === 0) return;
    this.#history.record({
      nowMs,
      historyLength: this.#history.events + 2,
      continueAsNewSuggested: this.#isSuggested || this.#history.events > SUGGEST_AFTER_EVENTS,
      rounds: kept,
    });
  }

  async #obey(task: Task, commands: readonly Command[]): Promise<void> {
    const taken = new Set(
      commands.flatMap(({ requestCancelActivity }) => requestCancelActivity?.seq ?? []),
    );
    const cancelled = new Set(commands.flatMap(({ cancelTimer }) => cancelTimer?.seq ?? []));
    for (const command of commands) {
      const { scheduleActivity, startTimer, updateResponse } = command;
      if (scheduleActivity) {
        if (!taken.has(scheduleActivity.seq ?? 0)) this.#schedule(scheduleActivity, task);
      } else if (startTimer) {
        if (!cancelled.has(startTimer.seq ?? 0)) this.#startTimer(startTimer);
      } else if (updateResponse) this.#answer(task, updateResponse);
      else if (isEnd(command)) await this.#end(command);
      else this.#obeySmall(command);
    }
  }

  #schedule(command: NonNullable<Command['scheduleActivity']>, task: Task): void {
    const { isActivity, inspect } = this.#parts;
    const name = command.activityType ?? '';
    if (!isActivity(name)) throw new Error(`no worker has an activity ${name}`);
    const [payload] = command.arguments ?? [];
    if (payload === undefined) throw new Error(`${name} was given nothing`);
    inspect(payload, `input of ${name}`);
    this.#activities.schedule(command, name, valueOf(payload), task.undoes);
  }

  #startTimer({ seq, startToFireTimeout }: NonNullable<Command['startTimer']>): void {
    const number = seq ?? 0;
    const cancel = this.#parts.time.after(msOf(startToFireTimeout) ?? 0, () => {
      this.#timers.delete(number);
      this.#add({ job: { fireTimer: { seq: number } } });
    });
    this.#timers.set(number, cancel);
  }

  #obeySmall({ requestCancelActivity, cancelTimer, ...other }: Command): void {
    if (requestCancelActivity) {
      this.#activities.cancel(requestCancelActivity.seq ?? 0);
    } else if (cancelTimer) {
      this.#timers.get(cancelTimer.seq ?? 0)?.();
      this.#timers.delete(cancelTimer.seq ?? 0);
    } else if (
      !other.setPatchMarker &&
      !other.upsertWorkflowSearchAttributes &&
      !other.modifyWorkflowProperties
    )
      throw new Error(`the simulator does not know ${Object.keys(other).join(', ')}`);
  }

  #answer(task: Task, response: NonNullable<Command['updateResponse']>): void {
    const sent = task.news.find(
      ({ job }) => job.doUpdate?.protocolInstanceId === response.protocolInstanceId,
    );
    if (response.rejected)
      sent?.answer?.({ kind: 'refused', message: response.rejected.message ?? '' });
    if (response.completed)
      sent?.answer?.({ kind: 'answered', value: valueOf(response.completed) });
  }

  async #end(command: Command): Promise<void> {
    const { completeWorkflowExecution, continueAsNewWorkflowExecution, failWorkflowExecution } = command;
    const { time, observe, inspect } = this.#parts;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#activities.forget();
    this.#resolved.clear();
    this.#updates.clear();
    await this.#forgetInstance();
    const unheard = this.#news;
    this.#news = [];
    if (continueAsNewWorkflowExecution) {
      observe({ atMs: time.nowMs(), kind: 'continued', events: this.#history.events });
      this.#input = [...(continueAsNewWorkflowExecution.arguments ?? [])];
      for (const payload of this.#input) inspect(payload, 'input of the next execution');
      this.#isSuggested = false;
      this.#history = this.#newHistory();
    } else if (completeWorkflowExecution) {
      const { result } = completeWorkflowExecution;
      if (result) inspect(result, 'result of the workflow');
      this.closed = { result: result ? valueOf(result) : undefined };
    } else
      this.#breakDown(
        `the workflow ended without an outcome: ${failWorkflowExecution?.failure?.message ?? 'cancelled'}`,
      );
    for (const { answer } of unheard) answer?.({ kind: 'gone' });
  }

  #breakDown(what: string): void {
    this.#parts.observe({ atMs: this.#parts.time.nowMs(), kind: 'broken', what });
    this.closed = { result: undefined };
  }

  async #instanceNow(): Promise<Instance> {
    if (this.#instance !== null) return this.#instance;
    const { instance, problem } = await this.#history.replay(this.#parts.isolate);
    if (!this.#history.isEmpty)
      this.#parts.observe({ atMs: this.#parts.time.nowMs(), kind: 'replayed', problem });
    this.#instance = instance;
    return instance;
  }

  async #forgetInstance(): Promise<void> {
    const instance = this.#instance;
    this.#instance = null;
    await instance?.dispose();
  }

  async #ask(instance: Instance, queryType: string): Promise<unknown> {
    const [command] = await instance.activate(
      [{ queryWorkflow: { queryId: 'one', queryType, arguments: [], headers: {} } }],
      { nowMs: 0, historyLength: 0, continueAsNewSuggested: false, isReplaying: false },
    );
    const response = command?.respondToQuery?.succeeded?.response;
    return response ? valueOf(response) : null;
  }
}

function isEnd(command: Command): boolean {
  return Boolean(
    command.completeWorkflowExecution ??
    command.continueAsNewWorkflowExecution ??
    command.failWorkflowExecution ??
    command.cancelWorkflowExecution,
  );
}

/** Null where the answer is a refusal, or was not asked for. */
function actionsIn(plan: unknown): Task['undoes'] {
  const actions: unknown = isFields(plan) ? plan['actions'] : null;
  if (!Array.isArray(actions)) return null;
  const kinds: readonly unknown[] = actions;
  return kinds.filter(isFields).map((action) => ({
    kind: String(action['kind']),
    routeIds: Array.isArray(action['routeIds']) ? action['routeIds'].map(String) : [],
  }));
}

/** An activity that was cancelled in the task that wanted it. */
const NEVER_SENT = 'never sent';

function cancelledJob(seq: number, name: string): Job {
  const failure = {
    message: 'Activity cancelled',
    activityFailureInfo: { activityType: { name }, activityId: String(seq) },
    cause: { message: 'Activity cancelled', canceledFailureInfo: {} },
  };
  return { resolveActivity: { seq, result: { cancelled: { failure } } } };
}

function runId(execution: number): string {
  return `00000000-0000-4000-8000-${String(execution).padStart(12, '0')}`;
}
