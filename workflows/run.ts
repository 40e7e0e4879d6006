import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import { migrationIdOf, type MigrationRef } from '#domain/identity.ts';
import { requestStop } from '#domain/migration/message-reducer.ts';
import type { Answer, StopRequest } from '#domain/migration/messages.ts';
import {
  newMigration,
  type Facts,
  type MigrationState,
  type PhaseRecord,
} from '#domain/migration/migration-state.ts';
import type { PhaseName } from '#domain/migration/phases.ts';
import { withChanges } from '#domain/amendment/plan-changes.ts';
import type { Resolved } from '#domain/migration/resolved.ts';
import { planOfToday } from '#domain/plan/plan-of-today.ts';
import { mayRetire } from '#domain/migration/retirement.ts';
import { stateOfToday } from '#domain/migration/state-of-today.ts';
import type { MigrationInput } from './input.ts';
import { MIGRATE_CLUSTER } from './messages.ts';
import { Stopped } from './stopped.ts';
import { publish } from './visibility.ts';

/** What a phase reports: facts, or why there was nothing to do. */
export interface PhaseResult {
  readonly status: 'done' | 'skipped' | 'not-configured';
  readonly facts: Facts;
}

/**
 * The machinery under the story: one state value, one way to change it, one scope to cancel. Invariants: the
 * state changes only through `record` (I9); a stop is recorded before the scope is cancelled; a checkpoint never
 * continues as new before this execution has changed something, so forced checkpoints cannot spin.
 */
export class Run {
  readonly input: MigrationInput;
  readonly ref: MigrationRef;
  #state: MigrationState;
  #spec: MigrationInput['plan']['spec'];
  #scope: CancellationScope | null = null;
  #progressed = false;
  /** Notices on their way to people; nothing ends or continues as new before they are out. */
  noticesUnderWay = 0;
  /** Ends the guard of this execution, and returns when it has ended; throws `Stopped` if its last word was a stop. */
  letGuardGo: () => Promise<void> = () => Promise.resolve();
  /** How often a guard of this execution has said anything, or ended. */
  wordsOfGuard = 0;
  /** Called after every change of the state; the guard listens. */
  onChange: () => void = () => undefined;

