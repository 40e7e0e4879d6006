/**
 * What of a migration a worker can die in: its activities, told apart where one is used both on the way to green and on the way back.
 * A new activity does not compile here before somebody says how long its loss is noticed after, and no test passes before a story
 * reaches it.
 */
import type { MigrationActivities } from '#activities/contract.ts';
import { isFields } from '#domain/json/json-fields.ts';

export type ActivityName = keyof MigrationActivities;

/** An activity, `back` where it brings users back to blue. */
export type Work = ActivityName | `${ActivityName} back`;

/**
 * After how many seconds Temporal notices that a worker died in it: its heartbeat timeout or its start-to-close, as
 * `workflows/proxies.ts` has them. For sharing the waiting out; nothing is proven by it.
 */
const NOTICED_AFTER_SECONDS: Readonly<Record<ActivityName, number>> = {
  resolveNames: 60,
  checkReadiness: 60,
  createGreen: 60,
  awaitGreen: 120,
  furnishGreen: 60,
  extendTrust: 30,
  awaitNodegroups: 120,
  proveRoles: 120,
  installAddons: 60,
  awaitAddons: 120,
  probeAddons: 120,
  attachGreen: 10,
  copyWorkloads: 30,
  awaitWorkloads: 120,
  smokeTest: 30,
  closeSmokeDoors: 10,
  checkAbility: 60,
  awaitAbility: 60,
  setWeights: 10,
  rehearseRollback: 10,
  keepOnBlue: 10,
  verifyShare: 10,
  holdBlueFloor: 30,
  restoreBlueFloor: 120,
  handOverSingletons: 30,
  returnSingletons: 60,
  judgeStep: 60,
  shedGreen: 60,
  guardTraffic: 10,
  proveBlueIdle: 120,
  detachGreen: 10,
  withdrawTrust: 60,
  deleteGreen: 60,
  releaseBlue: 120,
  deleteBlueNodegroups: 120,
  deleteBlueCluster: 120,
  tellPeople: 30,
};

export const ACTIVITY_NAMES: readonly ActivityName[] =
  Object.keys(NOTICED_AFTER_SECONDS).filter(isActivityName);

export function isActivityName(name: string): name is ActivityName {
  return Object.hasOwn(NOTICED_AFTER_SECONDS, name);
}

export function activityOf(work: Work): ActivityName {
  const name = work.replace(/ back$/u, '');
  if (!isActivityName(name)) throw new Error(`there is no activity ${name}`);
  return name;
}

export function noticedAfterSeconds(work: Work): number {
  // Asked of blue by an undo, which gives it ten seconds.
  if (work === 'checkAbility back') return 10;
  return NOTICED_AFTER_SECONDS[activityOf(work)];
}

/** Which work a call of an activity is, by its input. */
export function workOf(name: ActivityName, input: unknown): Work {
  if (!isFields(input)) return name;
  const isBack =
    name === 'checkAbility'
      ? input['side'] === 'blue'
      : (name === 'setWeights' || name === 'verifyShare') && input['percent'] === 0;
  return isBack ? `${name} back` : name;
}
