import { assertNever } from '#domain/assert-never.ts';
import { clip, newestThatFit } from './bounds.ts';
import { amendMigration } from '#domain/amendment/amend-migration.ts';
import { approve, gateMeant, reject } from './gate-decisions.ts';
import type { Decision, Message, Verb } from './messages.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from './migration-state.ts';
import { accept, refuse, type Reduced } from './reduced.ts';
import { requestStop } from './request-stop.ts';

/**
 * The one place where a message changes the state; signals and updates both come here. Pure and total: any
 * message in any state gives a next state and an answer. A verb's message id is applied once; a copy changes nothing,
 * except that a rollback may still gain force (I1). Everything kept is bounded, so that no sender can fill the state.
 */
export type { Reduced } from './reduced.ts';
export { requestStop } from './request-stop.ts';

/** 500 ids of a uuid's length; longer ones (64 characters at most) push the oldest out sooner. */
const SEEN = { count: 500, bytes: 24 * 1024 } as const;
const DECISIONS = { count: 100, bytes: 16 * 1024 } as const;
/** A decision's reason is for the record on a screen; a stop keeps its own in full. */
const DECISION_REASON_BYTES = 400;
const PAUSE_REASON_BYTES = 1_000;
const DIFF = { lines: 12, lineBytes: 200 } as const;

interface Context {
  readonly at: string;
  /** The plan in force. */
  readonly spec: MigrationPlan['spec'];
}

/** Applies one message. */
export function applyMessage(
  state: MigrationState,
  verb: Verb,
  message: Message,
  context: Context,
): Reduced {
  const name = `${verb}:${message.id}`;
  const isCopy = state.seen.includes(name);
  const reduced = decide(state, verb, message, context);
  if (isCopy && reduced.state.stop === state.stop) return copyOf(state, verb, message);
  if (!reduced.answer.accepted) return reduced;
  const seen = isCopy ? state.seen : newestThatFit([...state.seen, name], SEEN);
  const { diff } = reduced;
  const decision = {
    ...decisionOf(state, verb, message, context.at),
    ...(diff === undefined ? {} : { diff }),
  };
  return {
    answer: reduced.answer,
    state: withDecision({ ...reduced.state, seen }, decision),
  };
}

/** Adds a decision to the record, keeping the newest. */
export function withDecision(state: MigrationState, decision: Decision): MigrationState {
  const { diff } = decision;
  const kept = {
    ...decision,
    reason: clip(decision.reason, DECISION_REASON_BYTES),
    ...(diff === undefined ? {} : { diff: shortened(diff) }),
  };
  return { ...state, decisions: newestThatFit([...state.decisions, kept], DECISIONS) };
}

/** A diff is for a screen too; the plan in force says everything. */
function shortened(diff: readonly string[]): readonly string[] {
  const shown = diff.slice(0, DIFF.lines).map((line) => clip(line, DIFF.lineBytes));
  return diff.length > DIFF.lines ? [...shown, `and ${diff.length - DIFF.lines} more`] : shown;
}

function decide(state: MigrationState, verb: Verb, message: Message, context: Context): Reduced {
  if (state.outcome !== null) return refuse(state, `the migration has ended: ${state.outcome}`);
  switch (verb) {
    case 'approve':
      return approve(state, message, { at: context.at, gates: context.spec.gates });
    case 'reject':
      return reject(state, message, context.at);
    case 'pause':
      return pause(state, message, context.at);
    case 'resume':
      return resume(state);
    case 'amend':
      return amendMigration(state, context.spec, message);
    case 'rollback':
    case 'abort': {
      const { by, reason = '', force = false } = message;
      return requestStop(state, { kind: verb, by, reason, at: context.at, force });
    }
    default:
      return assertNever(verb);
  }
}

function pause(state: MigrationState, { by, reason = '' }: Message, at: string): Reduced {
  if (state.stop !== null) return refuse(state, 'refused: the migration is rolling back');
  if (state.committed !== null)
    return refuse(state, 'refused: blue is being removed; that is not paused half-way');
  return accept(
    { ...state, paused: { by, reason: clip(reason, PAUSE_REASON_BYTES), at } },
    'no new step and no bake clock until resume; guard and gate expiry go on',
  );
}

/** Who resumes wants the run to go on: a halt and a pause end together. */
function resume(state: MigrationState): Reduced {
  if (state.halted === null && state.paused === null)
    return refuse(state, 'nothing to resume: neither paused nor halted');
  return accept(
    { ...state, halted: null, paused: null },
    state.halted === null
      ? 'the migration goes on'
      : 'the halt has ended; ability is checked again',
  );
}

/**
 * What the sender of a message is told whose id was applied before. A copy (clients send one when they missed the
 * answer) hears yes; somebody who used another's id, or their own at another gate, must not believe to have decided.
 */
function copyOf(state: MigrationState, verb: Verb, message: Message): Reduced {
  const first = state.decisions.findLast(
    (decision) => decision.verb === verb && decision.id === message.id,
  );
  const another =
    first !== undefined &&
    (first.by !== message.by || (message.gate !== undefined && message.gate !== first.gate));
  return another
    ? refuse(
        state,
        `refused: ${first.by} used id ${message.id} for another ${verb}; choose a new id`,
      )
    : accept(
        state,
        `nothing changed: this ${verb} was applied before; use a new id to say it again`,
      );
}

function decisionOf(state: MigrationState, verb: Verb, message: Message, at: string): Decision {
  const { by, id, reason = '' } = message;
  const isForGate = verb === 'approve' || verb === 'reject';
  const gate = isForGate ? gateMeant(state, message.gate) : null;
  return { verb, by, at, id, reason, ...(gate === null ? {} : { gate }) };
}
