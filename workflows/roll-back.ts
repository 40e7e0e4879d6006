import { CancellationScope, condition, patched } from '@temporalio/workflow';
import { assertNever } from '#domain/assert-never.ts';
import { isStanding, undone } from '#domain/migration/effects.ts';
import { requestStop, withDecision } from '#domain/migration/message-reducer.ts';
import type { StopRequest } from '#domain/migration/messages.ts';
import type { OutcomeName } from '#domain/migration/migration-state.ts';
import { rollbackPlan, type RollbackAction } from '#domain/migration/rollback-plan.ts';
import { greenMayHaveUsers } from '#domain/traffic/traffic-plan.ts';
import { withUsersOnBlue } from '#domain/traffic/weight-records.ts';
import { failureReason } from './failure-reason.ts';
import { slowUndo, undo, undoWatching } from './proxies.ts';
import type { Run } from './run.ts';
import { Stopped } from './stopped.ts';
import { tellIfLate } from './tell-if-late.ts';
import { tell } from './tell.ts';

/**
 * Everything to blue, verified (I1). Non-cancellable; halts first where blue is not able, unless forced (I3);
 * then performs the rollback plan of the state, action by action, each recorded when it is a fact.
 */
export async function rollBack(run: Run, cause: unknown): Promise<OutcomeName> {
  return CancellationScope.nonCancellable(async () => {
    const request = stopOf(run, cause);
    const moved = greenMayHaveUsers(run.state);
    run.record((state) => ({
      ...state,
      paused: null,
      rollingBackSince: state.rollingBackSince ?? run.now(),
    }));
    if (request.kind !== 'blocked')
      tell(run, 'rollback-started', `${request.by}: ${request.reason}`);
    if (moved) await untilBlueIsAble(run);
    await undoEverything(run);
    const outcome = outcomeOf(run.state.stop?.kind ?? request.kind);
    if (request.kind !== 'blocked')
      tell(
        run,
        'rollback-ended',
        moved
          ? 'all new requests go to blue, verified'
          : 'nothing of users had moved; what was prepared is undone',
      );
    return outcome;
  });
}

/** Action by action; shedding has a promise of its own, and a clock of its own. */
async function undoEverything(run: Run): Promise<void> {
  do {
    const sheds = isShedding(nextAction(run));
    await tellIfLate(run, sheds ? sheddingMissed(run) : promiseMissed(run), async () => {
      for (
        let action = nextAction(run);
        action !== null && isShedding(action) === sheds;
        action = nextAction(run)
      )
        await perform(run, action);
    });
  } while (nextAction(run) !== null);
}

function isShedding(action: RollbackAction | null): boolean {
  return action?.kind === 'shed-green';
}

function sheddingMissed(run: Run): Parameters<typeof tellIfLate>[1] {
  const { shedWithinSeconds } = run.spec.traffic.promise;
  return {
    event: 'undo-failing',
    afterSeconds: shedWithinSeconds,
    text: `new requests go to blue, but long-lived connections have not left green after the promised ${shedWithinSeconds} s; it goes on trying`,
  };
}

/** People hear of it when the plan's promise is missed; the undo itself is tried for ever. */
function promiseMissed(run: Run): Parameters<typeof tellIfLate>[1] {
  const { rollbackWithinSeconds } = run.spec.traffic.promise;
  return {
    event: 'undo-failing',
    afterSeconds: rollbackWithinSeconds,
    text: `the rollback is not done after the promised ${rollbackWithinSeconds} s; it goes on trying`,
  };
}

/** The stop behind the end of the story; a failure becomes one, so that the state says why. */
function stopOf(run: Run, cause: unknown): StopRequest {
  const request: StopRequest =
    cause instanceof Stopped
      ? cause.request
      : {
          kind: 'failure',
          by: 'cutover',
          reason: failureReason(cause),
          at: run.now(),
          force: false,
        };
  run.record((state) => {
    if (state.stop !== null) return state;
    return withDecision(requestStop(state, request).state, {
      verb: 'failure',
      by: request.by,
      at: request.at,
      id: 'failure',
      reason: request.reason,
    });
  });
  return run.state.stop ?? request;
}

