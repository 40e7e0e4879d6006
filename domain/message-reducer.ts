import { assertNever } from './assert-never.ts';
import type { Answer, Decision, Message, StopRequest, Verb } from './messages.ts';
import type { GateRecord, MigrationState } from './migration-state.ts';
import type { GateName } from './phases.ts';

/**
 * The one place where a message changes the state; signals and updates both come here. Pure and total: any
 * message in any state gives a next state and an answer, and a message id that was applied is never applied again.
 */
export interface GateRule {
  readonly quorum: number;
  readonly notRequester: boolean;
}

const SEEN_LIMIT = 500;
const DECISIONS_LIMIT = 100;

/** The next state and what the sender is told. */
export interface Reduced {
  readonly state: MigrationState;
  readonly answer: Answer;
}

/** Applies one message. */
export function applyMessage(
  state: MigrationState,
  verb: Verb,
  message: Message,
  context: { readonly at: string; readonly gates: Readonly<Record<GateName, GateRule>> },
): Reduced {
  if (state.seen.includes(message.id))
    return {
      state,
      answer: { accepted: true, message: 'already applied: this id was seen before' },
    };
  const reduced = decide(state, verb, message, context);
  if (!reduced.answer.accepted) return reduced;
  const decision: Decision = {
    verb,
    by: message.by,
    at: context.at,
    id: message.id,
    reason: message.reason ?? '',
    ...(message.gate === undefined ? {} : { gate: message.gate }),
  };
  return {
    answer: reduced.answer,
    state: withDecision(
      { ...reduced.state, seen: [...reduced.state.seen, message.id].slice(-SEEN_LIMIT) },
      decision,
    ),
  };
}

/** Adds a decision to the record, keeping the newest. */
export function withDecision(state: MigrationState, decision: Decision): MigrationState {
  return { ...state, decisions: [...state.decisions, decision].slice(-DECISIONS_LIMIT) };
}

/**
 * Records a wish to end the story. Refused after commit. The first wish counts; a later one can add force, and an
 * abort turns a rollback into an abort (both bring traffic back; the outcome's name differs).
 */
export function requestStop(state: MigrationState, request: StopRequest): Reduced {
  if (state.outcome !== null) return refuse(state, `the migration has ended: ${state.outcome}`);
  if (state.committed !== null)
    return refuse(
      state,
      `refused: the migration committed at ${state.committed.at}; blue is being removed and the way back is gone`,
    );
  const earlier = state.stop;
  if (earlier === null)
    return accept(
      { ...state, stop: request, paused: null, halted: null },
      'all new requests go back to blue',
    );
  const stop: StopRequest = {
    ...earlier,
    kind: request.kind === 'abort' && earlier.kind === 'rollback' ? 'abort' : earlier.kind,
    force: earlier.force || request.force,
  };
  const lifted = request.force ? null : state.halted;
  return accept({ ...state, stop, halted: lifted }, 'a rollback is under way already');
}

function decide(
  state: MigrationState,
  verb: Verb,
  message: Message,
  context: { readonly at: string; readonly gates: Readonly<Record<GateName, GateRule>> },
): Reduced {
  if (state.outcome !== null) return refuse(state, `the migration has ended: ${state.outcome}`);
  switch (verb) {
    case 'approve':
      return approve(state, message, context);
    case 'reject':
      return reject(state, message, context.at);
    case 'pause':
      if (state.stop !== null) return refuse(state, 'refused: the migration is rolling back');
      if (state.committed !== null)
        return refuse(state, 'refused: blue is being removed; that is not paused half-way');
      return accept(
        { ...state, paused: { by: message.by, reason: message.reason ?? '', at: context.at } },
        'no new step and no bake clock until resume; guard and gate expiry go on',
      );
    case 'resume':
      if (state.halted !== null)
        return accept(
          { ...state, halted: null, paused: null },
          'the halt has ended; ability is checked again',
        );
      if (state.paused !== null) return accept({ ...state, paused: null }, 'the migration goes on');
      return refuse(state, 'nothing to resume: neither paused nor halted');
    case 'rollback':
    case 'abort':
      return requestStop(state, {
        kind: verb,
        by: message.by,
        reason: message.reason ?? '',
        at: context.at,
        force: message.force ?? false,
      });
    default:
      return assertNever(verb);
  }
}

function approve(
  state: MigrationState,
  message: Message,
  context: { readonly at: string; readonly gates: Readonly<Record<GateName, GateRule>> },
): Reduced {
  const found = openGate(state, message.gate);
  if (found === null) return refuse(state, notOpen(state, message.gate));
  const rule = context.gates[found.name];
  if (rule.notRequester && message.by === state.requestedBy)
    return refuse(
      state,
      `refused: ${message.by} requested the migration and may not approve gate ${found.name}`,
    );
  if (found.gate.approvals.some((approval) => approval.by === message.by))
    return refuse(
      state,
      `refused: ${message.by} has approved gate ${found.name} already; another person is needed`,
    );
  const approvals = [...found.gate.approvals, { by: message.by, at: context.at, id: message.id }];
  const status = approvals.length >= rule.quorum ? 'approved' : 'open';
  return accept(
    withGate(state, found.name, { ...found.gate, approvals, status }),
    status === 'approved'
      ? `gate ${found.name} is approved`
      : `recorded: ${approvals.length} of ${rule.quorum} approvals for gate ${found.name}`,
  );
}

function reject(state: MigrationState, message: Message, at: string): Reduced {
  const found = openGate(state, message.gate);
  if (found === null) return refuse(state, notOpen(state, message.gate));
  const rejected = withGate(state, found.name, {
    ...found.gate,
    approvals: [],
    status: 'rejected',
  });
  switch (found.name) {
    case 'shift':
      return {
        ...requestStop(rejected, {
          kind: 'reject',
          by: message.by,
          reason: message.reason ?? '',
          at,
          force: false,
        }),
        answer: { accepted: true, message: 'gate shift is rejected; everything is put back' },
      };
    case 'retire':
      return accept(
        rejected,
        'gate retire is rejected: green keeps 100 % under guard until approve, rollback or abort',
      );
    default:
      return assertNever(found.name);
  }
}

/** The gate a decision is for; a rejected or expired retire gate still takes a later approval. */
function openGate(
  state: MigrationState,
  wanted: GateName | undefined,
): { readonly name: GateName; readonly gate: GateRecord } | null {
  if (state.stop !== null) return null;
  const names: readonly GateName[] = wanted === undefined ? ['shift', 'retire'] : [wanted];
  for (const name of names) {
    const gate = state.gates[name];
    if (gate !== undefined && gate.status !== 'approved') return { name, gate };
  }
  return null;
}

function notOpen(state: MigrationState, wanted: GateName | undefined): string {
  if (state.stop !== null) return 'refused: the migration is rolling back';
  const decided = wanted === undefined ? undefined : state.gates[wanted];
  if (decided !== undefined) return `refused: gate ${wanted} is ${decided.status} already`;
  return wanted === undefined
    ? 'refused: no gate is open'
    : `refused: gate ${wanted} is not open yet`;
}

function withGate(state: MigrationState, name: GateName, gate: GateRecord): MigrationState {
  return { ...state, gates: { ...state.gates, [name]: gate } };
}

function accept(state: MigrationState, message: string): Reduced {
  return { state, answer: { accepted: true, message } };
}

function refuse(state: MigrationState, message: string): Reduced {
  return { state, answer: { accepted: false, message } };
}
