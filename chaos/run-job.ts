/**
 * One migration of the kill matrix, from an idle world to its end: users are there, people say what the story has them say, workers die
 * where the job has them die, and at the end everything is counted.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OutcomeName } from '#domain/migration/migration-state.ts';
import { lostDecisions } from './count-decisions.ts';
import type { UserFigures } from './count-failures.ts';
import type { Job, KillPoint } from './kill-points.ts';
import { lookAtWorld, wrongsOf } from './legal-end.ts';
import { Migration } from './migration.ts';
import { STORIES } from './stories.ts';
import type { LanesTemporal } from './temporal.ts';
import { startWire } from './wire.ts';
import { startLaneWorker } from './worker-process.ts';
import { startLaneWorld } from './world.ts';

export interface Lane {
  readonly namespace: string;
  readonly temporal: LanesTemporal;
  /** File with the workflows' bundle. */
  readonly bundle: string;
  readonly stateDir: string;
  readonly seed: number;
  readonly say: (text: string) => void;
}

export interface Ending {
  readonly job: Job;
  readonly outcome: OutcomeName | null;
  /** Points that were met; in order. */
  readonly deaths: readonly KillPoint[];
  /** Points that were due and that the migration went past; another one is told for them. */
  readonly unmet: readonly KillPoint[];
  /** Why the ending is not legal; empty for a good one. */
  readonly illegal: readonly string[];
  readonly duplicates: readonly string[];
  readonly lost: readonly string[];
  readonly users: UserFigures;
  readonly seconds: number;
}

/** Blue's load is measured over a minute before anything moves (`baselineSeconds`): users who came later would be taken for growth. */
const USERS_BEFORE_MS = 75_000;
/** Periods of five seconds, and what is late of them: enough where no users move. */
const FEW_USERS_BEFORE_MS = 15_000;

export async function runJob(lane: Lane, job: Job): Promise<Ending> {
  const startedMs = Date.now();
  const secondsSince = (): number => Math.round((Date.now() - startedMs) / 1000);
  const stateDir = join(lane.stateDir, `migration-${job.number}`);
  const undo: (() => Promise<void>)[] = [];
  try {
    await mkdir(stateDir, { recursive: true });
    const world = await startLaneWorld({ seed: lane.seed + job.number });
    undo.push(() => world.stop());
    const wire = await startWire(lane.temporal.address);
    undo.push(() => wire.stop());
    const worker = startLaneWorker({
      temporalAddress: wire.address,
      namespace: lane.namespace,
      bundle: lane.bundle,
      stateDir,
      environment: world.environment,
      points: job.points,
      say: (text) => lane.say(`migration ${job.number}: ${text}`),
    });
    undo.push(() => worker.stop());
    const { movesUsers, plan } = STORIES[job.story];
    const measuredMs = movesUsers ? USERS_BEFORE_MS : FEW_USERS_BEFORE_MS;
    await Promise.all([worker.ready(), delay(measuredMs)]);
    const before = lookAtWorld(world);
    const { namespace, temporal } = lane;
    const { last, wrongs, words } = await new Migration({
      namespace,
      temporal,
      job,
      world,
      wire,
      worker,
    }).run();
    const outcome = last?.outcome ?? null;
    const ends = outcome === null ? [] : wrongsOf(before, lookAtWorld(world), outcome, plan.green);
    const users = await world.usersLeave();
    return {
      job,
      outcome,
      deaths: worker.deaths,
      unmet: job.points.filter((point) => !worker.deaths.includes(point)),
      illegal: [...wrongs, ...ends, ...world.wrongs(), ...worker.crashes],
      duplicates: world.duplicates(),
      lost: lostDecisions(words, last?.decisions ?? []),
      users,
      seconds: secondsSince(),
    };
  } catch (cause) {
    return neverTold(job, cause, secondsSince());
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** It could not be told at all, which is no good ending either. */
function neverTold(job: Job, cause: unknown, seconds: number): Ending {
  const why = cause instanceof Error ? cause.message : String(cause);
  return {
    job,
    outcome: null,
    deaths: [],
    unmet: [],
    illegal: [`it could not be told: ${why}`],
    duplicates: [],
    lost: [],
    users: { requests: 0, failedByGreen: 0, failed: 0, first: null },
    seconds,
  };
}
