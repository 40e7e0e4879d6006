import { ActivityServer } from './activity-server.ts';
import { performAsked, performUnanswered, type EarlyNews } from './early-news.ts';
import { strikesTask } from './faults.ts';
import { History, type TaskMoment } from './history.ts';
import { msOf, payloadOf, valueOf, WorkflowTaskFailed, type Command, type Job } from './isolate.ts';
import { perform, type CoreFacts } from './perform.ts';
import type { ServerParts } from './server-parts.ts';
import { Timers } from './timers.ts';
import { Updates, type UpdateAnswer } from './updates.ts';
import { ask, WorkflowCache } from './workflow-cache.ts';
import {
  answerUpdate,
  initialJob,
  inOrder,
  isEnd,
  runId,
  updateJob,
  withoutRefused,
  type Round,
  type Sent,
  type WorkflowTask,
} from './workflow-task.ts';

const WORKFLOW_TASK_TIMEOUT_MS = 5_000;
/** Beyond this the server suggests continue-as-new; its default of `limit.historyCount.suggestContinueAsNew`. */
const SUGGEST_AFTER_EVENTS = 4_096;

/**
 * A Temporal server in miniature with one workflow, and the half of the SDK's core that sits between it and the isolate:
 * workflow tasks, timers, signals, updates, queries, continue-as-new. What a worker did and could not tell is done again,
 * from the history.
 */
export class Server {
  readonly #parts: ServerParts;
  readonly #activities: ActivityServer;
  readonly #cache: WorkflowCache;
  readonly #core: CoreFacts;
  readonly #updates = new Updates();
  readonly #timers: Timers;
  /** Activities of which the workflow has heard the end. */
  readonly #resolved = new Set<number>();
  #history: History;
  #input: NonNullable<NonNullable<Job['initializeWorkflow']>['arguments']>;
  #executions = 0;
  /** What happened since the last workflow task began. */
  #news: Sent[] = [];
  #task: 'none' | 'due' | 'running' = 'none';
  #tasks = 0;
  #isSuggested = false;
  /** Set once: the workflow's result; undefined where it has none. */
  closed: { readonly result: unknown } | null = null;

