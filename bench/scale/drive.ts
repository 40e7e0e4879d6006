/**
 * People and fate, for all migrations at once: they are started at a steady pace, approved when they ask, and some greens break.
 * Nobody may retire a blue before every migration has come to its last gate or ended, so that all of them are open together, guarded,
 * for a while. What a migration does is read off Temporal's index, which costs the worker nothing.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { workflowIdOfPlan } from '#clients/migrations/plan-identity.ts';
import { MIGRATE_CLUSTER } from '#workflows/messages.ts';
import { GATE, GREEN_WEIGHT, OUTCOME } from '#workflows/search-attributes.ts';
import type { Place } from './furnish.ts';
import { inLanes } from './lanes.ts';
import {
  APPROVALS_AT_ONCE,
  BREAK_EVERY_MS,
  fateOf,
  GATHER_WITHIN_MS,
  PATIENCE_MS,
  STARTS_A_SECOND,
  STEPS,
} from './setting.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 3_000;
/** So many that ended as none should are enough to know that something is wrong with the bench's world. */
const MOST_ODD = 20;
/** The index answers with all migrations; on the cores that are measured it may be asked a tenth of the time at most. */
const PAUSE_AFTER_LOOK = 9;

/** What became of one migration. */
interface Ending {
  readonly place: Place;
  readonly workflowId: string;
  /** Null: it was still open when patience ended. */
  readonly outcome: string | null;
  /** When its green broke; null where it was well. */
  readonly brokenMs: number | null;
  readonly historyEvents: number;
  readonly closedMs: number | null;
}

export interface Driven {
  readonly endings: readonly Ending[];
  readonly startedMs: number;
  readonly endedMs: number;
  /** The most that were open at one time. */
  readonly mostOpen: number;
}

export async function drive(
  world: World,
  planOf: (place: Place) => MigrationPlan,
  places: readonly Place[],
  say: (text: string) => void,
): Promise<Driven> {
  const plans = places.map((place) => ({ place, plan: planOf(place) }));
  const ids = new Map(plans.map(({ place, plan }) => [workflowIdOfPlan(plan), place]));
  const startedMs = Date.now();
  const untilMs = startedMs + PATIENCE_MS;
  const starting = startAll(world, plans, say);
  const fates = new Fates(world);
  const approved = new Set<string>();
  let found: readonly Seen[] = [];
  let mostOpen = 0;
  let tookMs = 0;
  while (Date.now() < untilMs) {
    await delay(Math.max(LOOK_EVERY_MS, PAUSE_AFTER_LOOK * tookMs));
    const lookedMs = Date.now();
    found = await look(world, ids);
    tookMs = Date.now() - lookedMs;
    const open = found.filter(({ outcome }) => outcome === null);
    mostOpen = Math.max(mostOpen, open.length);
    fates.breakOnTheirWay(open);
    const asking = (gate: string): readonly Seen[] =>
      open.filter((one) => one.gate === gate && !approved.has(`${gate} ${one.workflowId}`));
    const areWell = asking('retire').filter(
      ({ place }) => fateOf(place.number) !== 'breaks at the end',
    );
    const areStarted = starting.isOver() && found.length === places.length;
    const isLate = Date.now() > startedMs + GATHER_WITHIN_MS;
    const areTogether =
      areStarted &&
      (isLate || open.every(({ gate, place }) => gate === 'retire' || fates.isBroken(place)));
    if (areTogether) fates.breakAtTheEnd(open);
    const mayRetire = areTogether && (isLate || fates.areOver(open));
    const answered = [...asking('shift'), ...(mayRetire ? areWell : [])];
    await inLanes(answered, APPROVALS_AT_ONCE, async ({ workflowId, gate }) => {
      if (gate === null || !(await approve(world, workflowId, gate, say))) return;
      approved.add(`${gate} ${workflowId}`);
    });
    say(describe(found, places.length, startedMs));
    if (areStarted && open.length === 0) break;
    if (found.filter(isOdd).length >= MOST_ODD) {
      starting.stop();
      say(`given up: ${MOST_ODD} ended as none should`);
      break;
    }
  }
  await starting.done;
  return {
    startedMs,
    endedMs: Math.max(startedMs, ...found.map(({ closedMs }) => closedMs ?? Date.now())),
    mostOpen,
    endings: found.map((one) => ({ ...one, brokenMs: fates.brokenMs(one.place) })),
  };
}

