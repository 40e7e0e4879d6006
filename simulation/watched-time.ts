import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Observation, SeenActivity } from './observations.ts';

/**
 * Is somebody there while green has users (I4)? A guard is at work from the beginning of an attempt to its end, or to the end of its
 * worker. Whether it could read anything is not asked.
 */
type Scheduled = Extract<Observation, { readonly kind: 'scheduled' }>;
type Closed = Extract<Observation, { readonly kind: 'closed' }>;

/**
 * A guard that was away for less than its usual pause, its heartbeat timeout and `guardGapMs` makes no report of it, and
 * one that dies twice in a bake does so twice.
 */
const UNNOTICED_SECONDS = 30;
/** One guard follows another in the next workflow task. */
const GUARD_CHANGES_WITHIN_MS = 8_000;

/** What is wrong with the next step of a group, taken before the one before it was watched for as long as a bake; or null. */
export function leftUnwatched(
  now: Scheduled,
  past: readonly Observation[],
  plan: MigrationPlan,
): string | null {
  const before = lastWeights(past);
  const { percent = 0, routeIds = [] } = now.input;
  const { percent: settled = 0, routeIds: settledIds = [] } = before?.input ?? {};
  const group = groupOf(routeIds, plan);
  const isSameGroup =
    settledIds.length === routeIds.length && settledIds.every((id) => routeIds.includes(id));
  const isNextStep = settled > 0 && settled < percent && isSameGroup;
  if (before === undefined || group === undefined || !isNextStep) return null;
  const watchedSeconds = watchedMs(past, reachedMs(past, before), now.atMs) / 1000;
  return watchedSeconds >= group.bakeSeconds - UNNOTICED_SECONDS
    ? null
    : `${settled} % was left for ${percent} % after ${Math.round(watchedSeconds)} s under guard, and a bake is ${group.bakeSeconds} s`;
}

/** What is wrong with what follows a soak, when it was not watched for as long as the last bake and the soak; or null. */
export function soakedUnwatched(past: readonly Observation[], plan: MigrationPlan): string | null {
  const asked = past.findLastIndex(
    (one) => one.kind === 'scheduled' && one.activity === 'checkAbility' && one.input.percent === 0,
  );
  const soaked = past.slice(0, asked + 1);
  const end = soaked.at(-1);
  const last = lastWeights(soaked);
  const group = groupOf(last?.input.routeIds ?? [], plan);
  if (end === undefined || last === undefined || group === undefined)
    return 'nobody asked whether the soak was watched';
  const watchedSeconds = watchedMs(soaked, reachedMs(soaked, last), end.atMs) / 1000;
  const neededSeconds = group.bakeSeconds + plan.spec.soak.forSeconds;
  return watchedSeconds >= neededSeconds - UNNOTICED_SECONDS
    ? null
    : `a soak of ${plan.spec.soak.forSeconds} s, and the bake of ${group.bakeSeconds} s before it, ended after ${Math.round(watchedSeconds)} s under guard`;
}

/** What is wrong with a step while green has users and no guard is there; or null. */
export function goesUnwatched(
  now: Scheduled,
  past: readonly Observation[],
  open: readonly SeenActivity[],
): string | null {
  const hasUsers = (lastWeights(past)?.input.percent ?? 0) > 0;
  if (!hasUsers || open.some(({ activity }) => activity === 'guardTraffic')) return null;
  const closed = past.findLast((one) => one.kind === 'closed' && one.activity === 'guardTraffic');
  return closed !== undefined && now.atMs - closed.atMs < GUARD_CHANGES_WITHIN_MS
    ? null
    : `green gets ${now.input.percent} % while no guard is there`;
}

function groupOf(
  routeIds: readonly string[],
  plan: MigrationPlan,
): MigrationPlan['spec']['traffic']['groups'][number] | undefined {
  return plan.spec.traffic.groups.find(({ routes }) =>
    routes.every(({ id }) => routeIds.includes(id)),
  );
}

/** When these routes reached their weight: it may have been written again since, after somebody else's edit. */
function reachedMs(past: readonly Observation[], last: Closed): number {
  let sinceMs = last.atMs;
  for (const one of past.toReversed()) {
    if (one.kind !== 'closed' || one.activity !== 'setWeights' || one.how !== 'completed') continue;
    if (one.input.percent !== last.input.percent) break;
    sinceMs = one.atMs;
  }
  return sinceMs;
}

function lastWeights(past: readonly Observation[]): Closed | undefined {
  const last = past.findLast(
    (one) => one.kind === 'closed' && one.activity === 'setWeights' && one.how === 'completed',
  );
  return last?.kind === 'closed' ? last : undefined;
}

function watchedMs(past: readonly Observation[], sinceMs: number, untilMs: number): number {
  const watching = new Set<string>();
  let watched = 0;
  let lastMs = sinceMs;
  for (const one of past) {
    if (watching.size > 0 && one.atMs > lastMs) watched += one.atMs - lastMs;
    lastMs = Math.max(lastMs, one.atMs);
    if (isEndOfWorker(one)) watching.clear();
    else if (one.kind === 'attempt-began' && one.activity === 'guardTraffic')
      watching.add(one.activityId);
    else if (one.kind === 'closed') watching.delete(one.activityId);
  }
  return watching.size > 0 ? watched + Math.max(0, untilMs - lastMs) : watched;
}

/** A worker died, or was taken away; with it everything that it had in hand. */
function isEndOfWorker(one: Observation): boolean {
  return one.kind === 'killed' || (one.kind === 'fault' && one.what.includes('"outage"'));
}
