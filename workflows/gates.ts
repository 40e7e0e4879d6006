import { condition } from '@temporalio/workflow';
import { assertNever } from '#domain/assert-never.ts';
import { dnsSpeedNotes } from '#domain/traffic/dns-speed.ts';
import type { StopRequest } from '#domain/migration/messages.ts';
import { withDecision } from '#domain/migration/message-reducer.ts';
import type { GateRecord } from '#domain/migration/migration-state.ts';
import type { GateName } from '#domain/migration/phases.ts';
import type { Run } from './run.ts';
import { tell } from './tell.ts';

/**
 * Waits for people. The expiry is an absolute time in the state, so neither a pause nor a continue-as-new moves
 * it. Leaves by approval, by a stop (which cancels the wait), or never.
 */
export async function waitAtGate(run: Run, name: GateName): Promise<void> {
  if (run.state.gates[name]?.status === 'approved') return;
  open(run, name);
  for (;;) {
    const gate = gateOf(run, name);
    if (gate.status === 'approved') break;
    const left = gate.expiresAt === null ? null : Date.parse(gate.expiresAt) - Date.now();
    if (left !== null && left <= 0) {
      expire(run, name, gate);
      continue;
    }
    const changed = (): boolean => run.state.gates[name] !== gate || run.isToMoveOn;
    if (left === null) await condition(changed);
    else await condition(changed, left, { summary: `Gate ${name} expires` });
    await run.checkpointNow();
  }
  await run.checkpoint();
}

function open(run: Run, name: GateName): void {
  if (run.state.gates[name] !== undefined) return;
  const { expiresSeconds, quorum } = run.spec.gates[name];
  const gate: GateRecord = {
    openedAt: run.now(),
    expiresAt: new Date(Date.now() + expiresSeconds * 1000).toISOString(),
    approvals: [],
    status: 'open',
  };
  run.record((state) => ({ ...state, gates: { ...state.gates, [name]: gate } }));
  tell(
    run,
    'gate-waiting',
    [
      `gate ${name} waits for ${quorum} approval${quorum === 1 ? '' : 's'} until ${gate.expiresAt}`,
      ...dnsSpeedNotes(run.resolved.routes),
    ].join('; '),
    `cutover approve ${run.ref.workflowId} --gate ${name}`,
  );
}

function expire(run: Run, name: GateName, gate: GateRecord): void {
  const { onExpiry } = run.spec.gates[name];
  const reason = `gate ${name} expired at ${gate.expiresAt}`;
  run.record((state) =>
    withDecision(
      {
        ...state,
        gates: { ...state.gates, [name]: { ...gate, status: 'expired', expiresAt: null } },
      },
      { verb: 'expiry', by: 'cutover', at: run.now(), id: `expiry-${name}`, reason, gate: name },
    ),
  );
  const stop = (kind: StopRequest['kind']): void => {
    run.stop({ kind, by: 'cutover', reason, at: run.now(), force: false });
    run.throwIfStopped();
  };
  switch (onExpiry) {
    case 'reject':
      // At the retire gate a rejection holds at 100 % green; only the shift gate's ends the run.
      if (name === 'shift') stop('reject');
      return;
    case 'roll-back':
      stop('rollback');
      return;
    case 'hold':
      return;
    default:
      assertNever(onExpiry);
  }
}

function gateOf(run: Run, name: GateName): GateRecord {
  const gate = run.state.gates[name];
  if (gate === undefined) throw new Error(`gate ${name} was never opened`);
  return gate;
}