  constructor(parts: ServerParts, input: unknown) {
    const { time, random, runner, observe, inspect, isolate } = parts;
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
    this.#timers = new Timers(time, (seq) => this.#add({ job: { fireTimer: { seq } } }));
    this.#cache = new WorkflowCache(isolate, (problem) =>
      observe({ atMs: time.nowMs(), kind: 'replayed', problem }),
    );
    this.#core = {
      isResolved: (seq) => this.#resolved.has(seq),
      taskOf: (seq) => this.#activities.taskOf(seq),
      effects: parts.effects,
    };
    this.#input = [payloadOf(input)];
    this.#history = this.#newHistory();
    this.#wake();
  }

  /** Activities that the server has not closed, for invariants. */
  get openActivities(): ActivityServer['seen'] {
    return this.#activities.seen;
  }

  get underWay(): ActivityServer['underWay'] {
    return this.#activities.underWay;
  }

  get activities(): Pick<ActivityServer, 'heartbeat' | 'respond'> {
    return this.#activities;
  }

  signal(signalName: string, body: unknown): void {
    this.#add({ job: { signalWorkflow: { signalName, input: [payloadOf(body)], headers: {} } } });
  }

  update(name: string, id: string, body: unknown, hear: (answer: UpdateAnswer) => void): void {
    if (this.closed !== null) hear({ kind: 'gone' });
    else if (this.#updates.isNew(id, hear))
      this.#add({
        job: updateJob(name, id, body),
        answer: (answer) => this.#updates.answer(id, answer),
      });
  }

  cancel(): void {
    this.#add({ job: { cancelWorkflow: { reason: 'from outside' } } });
  }

  /** Null while there is nobody to answer. */
  async query(name: string): Promise<unknown> {
    const isBusy = this.#task === 'running' || this.#history.isEmpty;
    if (this.closed !== null || isBusy || !this.#parts.runner.isUp) return null;
    return ask(await this.#cache.instanceOf(this.#history), name);
  }

  /** The worker died, and with it what it had in memory; the next one may run another build of the workflow code. */
  readonly workerDied: WorkflowCache['forget'] = async (build) => this.#cache.forget(build);

  workerIsBack(): void {
    this.#activities.wake();
    this.#wake();
  }

  /** Tells the last execution again from its history, as a worker does that never saw it. */
  async replay(): Promise<void> {
    await this.#cache.forget();
    await this.#cache.instanceOf(this.#history);
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
    if (strikesTask(faults, nth, 'suggest')) this.#isSuggested = true;
    const news = this.#news;
    this.#news = [];
    try {
      const jobs = this.#jobsOf(news);
      // What a query brings is in the history; an update comes with a task alone.
      const isInHistory = jobs.every(({ doUpdate }) => !doUpdate) && !this.#history.isEmpty;
      if (isInHistory && strikesTask(faults, nth, 'unanswered')) {
        await this.#loseTask(nth, news, jobs);
        return;
      }
      const early =
        isInHistory && strikesTask(faults, nth, 'ask')
          ? await performAsked(this.#core, this.#early(jobs))
          : null;
      const instance = await this.#cache.instanceOf(this.#history);
      const performed = early ?? (await perform(this.#core, instance, jobs, this.#moment()));
      const task: WorkflowTask = { nth, instance, news, nowMs: time.nowMs(), ...performed };
      if (strikesTask(faults, nth, 'lose')) await this.#cache.forget();
      time.after(random.whole(1, 30), async () => this.#completeTask(task));
    } catch (cause) {
      if (!(cause instanceof WorkflowTaskFailed)) throw cause;
      this.#breakDown(`a workflow task failed: ${cause.message}`);
    }
  }

  /** Nobody answers the task. It is begun anew, by whoever was asked meanwhile, and knows the news already unless it refused. */
  async #loseTask(nth: number, news: readonly Sent[], jobs: readonly Job[]): Promise<void> {
    const { time } = this.#parts;
    const early = await performUnanswered(this.#core, this.#early(jobs), this.#moment());
    const instance = this.#cache.kept;
    time.after(WORKFLOW_TASK_TIMEOUT_MS, async () => {
      if (early !== null && instance !== null)
        await this.#completeTask({ nth, instance, news, nowMs: time.nowMs(), ...early });
      else this.#doAgain(news);
    });
  }

  #early(jobs: readonly Job[]): EarlyNews {
    return { cache: this.#cache, history: this.#history, jobs };
  }

  #moment(): TaskMoment {
    const { events } = this.#history;
    // With the task's own first two events.
    const historyLength = events + 2;
    return {
      nowMs: this.#parts.time.nowMs(),
      nanos: historyLength,
      historyLength,
      continueAsNewSuggested: this.#isSuggested || events > SUGGEST_AFTER_EVENTS,
    };
  }

  #jobsOf(news: readonly Sent[]): readonly Job[] {
    const jobs = news
      .map(({ job }) => job)
      .filter(({ resolveActivity }) => !this.#resolved.has(resolveActivity?.seq ?? -1));
    const first = this.#history.isEmpty ? [initialJob(this.#history.names, this.#input)] : [];
    return [...first, ...inOrder(jobs)];
  }

  async #completeTask(task: WorkflowTask): Promise<void> {
    const { time, onTask, faults } = this.#parts;
    if (this.closed !== null) return;
    const commands = task.rounds.flatMap((round) => round.commands);
    const isLost = task.instance !== this.#cache.kept;
    // Something was said meanwhile that an end would leave unheard: the server refuses, and the task is done anew.
    const isRefused =
      commands.some(isEnd) && this.#news.some(({ job }) => job.doUpdate === undefined);
    if (isLost || isRefused) {
      await this.#cache.forget();
      const leftMs = WORKFLOW_TASK_TIMEOUT_MS - (time.nowMs() - task.nowMs);
      time.after(isLost ? leftMs : 0, () => this.#doAgain(task.news));
      return;
    }
    const recorded = this.#record(task);
    await this.#obey(task, commands);
    if (strikesTask(faults, task.nth, 'evict')) await this.#cache.forget();
    onTask(task.nth, recorded);
    this.#nextTask();
  }

  #doAgain(news: readonly Sent[]): void {
    this.#news = [...news, ...this.#news];
    this.#nextTask();
  }

  #nextTask(): void {
    this.#task = 'none';
    this.#wake();
  }

  #record({ rounds, nowMs }: WorkflowTask): readonly Round[] {
    const kept = withoutRefused(rounds);
    for (const { jobs } of kept)
      for (const { resolveActivity } of jobs)
        if (resolveActivity) this.#resolved.add(resolveActivity.seq ?? 0);
    if (kept.length > 0) this.#history.record({ ...this.#moment(), nowMs, rounds: kept });
    return kept;
  }

  async #obey(task: WorkflowTask, commands: readonly Command[]): Promise<void> {
    const takenBack = new Set(
      commands.flatMap(({ requestCancelActivity }) => requestCancelActivity?.seq ?? []),
    );
    const stopped = new Set(commands.flatMap(({ cancelTimer }) => cancelTimer?.seq ?? []));
    for (const command of commands) {
      const { scheduleActivity, startTimer, updateResponse } = command;
      if (scheduleActivity) {
        if (!takenBack.has(scheduleActivity.seq ?? 0)) this.#schedule(scheduleActivity, task);
      } else if (startTimer) {
        const { seq, startToFireTimeout } = startTimer;
        if (!stopped.has(seq ?? 0)) this.#timers.start(seq ?? 0, msOf(startToFireTimeout) ?? 0);
      } else if (updateResponse) answerUpdate(task, updateResponse);
      else if (isEnd(command)) await this.#end(command);
      else this.#obeySmall(command);
    }
  }

  #schedule(
    command: NonNullable<Command['scheduleActivity']>,
    { undoes }: Pick<WorkflowTask, 'undoes'>,
  ): void {
    const { isActivity, inspect } = this.#parts;
    const name = command.activityType ?? '';
    if (!isActivity(name)) throw new Error(`no worker has an activity ${name}`);
    const [payload] = command.arguments ?? [];
    if (payload === undefined) throw new Error(`${name} was given nothing`);
    inspect(payload, `input of ${name}`);
    this.#activities.schedule(command, name, valueOf(payload), undoes);
  }

  #obeySmall({ requestCancelActivity, cancelTimer, ...other }: Command): void {
    if (requestCancelActivity) {
      this.#activities.cancel(requestCancelActivity.seq ?? 0);
    } else if (cancelTimer) {
      this.#timers.stop(cancelTimer.seq ?? 0);
    } else if (
      !other.setPatchMarker &&
      !other.upsertWorkflowSearchAttributes &&
      !other.modifyWorkflowProperties
    )
      throw new Error(`the simulator does not know ${Object.keys(other).join(', ')}`);
  }

  async #end(command: Command): Promise<void> {
    const { continueAsNewWorkflowExecution, completeWorkflowExecution } = command;
    const { time, observe, inspect } = this.#parts;
    this.#timers.stopAll();
    this.#activities.forget();
    this.#resolved.clear();
    await this.#cache.forget();
    const unheard = this.#news;
    this.#news = [];
    for (const { answer } of unheard) answer?.({ kind: 'gone' });
    this.#updates.forget();
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
    } else {
      const why = command.failWorkflowExecution?.failure?.message ?? 'cancelled';
      this.#breakDown(`the workflow ended without an outcome: ${why}`);
    }
  }

  #breakDown(what: string): void {
    this.#parts.observe({ atMs: this.#parts.time.nowMs(), kind: 'broken', what });
    this.closed = { result: undefined };
  }
}