/** Blue not able: weights stay where they are, people are told, and decide. */
async function untilBlueIsAble(run: Run): Promise<void> {
  const input = {
    ...run.activityInput,
    resolved: run.resolved,
    side: 'blue' as const,
    routeIds: Object.keys(run.state.weights),
    percent: 100,
  };
  for (;;) {
    if (run.state.stop?.force === true) return;
    const ability = await undo('Is blue able to take everything?').checkAbility(input);
    if (ability.able) return;
    run.halt(`blue is not able: ${ability.reasons.join('; ')}`);
    tell(
      run,
      'halted',
      run.state.halted?.reason ?? '',
      `cutover rollback ${run.ref.workflowId} --force --reason "…"`,
    );
    const watch = new CancellationScope();
    const ended = watch.run(() => sayWhenAble(run, input)).catch(() => undefined);
    await condition(() => run.state.halted === null || run.isToMoveOn);
    watch.cancel();
    await ended;
    if (run.state.halted !== null) await run.checkpointNow();
  }
}

async function sayWhenAble(
  run: Run,
  input: Parameters<ReturnType<typeof slowUndo>['awaitAbility']>[0],
): Promise<void> {
  await slowUndo('Watch blue while halted').awaitAbility(input);
  tell(run, 'halted', 'blue is able again', `cutover resume ${run.ref.workflowId}`);
}

function nextAction(run: Run): RollbackAction | null {
  const plan = rollbackPlan(run.state, run.spec.rollback.green);
  return 'refused' in plan ? null : (plan.actions[0] ?? null);
}

async function perform(run: Run, action: RollbackAction): Promise<void> {
  const { activityInput } = run;
  const resolved = run.resolved;
  switch (action.kind) {
    case 'weights-to-blue':
      return weightsToBlue(run, action.routeIds);
    case 'return-singletons':
      await slowUndo('Singletons back to blue').returnSingletons(run.greenInput);
      return run.record((state) => undone(state, 'singletons', run.now()));
    case 'shed-green':
      await slowUndo('Long-lived connections off green').shedGreen(run.greenInput);
      return run.record((state) => undone(state, 'green-connections', run.now()));
    case 'remove-smoke-rule':
      await undo('Remove the smoke rules').closeSmokeDoors({ ...activityInput, resolved });
      return run.record((state) =>
        resolved.routes.reduce((changed, route) => {
          const key = `smoke-rule/${route.id}` as const;
          return isStanding(changed, key) ? undone(changed, key, run.now()) : changed;
        }, state),
      );
    case 'detach-green':
      await undo('Leave the rules as they were').detachGreen({ ...activityInput, resolved });
      return run.record((state) =>
        action.routeIds.reduce(
          (changed, id) => undone(changed, `attachment/${id}`, run.now()),
          state,
        ),
      );
    case 'restore-blue-floor':
      await slowUndo("Let blue's size be its own again").restoreBlueFloor({
        ...activityInput,
        resolved,
      });
      return run.record((state) => undone(state, 'blue-floor', run.now()));
    case 'withdraw-trust':
      if (run.state.trust !== undefined)
        await slowUndo('Roles trust green no more').withdrawTrust({
          ...activityInput,
          trust: run.state.trust,
        });
      return run.record((state) => undone(state, 'role-trust', run.now()));
    case 'delete-green':
      await slowUndo('Delete green').deleteGreen({ ...activityInput, resolved });
      return run.record((state) => undone(state, 'green-cluster', run.now()));
    default:
      return assertNever(action);
  }
}

/** Longest wait for a sample of users' requests after a rollback; with less traffic the read-back must do. */
const LOOK_SECONDS = 60;

/**
 * Write, read back, then look at users' requests. A look that still meets green leaves the observation in the
 * state, and with it the action in the plan: it is done again until no user meets green. Meanwhile the routes are held on blue:
 * an attempt of a forward write that was given up may still be on its way, also where a later attempt was read back (I6).
 */
async function weightsToBlue(run: Run, routeIds: readonly string[]): Promise<void> {
  const input = { ...run.activityInput, resolved: run.resolved, routeIds, percent: 0 };
  const { readBack, readBackAt } = await undo('All new requests to blue').setWeights(input);
  const [look] = await Promise.all([
    undoWatching('Verify: users meet blue').verifyShare({
      ...input,
      since: readBackAt,
      withinSeconds: LOOK_SECONDS,
    }),
    patched('late-writes')
      ? undoWatching('Let no late write have its way').keepOnBlue(input)
      : null,
  ]);
  const observed = look.requests === 0 ? null : look.observedPercent;
  run.record((state) => withUsersOnBlue(state, routeIds, { readBack, observedPercent: observed }));
}

function outcomeOf(kind: StopRequest['kind']): OutcomeName {
  switch (kind) {
    case 'rollback':
    case 'failure':
      return 'rolled-back';
    case 'abort':
      return 'aborted';
    case 'reject':
      return 'rejected';
    case 'blocked':
      return 'blocked';
    default:
      return assertNever(kind);
  }
}
