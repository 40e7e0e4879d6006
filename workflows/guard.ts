import { CancellationScope, condition, isCancellation, patched, sleep } from '@temporalio/workflow';
import type { GuardReport } from '#activities/contract.ts';
import { assertNever } from '#domain/assert-never.ts';
import type { ExpectedShares } from '#domain/traffic/foreign-edits.ts';
import { withGap, withGuardLost } from '#domain/guard/unheard-time.ts';
import { withDecision } from '#domain/migration/message-reducer.ts';
import { failureReason } from './failure-reason.ts';
import { halt } from './halt.ts';
import { holdOnEditInForce } from './hold-on-edit.ts';
import { knownWeights, sharesOf } from './known-weights.ts';
import { calmGuard, sharpGuard } from './proxies.ts';
import type { Run } from './run.ts';

/**
 * Runs work with the guard beside it (I1). The guard begins with green's first user and ends with the work. Its
 * verdict becomes a stop; missing data on both sides a halt; its own unexpected end is a blind guard, which is a
 * stop too (I4). Once weights have been still for a while it is replaced by one with rarer heartbeats; a guard keeps
 * no counters, so replacing it loses nothing.
 *
 * Work that succeeds waits until the guard has really let go: what follows is the point of no return, and a guard that
 * pulled traffic back after it would strand users on a blue that is about to go. Whatever is said meanwhile counts: a
 * stop ends the story, a pause or a halt is waited out under guard. So does what was not said: a guard that died, perhaps
 * with users brought back and no time to tell, leaves the last proof without a witness, and it is done `again` under another. Work
 * that is stopped does not wait: a guard still at work can only help the rollback.
 */
export async function guarded(
  run: Run,
  work: () => Promise<void>,
  again: () => Promise<unknown>,
): Promise<void> {
  let isHeard = await watched(run, work);
  while (run.isHeld || (!isHeard && patched('guard-last-word')))
    isHeard = await watched(run, async () => {
      await run.checkpoint();
      if (patched('guard-last-word')) await again();
    });
}

/** Whether the guard was heard of to the end. */
async function watched(run: Run, work: () => Promise<void>): Promise<boolean> {
  const scope = new CancellationScope();
  const watch = scope.run(() => keepWatch(run));
  run.letGuardGo = async () => {
    scope.cancel();
    await watch;
    run.throwIfStopped();
  };
  try {
    await work();
    await run.letGuardGo();
    return await watch;
  } finally {
    scope.cancel();
    run.letGuardGo = () => Promise.resolve();
  }
}

/** Weights have been still this long: heartbeats may become rare (each is a billed Action), and a crash is noticed later. */
const CALM_AFTER_MS = 10 * 60 * 1000;

/** Watches until it is let go, or the story stops; false where the last guard ended without a word. */
async function keepWatch(run: Run): Promise<boolean> {
  const isLetGo = (): boolean => CancellationScope.current().consideredCancelled;
  try {
    await condition(() => run.state.greenSince !== null);
    while (run.state.stop === null) {
      const report = await oneWatch(run);
      run.wordsOfGuard += 1;
      if (report === 'let-go' && isLetGo()) return true;
      if (report === 'lost') loseGuard(run);
      if (typeof report === 'object' && run.state.stop === null) act(run, report);
    }
  } catch (cause) {
    if (isLetGo()) loseGuard(run);
    // However it ended, once it was asked to; before green's first user there is nothing to be heard.
    if (isCancellation(cause) || isLetGo()) return run.state.greenSince === null;
    run.stop({
      kind: 'failure',
      by: 'guard',
      reason: `the guard went blind: ${failureReason(cause)}`,
      at: run.now(),
      force: false,
    });
  }
  return false;
}

interface Finding extends Omit<GuardReport, 'verdict'> {
  readonly verdict: Exclude<GuardReport['verdict'], { readonly kind: 'let-go' }>;
}

/**
 * One guard activity, until it reports or the state asks for another kind of guard; `let-go` where that one was alive to the end, `lost`
 * where it ended without a word.
 */
