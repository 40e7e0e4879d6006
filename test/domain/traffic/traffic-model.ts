/**
 * A migration's traffic in miniature: the workflow's own decisions (which step, what is recorded before and after a write, what a
 * rollback does) on a world of rules that can be written late, by others, or not at all. The decisions are the real pure
 * functions; what sets weights is a pair of hands that a test chooses. Used by the property tests of traffic.
 */
import { amend } from '#domain/amendment/amendment.ts';
import { done, intend, isStanding, undone } from '#domain/migration/effects.ts';
import { expectedShares, foreignEdit, type FoundShare } from '#domain/traffic/foreign-edits.ts';
import { requestStop } from '#domain/migration/message-reducer.ts';
import type { StopRequest } from '#domain/migration/messages.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import { withChanges } from '#domain/amendment/plan-changes.ts';
import { rollbackPlan, type RollbackAction } from '#domain/migration/rollback-plan.ts';
import { nextStep, recordOf, trafficPlan, withStep } from '#domain/traffic/traffic-plan.ts';
import {
  withIntendedWeights,
  withUsersOnBlue,
  withWeights,
} from '#domain/traffic/weight-records.ts';
import { AT, stateWith } from '#test/domain/states.ts';

/** What sets weights and what changes them behind our back. */
export interface Hands {
  /** Sets green's share on these routes and reads it back, by route id; 0 is the way back. */
  write(routeIds: readonly string[], percent: number): Promise<Readonly<Record<string, number>>>;
  /** A forward write whose attempt is given up; its effect comes after so many seconds, but not after its deadline. */
  writeLate(routeIds: readonly string[], percent: number, afterSeconds: number): Promise<void>;
  /** Holds routes on blue for as long as a write that was given up may land. */
  keepOnBlue(routeIds: readonly string[]): Promise<void>;
  /** Takes green off the routes. */
  detach(routeIds: readonly string[]): Promise<void>;
  /** Somebody else writes a route: a share, green taken off, or a stranger's target group. */
  meddle(routeId: string, share: FoundShare): Promise<void>;
  /** What each route reads. */
  shares(): Promise<ReadonlyMap<string, FoundShare>>;
  /** The weights of each route as its API has them. */
  weights(): readonly (readonly number[])[];
  pass(seconds: number): Promise<void>;
}

/** How an attempt to set weights ends: as it should, before any effect, after it, half way, or given up and landing later. */
export type Fate = 'well' | 'lost-before' | 'lost-after' | 'half' | { readonly landsAfter: number };

export type Event =
  | { readonly do: 'step'; readonly fate: Fate }
  | { readonly do: 'bake' | 'look' | 'hold' | 'resume' | 'crash' | 'hand-over' }
  | { readonly do: 'amend'; readonly group: string; readonly steps: readonly number[] }
  | { readonly do: 'meddle'; readonly route: number; readonly share: FoundShare }
  | { readonly do: 'pull'; readonly dies: boolean }
  | { readonly do: 'pass'; readonly seconds: number };

/** The decisions under test; a mutant has one of them changed. */
export interface Decisions {
  readonly rollbackPlan: typeof rollbackPlan;
  readonly nextStep: typeof nextStep;
  /** Are routes held on blue after they were brought back? */
  readonly keepsOnBlue: (state: MigrationState) => boolean;
}

export const REAL_DECISIONS: Decisions = { rollbackPlan, nextStep, keepsOnBlue: () => true };

/** A rollback has a handful of actions, each of which may be done again a few times. */
const MOST_ROUNDS = 50;

export class TrafficModel {
  state: MigrationState;
  readonly #plan: MigrationPlan['spec'];
  readonly #hands: Hands;
  readonly #decisions: Decisions;
  /** Called after everything that may have changed a weight. */
  readonly #check: () => void;