  constructor(input: MigrationInput) {
    this.input = { ...input, plan: planOfToday(input.plan) };
    const { workflowId, firstExecutionRunId } = workflowInfo();
    this.#state =
      input.state === undefined
        ? newMigration({
            workflowId,
            migrationId: migrationIdOf(firstExecutionRunId),
            planName: input.plan.metadata.name,
            planDigest: input.planDigest,
            requestedBy: input.requestedBy,
            at: this.now(),
          })
        : stateOfToday(input.state);
    this.ref = { workflowId, migrationId: this.#state.migrationId };
    this.#spec = withChanges(this.input.plan.spec, this.#state.amended?.changes);
    publish(this.#state, this.#spec, null);
  }

  get state(): MigrationState {
    return this.#state;
  }

  /** The plan in force: as it was started, with every amendment. Another object after each of them. */
  get spec(): MigrationInput['plan']['spec'] {
    return this.#spec;
  }

  /** Workflow time, ISO. */
  now(): string {
    return new Date().toISOString();
  }

  /** Input that every activity starts from. */
  get activityInput(): {
    readonly ref: MigrationRef;
    readonly spec: MigrationInput['plan']['spec'];
  } {
    return { ref: this.ref, spec: this.spec };
  }

  /** Everything preflight resolved; only phases after it may ask. */
  get resolved(): Resolved {
    const { resolved } = this.#state;
    if (resolved === null) throw new Error('a phase asked for resolved names before preflight');
    return resolved;
  }

  /** Input for activities that act on green. */
  get greenInput() {
    const { green } = this.#state;
    if (green === null) throw new Error('a phase asked for green before provision');
    return { ...this.activityInput, resolved: this.resolved, green };
  }

  /** Changes the state and what the UI shows of it. */
  record(change: (state: MigrationState) => MigrationState): void {
    const before = this.#state;
    this.#state = change(before);
    if (this.#state === before) return;
    this.#progressed = true;
    if (this.#state.amended !== before.amended)
      this.#spec = withChanges(this.input.plan.spec, this.#state.amended?.changes);
    publish(this.#state, this.spec, before);
    this.onChange();
  }

  /** Set by the story's machinery: writes every weight as it was intended, after somebody else had changed one. */
  writeWeightsAgain: () => Promise<void> = () => Promise.resolve();

  /** Asks the story to end; refused after commit. The caller learns what happened. */
  stop(request: StopRequest): Answer {
    const { state, answer } = requestStop(this.#state, request);
    this.record(() => state);
    this.cancelStory();
    return answer;
  }

  /** Makes a recorded stop felt. */
  cancelStory(): void {
    if (this.#state.stop !== null) this.#scope?.cancel();
  }

  /** Runs the story until its end or a stop, recorded now or before a continue-as-new. Throws `Stopped`. */
  async untilStopped(story: () => Promise<void>): Promise<void> {
    this.throwIfStopped();
    const scope = new CancellationScope();
    this.#scope = scope;
    try {
      await scope.run(story);
    } catch (cause) {
      // A write that fails after it was cancelled is not why the story ends.
      const cancelled = cause instanceof ActivityFailure && scope.consideredCancelled;
      if (!cancelled && !isCancellation(cause)) throw cause;
      if (this.#state.stop === null)
        this.stop({
          kind: 'abort',
          by: 'temporal',
          reason: 'the workflow was cancelled',
          at: this.now(),
          force: false,
        });
      this.throwIfStopped();
      throw cause;
    } finally {
      this.#scope = null;
    }
  }

  /** One chapter; a chapter that is done is not told again. */
  async phase(name: PhaseName, work: (run: Run) => Promise<PhaseResult>): Promise<void> {
    const before = this.#state.phases[name];
    if (before !== undefined && before.status !== 'running') return;
    if (before === undefined)
      this.#recordPhase(name, {
        status: 'running',
        startedAt: this.now(),
        endedAt: null,
        facts: {},
      });
    const { status, facts } = await work(this);
    const startedAt = this.#state.phases[name]?.startedAt ?? this.now();
    this.#recordPhase(name, { status, startedAt, endedAt: this.now(), facts });
    await this.checkpoint();
  }

  /** Between phases, steps and wake-ups: waits while paused or halted, then continues as new if it is time. */
  async checkpoint(): Promise<void> {
    do {
      await condition(() => !this.isHeld || this.isToMoveOn);
      if (this.isHeld) await this.checkpointNow();
    } while (this.isHeld);
    if (this.#state.weightsDoubted === true) await this.writeWeightsAgain();
    await this.checkpointNow();
  }

  /** A checkpoint that a pause does not hold up; gates use it, their expiry runs on. */
  async checkpointNow(): Promise<void> {
    const { historyLength, currentDeploymentVersion } = workflowInfo();
    const budget = this.input.continueAsNewAfterEvents ?? Number.POSITIVE_INFINITY;
    if (!this.isToMoveOn && !(this.#progressed && historyLength >= budget)) return;
    // A guard left behind could pull traffic back when the next execution has committed.
    await this.letGuardGo();
    await condition(() => allHandlersFinished() && this.noticesUnderWay === 0);
    const goOn = makeContinueAsNewFunc<(input: MigrationInput) => Promise<unknown>>({
      workflowType: MIGRATE_CLUSTER,
      ...(this.isOutdated ? { initialVersioningBehavior: 'AUTO_UPGRADE' as const } : {}),
    });
    const { movedFrom: _, ...input } = this.input;
    const movedFrom = this.isOutdated ? currentDeploymentVersion?.buildId : undefined;
    await goOn({
      ...input,
      state: this.#state,
      ...(movedFrom === undefined ? {} : { movedFrom }),
    });
  }

  /** Sleeps at most `seconds` of workflow time, less when a pause, a halt or another plan comes, or it is time to move on. Returns the seconds slept. */
  async sleepUnlessHeld(seconds: number, summary: string): Promise<number> {
    const from = Date.now();
    const { spec } = this;
    const isWoken = (): boolean => this.isHeld || this.spec !== spec || this.isToMoveOn;
    await condition(isWoken, seconds * 1000, { summary });
    return (Date.now() - from) / 1000;
  }

  /**
   * Should this execution move on, whatever it waits for? Temporal ends one of 51,200 events, or takes no more signals after
   * 10,000: a wait that only people can end must not last until then. And a worker build that is to go waits for its last run.
   */
  get isToMoveOn(): boolean {
    return (this.#progressed && workflowInfo().continueAsNewSuggested) || this.isOutdated;
  }

  /**
   * Is this execution pinned to a build of the worker that is no longer the current one (I12)? Whatever keeps a run on its build
   * all the same, such as an operator's override, is met once: an execution that came from this very build does not move again.
   */
  get isOutdated(): boolean {
    const { targetWorkerDeploymentVersionChanged, currentDeploymentVersion } = workflowInfo();
    const cameFromHere =
      this.input.movedFrom !== undefined &&
      this.input.movedFrom === currentDeploymentVersion?.buildId;
    return targetWorkerDeploymentVersionChanged && !cameFromHere;
  }

  /** Does a pause or a halt keep the story from taking another step? */
  get isHeld(): boolean {
    return this.#state.paused !== null || this.#state.halted !== null;
  }

  /** Neither side is proven able: weights stay, people decide (they are told by the caller). */
  halt(reason: string): void {
    this.record((state) => ({ ...state, halted: { at: this.now(), reason } }));
  }

  /** The point of no return, recorded in the task that finds no stop pending and every proof in place. */
  commit(): void {
    if (this.#state.committed !== null) return;
    this.throwIfStopped();
    const verdict = mayRetire(this.#state);
    if (!verdict.yes)
      throw new Stopped({
        kind: 'failure',
        by: 'cutover',
        reason: `blue may not be retired: ${verdict.missing.join('; ')}`,
        at: this.now(),
        force: false,
      });
    this.record((state) => ({ ...state, committed: { at: this.now() } }));
  }

  throwIfStopped(): void {
    if (this.#state.stop !== null) throw new Stopped(this.#state.stop);
  }

  #recordPhase(name: PhaseName, record: PhaseRecord): void {
    this.record((state) => ({ ...state, phases: { ...state.phases, [name]: record } }));
  }
}
