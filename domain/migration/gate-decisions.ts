import { assertNever } from '#domain/assert-never.ts';
import type { Message } from './messages.ts';
import type { GateRecord, MigrationState } from './migration-state.ts';
import { GATES, type GateName } from './phases.ts';
import { accept, refuse, type Reduced } from './reduced.ts';
import { requestStop } from './request-stop.ts';
import { samePerson } from './same-person.ts';

/**
 * Approving and rejecting gates (I8): a quorum is of different people, the requester's own word does not count where
 * the plan says so, and an approval given at one gate is worth nothing at another. Called by the message reducer.
 */
interface GateRule {
  /** How many different people must approve. */
  readonly quorum: number;
  /** Is the one who asked for the migration no approver? */
  readonly notRequester: boolean;
}

export type GateRules = Readonly<Record<GateName, GateRule>>;

/** The gate that a decision sent now is for; a rejected or expired retire gate still takes a later approval. */
export function gateMeant(state: MigrationState, wanted: GateName | undefined): GateName | null {
  if (state.stop !== null || state.committed !== null) return null;
  const names: readonly GateName[] = wanted === undefined ? GATES : [wanted];
  return names.find((name) => isUndecided(state.gates[name])) ?? null;
}

export function approve(
  state: MigrationState,
  message: Message,
  context: { readonly at: string; readonly gates: GateRules },
): Reduced {
  const name = gateMeant(state, message.gate);
  const gate = name === null ? undefined : state.gates[name];
  if (name === null || gate === undefined) return refuse(state, notOpen(state, message.gate));
  const { quorum, notRequester } = context.gates[name];
  if (notRequester && samePerson(message.by, state.requestedBy))
    return refuse(
      state,
      `refused: ${message.by} requested the migration and may not approve gate ${name}`,
    );
  if (gate.approvals.some((approval) => samePerson(approval.by, message.by)))
    return refuse(
      state,
      `refused: ${message.by} has approved gate ${name} already; another person is needed`,
    );
  if (isSpent(state, message.id))
    return refuse(state, `refused: approval ${message.id} was given for another gate`);
  const approvals = [...gate.approvals, { by: message.by, at: context.at, id: message.id }];
  const status = approvals.length >= quorum ? 'approved' : 'open';
  return accept(
    withGate(state, name, { ...gate, approvals, status }),
    status === 'approved'
      ? `gate ${name} is approved`
      : `recorded: ${approvals.length} of ${quorum} approvals for gate ${name}`,
  );
}

export function reject(state: MigrationState, message: Message, at: string): Reduced {
  const name = gateMeant(state, message.gate);
  const gate = name === null ? undefined : state.gates[name];
  if (name === null || gate === undefined) return refuse(state, notOpen(state, message.gate));
  const rejected = withGate(state, name, { ...gate, approvals: [], status: 'rejected' });
  switch (name) {
    case 'shift': {
      const { by, reason = '' } = message;
      const stopped = requestStop(rejected, { kind: 'reject', by, reason, at, force: false });
      return accept(stopped.state, 'gate shift is rejected; everything is put back');
    }
    case 'retire':
      return accept(
        rejected,
        'gate retire is rejected: green keeps 100 % under guard until approve, rollback or abort',
      );
    default:
      return assertNever(name);
  }
}

/** Was this message's approval counted at any gate? Remembered longer than the ids of messages are. */
function isSpent(state: MigrationState, id: string): boolean {
  return GATES.some((name) => state.gates[name]?.approvals.some((approval) => approval.id === id));
}

function notOpen(state: MigrationState, wanted: GateName | undefined): string {
  if (state.stop !== null) return 'refused: the migration is rolling back';
  if (state.committed !== null) return 'refused: blue is being removed; no gate is left';
  if (wanted === undefined) return 'refused: no gate is open';
  const status = state.gates[wanted]?.status;
  return status === undefined
    ? `refused: gate ${wanted} is not open yet`
    : `refused: gate ${wanted} is ${status} already`;
}

function isUndecided(gate: GateRecord | undefined): boolean {
  return gate !== undefined && gate.status !== 'approved';
}

function withGate(state: MigrationState, name: GateName, gate: GateRecord): MigrationState {
  return { ...state, gates: { ...state.gates, [name]: gate } };
}
