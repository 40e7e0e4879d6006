import { ApplicationFailure, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { amend } from '#domain/amendment/amendment.ts';
import { applyMessage } from '#domain/migration/message-reducer.ts';
import { parseMessage, type Answer, type Verb } from '#domain/migration/messages.ts';
import { parsePlanChanges } from '#domain/amendment/parse-plan-changes.ts';
import { rollbackPlan } from '#domain/migration/rollback-plan.ts';
import { statusView } from '#domain/migration/status-view.ts';
import { knownWeights } from './known-weights.ts';
import * as messages from './messages.ts';
import type { Run } from './run.ts';
import { tell } from './tell.ts';

/**
 * Connects messages to the one reducer. Handlers never await, so none can be cut in half by a continue-as-new.
 * A signal that cannot be read or applied is recorded and ignored; an update is refused with the reason, before it
 * costs history (its validator is synchronous: the SDK does not wait for an async one).
 */
export function setHandlers(run: Run): void {
  listen(run, 'approve', messages.approveSignal, messages.approveUpdate);
  listen(run, 'reject', messages.rejectSignal, messages.rejectUpdate);
  listen(run, 'pause', messages.pauseSignal, messages.pauseUpdate);
  listen(run, 'resume', messages.resumeSignal, messages.resumeUpdate);
  listen(run, 'amend', messages.amendSignal, messages.amendUpdate);
  listen(run, 'rollback', messages.rollbackSignal, messages.rollbackUpdate);
  listen(run, 'abort', messages.abortSignal, messages.abortUpdate);
  setHandler(messages.wakeSignal, () => undefined, {
    description: 'Looks whether the run must move to another worker build; decides nothing',
  });
  setDefaultSignalHandler((name) =>
    malformed(run, `there is no signal named ${JSON.stringify(name)}`),
  );
  setHandler(messages.statusQuery, () => statusView(run.state, run.spec), {
    description: 'What the migration is doing, its weights, and what it waits for',
  });
  setHandler(messages.historyQuery, () => run.state.decisions, {
    description: 'Who decided what, newest last',
  });
  setHandler(
    messages.planQuery,
    () => ({
      plan: { ...run.input.plan, spec: run.spec },
      amendments: run.state.amended?.count ?? 0,
    }),
    { description: 'The plan in force, with every amendment' },
  );
  setHandler(messages.amendmentQuery, (changes: unknown) => previewAmendment(run, changes), {
    description: 'What an amendment with these changes would do',
  });
  setHandler(messages.weightsQuery, () => knownWeights(run), {
    description:
      "What green's share may read on each route, in percent, and since when green has users",
  });
  setHandler(messages.rollbackPlanQuery, () => rollbackPlan(run.state, run.spec.rollback.green), {
    description: 'What a rollback would do now',
  });
}

function listen(
  run: Run,
  verb: Verb,
  signal: typeof messages.approveSignal,
  update: typeof messages.approveUpdate,
): void {
  const description =
    verb === 'amend'
      ? `{"id","by","reason","changes":{"traffic"?,"analysis"?,"soak"?,"drain"?,"gates"?}}`
      : `{"id","by","gate"?,"reason"?,"force"?}`;
  setHandler(
    signal,
    (body: unknown) => {
      const answer = apply(run, verb, body);
      if (!answer.accepted) malformed(run, `${verb}: ${answer.message}`);
    },
    { description },
  );
  setHandler(update, (body: unknown) => apply(run, verb, body), {
    description,
    validator: (body: unknown) => {
      const answer = preview(run, verb, body);
      if (!answer.accepted) throw ApplicationFailure.nonRetryable(answer.message, messages.REFUSED);
    },
  });
}

function previewAmendment(run: Run, changes: unknown): messages.AmendmentPreview {
  const parsed = parsePlanChanges(changes);
  if (!parsed.ok)
    return {
      differences: [],
      problems: [{ path: 'changes', found: 'something else', allowed: parsed.problem }],
    };
  const amended = amend(run.spec, run.state, parsed.changes);
  return amended.kind === 'refused'
    ? { differences: [], problems: amended.problems }
    : { differences: amended.differences, problems: [] };
}

/** What an update would be answered, without changing anything. */
function preview(run: Run, verb: Verb, body: unknown): Answer {
  const parsed = parseMessage(body);
  if (!parsed.ok) return { accepted: false, message: parsed.problem };
  return applyMessage(run.state, verb, parsed.message, { at: run.now(), spec: run.spec }).answer;
}

function apply(run: Run, verb: Verb, body: unknown): Answer {
  const parsed = parseMessage(body);
  if (!parsed.ok) return { accepted: false, message: parsed.problem };
  const before = run.spec;
  const { state, answer } = applyMessage(run.state, verb, parsed.message, {
    at: run.now(),
    spec: run.spec,
  });
  run.record(() => state);
  run.cancelStory();
  if (verb === 'amend' && answer.accepted && run.spec !== before)
    tell(run, 'plan-amended', `${parsed.message.by}: ${answer.message}`);
  return answer;
}

function malformed(run: Run, problem: string): void {
  run.record((state) => ({
    ...state,
    malformed: { count: (state.malformed?.count ?? 0) + 1, last: problem.slice(0, 500) },
  }));
}
