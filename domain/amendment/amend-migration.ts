import { amend, describeProblem } from './amendment.ts';
import type { Message } from '#domain/migration/messages.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import { GATES } from '#domain/migration/phases.ts';
import { accept, refuse, type Reduced } from '#domain/migration/reduced.ts';

/**
 * A person's amendment, applied to the state. Approvals given so far at a gate that is still undecided were given for the plan
 * before, and count no more (I8). Called by the message reducer.
 */
export function amendMigration(
  state: MigrationState,
  spec: MigrationPlan['spec'],
  { changes, reason = '', basis }: Message,
): Reduced {
  if (changes === undefined) return refuse(state, 'refused: an amendment needs "changes"');
  if (reason.trim() === '') return refuse(state, 'refused: an amendment needs a "reason"');
  const count = state.amended?.count ?? 0;
  if (basis !== undefined && basis !== count)
    return refuse(
      state,
      `refused: the plan was amended meanwhile (${count} amendments, ${basis} when you looked); look at it again`,
    );
  const amended = amend(spec, state, changes);
  if (amended.kind === 'refused')
    return refuse(state, `refused: ${amended.problems.map(describeProblem).join('; ')}`);
  if (amended.differences.length === 0)
    return refuse(state, 'nothing to amend: the plan in force says so already');
  const diff = amended.differences.map(({ sentence }) => sentence);
  const next = { ...state, amended: { count: count + 1, changes: amended.changes } };
  const { gates, voided } = withoutApprovals(state.gates);
  return {
    ...accept({ ...next, gates }, [`amended: ${diff.join('; ')}`, ...voided].join('. ')),
    diff,
  };
}

function withoutApprovals(gates: MigrationState['gates']): {
  readonly gates: MigrationState['gates'];
  readonly voided: readonly string[];
} {
  const undecided = GATES.filter((name) => {
    const gate = gates[name];
    return gate !== undefined && gate.status !== 'approved' && gate.approvals.length > 0;
  });
  const emptied = undecided.flatMap((name) => {
    const gate = gates[name];
    return gate === undefined ? [] : [[name, { ...gate, approvals: [] }] as const];
  });
  return {
    gates: emptied.length === 0 ? gates : { ...gates, ...Object.fromEntries(emptied) },
    voided: undecided.map(
      (name) => `approvals of gate ${name} were for the plan before and count no more`,
    ),
  };
}
