import { fieldsOf } from '#domain/json/json-fields.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { Awaited } from '#activities/ports/provisioner.ts';

/** What activities do about something of green that is still to come. */

/** Fails `waiting` while something is awaited. */
export function waitFor(run: ActivityRun, awaited: Awaited | null): void {
  if (awaited !== null) throw run.waiting(awaited.what, awaited.resource);
}

/**
 * The same on the way forward: what is said to be wrong for longer than `patienceMs`, without a break, fails `cluster-failed`. Since
 * when is handed from attempt to attempt.
 */
export function waitWithPatience(
  run: ActivityRun,
  awaited: Awaited | null,
  patienceMs: number,
  nowMs: number,
): void {
  if (awaited?.kind !== 'ailing') {
    waitFor(run, awaited);
    return;
  }
  const { ailingSinceMs } = fieldsOf(run.lastHeartbeat);
  const sinceMs = typeof ailingSinceMs === 'number' ? ailingSinceMs : nowMs;
  if (nowMs - sinceMs > patienceMs)
    throw new CutoverFailure('cluster-failed', awaited.what, {
      resource: awaited.resource,
      nextMove:
        'mend what the message names on the hub, then start again (docs/runbook.md, “The kro instance does not become ready”)',
    });
  run.leave({ ailingSinceMs: sinceMs });
  waitFor(run, awaited);
}
