import type { MigrationState } from './migration-state.ts';
import type { GateName } from './phases.ts';

/**
 * What a run waits for, and the exact commands that answer it: each of them is accepted by the run that shows it.
 * Called by the status view.
 */
export interface Wait {
  /** One sentence; empty when the run is working. */
  readonly waitingFor: string;
  readonly commands: readonly string[];
}

/** `gate` is the one that waits for people, if any. */
export function waitOf(state: MigrationState, gate: GateName | null): Wait {
  const id = state.workflowId;
  if (state.outcome !== null || state.committed !== null) return NOTHING;
  if (state.halted !== null)
    return {
      waitingFor: 'a decision of people; the reason of the halt says on what',
      commands: [
        `cutover resume ${id}`,
        `cutover rollback ${id} --force --reason "…"`,
        `cutover abort ${id}`,
      ],
    };
  if (state.stop !== null) return NOTHING;
  const resume = state.paused === null ? [] : [`cutover resume ${id}`];
  if (gate === null)
    return resume.length === 0 ? waitOfGuard(state) : { waitingFor: 'resume', commands: resume };
  return {
    waitingFor: `approval of gate ${gate}${resume.length === 0 ? '' : ' and resume'}`,
    commands: [
      `cutover approve ${id} --gate ${gate}`,
      `cutover reject ${id} --gate ${gate} --reason "…"`,
      // Rejecting shift ends the run; rejecting retire only holds it, so going back is another answer.
      ...(gate === 'retire' ? [`cutover rollback ${id} --reason "…"`] : []),
      ...resume,
    ],
  };
}

/** More users go only after time that somebody watched. */
function waitOfGuard({ unheard, workflowId }: MigrationState): Wait {
  if (unheard?.timesAwaited === undefined) return NOTHING;
  const owedSeconds = Math.round(unheard.owedSeconds);
  return {
    waitingFor:
      owedSeconds > 0
        ? `${owedSeconds} s more at these weights, because nobody watched for so long`
        : 'the guard, which no worker was found to have at work; without it nothing goes on',
    commands: [`cutover rollback ${workflowId} --reason "…"`],
  };
}

const NOTHING: Wait = { waitingFor: '', commands: [] };