async function oneWatch(run: Run): Promise<Finding | 'replaced' | 'let-go' | 'lost'> {
  const scope = new CancellationScope();
  const calm = isCalm(run);
  const missingIsKnown = isHalted(run);
  const { spec } = run;
  // A guard of an earlier version knew no weights, and was not replaced when they changed.
  const knowsWeights = patched('guard-knows-weights');
  // One of an earlier version could not ask what the run expects by now: it was replaced with every step.
  const asks = patched('guard-asks');
  const expectedNow = (): ExpectedShares => (asks ? knownWeights(run).expected : sharesOf(run));
  const expected = knowsWeights ? expectedNow() : {};
  const isBehind = (): boolean => knowsWeights && hasSettledAnew(expected, expectedNow());
  let replaced = false;
  const replace = (): void => {
    replaced = true;
    scope.cancel();
  };
  let isTimed = false;
  const calmDown = (): void => {
    const calmInMs = calm ? null : calmIn(run);
    if (calmInMs === null) return;
    isTimed = true;
    void scope.run(() =>
      sleep(calmInMs, { summary: 'Weights are still' }).then(replace, () => undefined),
    );
  };
  run.onChange = () => {
    const isAnother =
      isCalm(run) !== calm ||
      isHalted(run) !== missingIsKnown ||
      run.spec !== spec ||
      (!asks && isBehind());
    if (!replaced && isAnother) replace();
    // The last step's guard began before weights were still: without this it beat sharply for as long as the soak lasted.
    else if (!replaced && !calm && !isTimed && calmIn(run) !== null && patched('calm-after-shift'))
      calmDown();
  };
  calmDown();
  try {
    const report = await scope.run(() =>
      (calm ? calmGuard : sharpGuard)('Guard: watch green').guardTraffic({
        ...run.activityInput,
        resolved: run.resolved,
        ...(run.state.green === null ? {} : { green: run.state.green }),
        ...(run.state.trust === undefined ? {} : { trust: run.state.trust }),
        greenSince: run.state.greenSince ?? run.now(),
        mode: 'pull',
        missingIsKnown,
        expected,
        ...(asks ? { asks: true as const } : {}),
      }),
    );
    // One that knows the weights of before may call our own next step an edit: on its way out, or on a worker that cannot ask.
    const isOutdated = replaced || (asks && report.asked !== true && isBehind());
    const { verdict } = report;
    if (verdict.kind === 'let-go') return 'let-go';
    return isOutdated && verdict.kind === 'foreign-edit' ? 'replaced' : { ...report, verdict };
  } catch (cause) {
    if (replaced) return 'lost';
    throw cause;
  } finally {
    run.onChange = () => undefined;
  }
}

/**
 * One that died before it could tell for how long nobody watched. A bake is made up for; a soak, which may be of days, is not: a guard
 * is lost there only where its worker comes back in the moment in which it is replaced, after an amendment or by a calmer one.
 */
function loseGuard(run: Run): void {
  if (run.state.phases.soak === undefined) run.record(withGuardLost);
}

/** Did a route settle at another weight than the guard knows? One that only begins to move is no reason to replace it. */
function hasSettledAnew(known: ExpectedShares, now: ExpectedShares): boolean {
  return Object.entries(now).some(([id, percents]) => known[id]?.[0] !== percents[0]);
}

/** Milliseconds until the guard may be calm; null while weights change, and again when blue is about to go. */
function calmIn(run: Run): number | null {
  const { shift, drain } = run.state.phases;
  if (shift?.endedAt === undefined || shift.endedAt === null || drain !== undefined) return null;
  return Math.max(0, Date.parse(shift.endedAt) + CALM_AFTER_MS - Date.now());
}

function isCalm(run: Run): boolean {
  return calmIn(run) === 0;
}

function isHalted(run: Run): boolean {
  return run.state.halted !== null;
}

function act(run: Run, report: Finding): void {
  if (report.verdict.kind === 'gap') {
    const { seconds } = report.verdict;
    // By whichever clock leaves more to be baked again: a worker's may be ahead, and news may be late.
    const toldMs = Math.min(Date.parse(report.at), Date.now());
    return run.record((state) => withGap(state, seconds, toldMs));
  }
  const reason = report.verdict.reasons.join('; ');
  run.record((state) =>
    withDecision(state, {
      verb: 'guard',
      by: 'guard',
      at: report.at,
      id: `guard-${report.at}`,
      reason,
    }),
  );
  switch (report.verdict.kind) {
    case 'breach':
    case 'green-missing':
      run.stop({ kind: 'rollback', by: 'guard', reason, at: report.at, force: false });
      return;
    case 'both-missing':
    case 'hold':
      return halt(run, reason);
    case 'foreign-edit':
      return holdOnEditInForce(run, report.verdict, report.at);
    default:
      assertNever(report.verdict);
  }
}