  constructor(parts: {
    readonly plan: MigrationPlan['spec'];
    readonly resolved: NonNullable<MigrationState['resolved']>;
    readonly hands: Hands;
    readonly decisions: Decisions;
    readonly check: () => void;
  }) {
    this.#plan = parts.plan;
    this.#hands = parts.hands;
    this.#decisions = parts.decisions;
    this.#check = parts.check;
    const routeIds = parts.resolved.routes.map(({ id }) => id);
    const attached = routeIds.reduce(
      (state, id) => done(intend(state, `attachment/${id}`, AT), `attachment/${id}`, AT),
      stateWith({ resolved: parts.resolved }),
    );
    this.state = withWeights(attached, routeIds, () => ({ intended: 0, readBack: 0 }));
  }

  async play(event: Event): Promise<void> {
    if (this.state.stop === null) await this.#play(event);
    this.#check();
  }

  /** @param crashes by action: is its record lost, so that it is done again? */
  async rollBack(crashes: readonly boolean[]): Promise<void> {
    this.#stop({ kind: 'rollback', by: 'ada', reason: 'enough', at: AT, force: false });
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const plan = this.#decisions.rollbackPlan(this.state, 'keep');
      const [action] = 'actions' in plan ? plan.actions : [];
      if (action === undefined) return;
      const after = await this.#perform(action);
      this.#check();
      if (crashes[round] === true) this.#crash();
      else this.state = after;
    }
    throw new Error('the rollback does not end');
  }

  get #spec(): MigrationPlan['spec'] {
    return withChanges(this.#plan, this.state.amended?.changes);
  }

  async #play(event: Event): Promise<void> {
    switch (event.do) {
      case 'step':
        return this.#step(event.fate);
      case 'bake':
        return this.#bake();
      case 'look':
        return this.#look();
      case 'hold':
        this.#halt('held');
        return;
      case 'resume':
        this.state = { ...this.state, halted: null };
        return;
      case 'crash':
        this.#crash();
        return;
      case 'hand-over':
        if (this.state.steps.length > 0) this.state = intend(this.state, 'singletons', AT);
        return;
      case 'amend':
        this.#amend(event);
        return;
      case 'meddle': {
        const ids = Object.keys(this.state.weights);
        return this.#hands.meddle(ids[event.route % ids.length] ?? '', event.share);
      }
      case 'pull':
        return this.#pull(event.dies);
      case 'pass':
        return this.#hands.pass(event.seconds);
      default:
        throw new Error('an unknown event');
    }
  }

  /** One attempt at the next weight, as `workflows/phases/shift.ts` makes it. */
  async #step(fate: Fate): Promise<void> {
    if (this.state.halted !== null) return;
    if (this.state.weightsDoubted === true) await this.#writeAgain();
    const step = this.#next();
    if (step === null || (recordOf(this.state, step)?.observedPercent ?? null) !== null) return;
    const { routeIds, percent } = step;
    if (routeIds.some((id) => (this.state.weights[id]?.intended ?? 0) > percent))
      throw new Error(`a step of ${percent} % takes users off green`);
    this.state = withIntendedWeights(withStep(this.state, step, AT, {}), routeIds, percent, AT);
    const write = async (ids: readonly string[]) => this.#tried(ids, percent);
    if (typeof fate === 'object') {
      await this.#hands.writeLate(routeIds, percent, fate.landsAfter);
      return;
    }
    if (fate === 'lost-before') return;
    const readBack = await write(fate === 'half' ? routeIds.slice(0, 1) : routeIds);
    if (fate !== 'well' || readBack === null) return;
    this.state = withStep(
      withWeights(this.state, routeIds, (id) => ({
        readBack: readBack[id] ?? null,
        observed: percent,
      })),
      step,
      AT,
      { observedPercent: percent, requests: 1_000 },
    );
  }

  /** Null where the rule is not ours to write: forward that is a failure. */
  async #tried(ids: readonly string[], percent: number) {
    try {
      return await this.#hands.write(ids, percent);
    } catch {
      return null;
    }
  }

  /** After an edit that people said to go on over, as `workflows/weights-again.ts` does it. */
  async #writeAgain(): Promise<void> {
    for (const [id, { intended }] of Object.entries(this.state.weights)) {
      if (intended === 0) continue;
      if ((await this.#tried([id], intended)) === null) return;
    }
    this.state = { ...this.state, weightsDoubted: false };
  }

  #bake(): void {
    const step = this.#next();
    if (step === null || this.state.halted !== null) return;
    if ((recordOf(this.state, step)?.observedPercent ?? null) === null) return;
    this.state = withStep(this.state, step, AT, { bakedSeconds: step.bakeSeconds, doneAt: AT });
  }

  #next() {
    const spec = this.#spec;
    const steps = trafficPlan(spec.traffic, spec.singletons.handOverAtPercent);
    return this.#decisions.nextStep(steps, this.state);
  }

  /** The guard's look at weights, as `activities/guard/guard.ts` judges it and `workflows/guard.ts` acts. */
  async #look(): Promise<void> {
    const expected = expectedShares(this.state, this.#spec.traffic.groups, 0);
    const edit = foreignEdit(expected, await this.#hands.shares());
    if (edit === null) return;
    const reason = edit.reasons.join('; ');
    if (edit.towards === 'blue')
      this.#stop({ kind: 'rollback', by: 'guard', reason, at: AT, force: false });
    else {
      this.#halt(reason);
      this.state = { ...this.state, weightsDoubted: true };
    }
  }

  /** The guard's own hand; one that dies half way is heard of by nobody. */
  async #pull(dies: boolean): Promise<void> {
    const ids = Object.keys(this.state.weights);
    await this.#hands.write(dies ? ids.slice(0, 1) : ids, 0);
    if (!dies)
      this.#stop({ kind: 'rollback', by: 'guard', reason: 'errors', at: AT, force: false });
  }

  #amend({ group, steps }: Extract<Event, { readonly do: 'amend' }>): void {
    const wish = { traffic: { groups: { [group]: { steps } } } };
    const amended = amend(this.#spec, this.state, wish);
    if (amended.kind === 'refused') return;
    const count = (this.state.amended?.count ?? 0) + 1;
    this.state = { ...this.state, amended: { count, changes: amended.changes } };
  }

  #halt(reason: string): void {
    this.state = { ...this.state, halted: { at: AT, reason } };
  }

  #stop(request: StopRequest): void {
    this.state = requestStop(this.state, request).state;
  }

  /** What was in memory is gone; what was recorded is there. */
  #crash(): void {
    this.state = JSON.parse(JSON.stringify(this.state));
  }

  /** The state once the action is a fact, as `workflows/roll-back.ts` records it. */
  async #perform(action: RollbackAction): Promise<MigrationState> {
    switch (action.kind) {
      case 'weights-to-blue': {
        const { routeIds } = action;
        const readBack = await this.#hands.write(routeIds, 0);
        this.#check();
        if (this.#decisions.keepsOnBlue(this.state)) await this.#hands.keepOnBlue(routeIds);
        return withUsersOnBlue(this.state, routeIds, { readBack, observedPercent: 0 });
      }
      case 'detach-green':
        await this.#hands.detach(action.routeIds);
        return action.routeIds.reduce(
          (state, id) => undone(state, `attachment/${id}`, AT),
          this.state,
        );
      case 'shed-green':
        return undone(this.state, 'green-connections', AT);
      case 'return-singletons':
        return undone(this.state, 'singletons', AT);
      default:
        throw new Error(`nothing of the kind was done: ${action.kind}`);
    }
  }
}

/** Is anything left that a rollback would have undone? */
export function isEverythingUndone({ state }: TrafficModel): boolean {
  const routes = state.resolved?.routes ?? [];
  return (
    !isStanding(state, 'singletons') &&
    routes.every(({ id }) => !isStanding(state, `attachment/${id}`))
  );
}