function startAll(
  { migrations }: World,
  plans: readonly { readonly plan: MigrationPlan }[],
  say: (text: string) => void,
): { readonly done: Promise<void>; isOver(): boolean; stop(): void } {
  let [over, stopped] = [false, false];
  const isStopped = (): boolean => stopped;
  const work = async (): Promise<void> => {
    for (const { plan } of plans) {
      if (isStopped()) return;
      const nextMs = Date.now() + 1_000 / STARTS_A_SECOND;
      try {
        await migrations.start(plan, { requestedBy: 'bench' });
      } catch (cause) {
        say(`${plan.metadata.name} was not started: ${String(cause)}`);
      }
      await delay(Math.max(0, nextMs - Date.now()));
    }
  };
  const done = work().finally(() => {
    over = true;
  });
  return {
    done,
    isOver: () => over,
    stop: () => {
      stopped = true;
    },
  };
}

interface Seen extends Omit<Ending, 'brokenMs'> {
  readonly gate: string | null;
  /** Green's, in percent. */
  readonly weight: number;
}

function isOdd({ outcome }: Seen): boolean {
  return outcome !== null && outcome !== 'completed' && outcome !== 'rolled-back';
}

async function look(world: World, ids: ReadonlyMap<string, Place>): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const query = `WorkflowType = '${MIGRATE_CLUSTER}'`;
  for await (const one of world.client.workflow.list({ query })) {
    const place = ids.get(one.workflowId);
    if (place !== undefined) seen.push(seenOf(one, place));
  }
  return seen;
}

function seenOf(info: WorkflowExecutionInfo, place: Place): Seen {
  const { workflowId, historyLength, closeTime, typedSearchAttributes: attributes } = info;
  return {
    place,
    workflowId,
    historyEvents: historyLength,
    closedMs: closeTime?.getTime() ?? null,
    outcome: info.status.name === 'RUNNING' ? null : (attributes.get(OUTCOME) ?? info.status.name),
    gate: attributes.get(GATE) ?? null,
    weight: attributes.get(GREEN_WEIGHT) ?? 0,
  };
}

async function approve(
  { migrations }: World,
  workflowId: string,
  gate: string,
  say: (text: string) => void,
): Promise<boolean> {
  if (gate !== 'shift' && gate !== 'retire') return false;
  try {
    await migrations.send('approve', workflowId, {
      id: randomUUID(),
      by: `approver of ${gate}`,
      gate,
      reason: 'the bench',
    });
    return true;
  } catch (cause) {
    say(`${workflowId} could not be told of its approval, and will be: ${String(cause)}`);
    return false;
  }
}

/** Which greens break, and when. */
class Fates {
  readonly #world: World;
  readonly #broken = new Map<Place, number>();
  #nextMs = 0;

  constructor(world: World) {
    this.#world = world;
  }

  brokenMs(place: Place): number | null {
    return this.#broken.get(place) ?? null;
  }

  isBroken(place: Place): boolean {
    return this.#broken.has(place);
  }

  breakOnTheirWay(open: readonly Seen[]): void {
    for (const { place, weight } of open)
      if (fateOf(place.number) === 'breaks on its way' && weight >= STEPS[0]) this.#break(place);
  }

  /** One now and one a moment later, while all the others wait. */
  breakAtTheEnd(open: readonly Seen[]): void {
    for (const { place, gate } of open) {
      if (fateOf(place.number) !== 'breaks at the end' || gate !== 'retire') continue;
      if (this.#broken.has(place) || Date.now() < this.#nextMs) continue;
      this.#nextMs = Date.now() + BREAK_EVERY_MS;
      this.#break(place);
    }
  }

  /** Is nobody left who has yet to break, or to be brought back? */
  areOver(open: readonly Seen[]): boolean {
    return open.every(({ place }) => fateOf(place.number) === 'well');
  }

  #break(place: Place): void {
    if (this.#broken.has(place)) return;
    this.#world.users.breakGreen(place);
    this.#broken.set(place, Date.now());
  }
}

function describe(found: readonly Seen[], migrations: number, startedMs: number): string {
  const at = Map.groupBy(found, ({ outcome, gate, weight }) =>
    outcome === null ? (gate === null ? `open at ${weight} %` : `gate ${gate}`) : outcome,
  );
  const counts = [...at].map(([what, of]) => `${what} ${of.length}`).toSorted();
  const seconds = Math.round((Date.now() - startedMs) / 1_000);
  return `${seconds} s: ${found.length} of ${migrations} started: ${counts.join(', ')}`;
}
