/** One thread of a simulation: tells the stories of the seeds it is given, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { createActivities } from '#activities/create-activities.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { DEFECTS } from './defects.ts';
import { Isolate } from './isolate.ts';
import type { ActivityName } from './observations.ts';
import { lines, shrink } from './shrink.ts';
import { storyOf, tell, type Stage, type ToldStory } from './story.ts';

/** What a thread is started with. */
export interface TellerData {
  readonly code: string;
  readonly defect: string | null;
}

/** What it says of one seed. */
export interface Told {
  readonly seed: number;
  readonly outcome: string;
  readonly activations: number;
  readonly hash: string;
  /** Where workers died, as `activity/point`. */
  readonly killed: readonly string[];
  readonly replays: number;
  readonly violation: {
    readonly invariant: string;
    readonly says: string;
    /** The shrunk story, for people. */
    readonly story: readonly string[];
  } | null;
}

const port = parentPort;
const data: TellerData = workerData;
if (port !== null) {
  const names = activityNames();
  const stage: Stage = {
    isolate: await Isolate.load(data.code, names),
    defect: data.defect === null ? null : (DEFECTS[data.defect] ?? null),
  };
  port.on('message', (seed: number) => {
    void tellOne(stage, seed, names).then((told) => port.postMessage(told));
  });
}

/** Every activity there is; a new one is aimed at from its first day. */
export function activityNames(): readonly ActivityName[] {
  const { ports } = createFakeWorld();
  const activities = createActivities(ports);
  const isName = (name: string): name is ActivityName => Object.hasOwn(activities, name);
  return Object.keys(activities).filter(isName);
}

async function tellOne(stage: Stage, seed: number, names: readonly ActivityName[]): Promise<Told> {
  const told = await tell(stage, storyOf(seed, names));
  return {
    seed,
    outcome: told.outcome ?? 'none',
    activations: told.activations,
    hash: told.hash,
    killed: told.observations.flatMap((one) =>
      one.kind === 'killed' ? [`${one.activity}/${one.point}`] : [],
    ),
    replays: told.observations.filter(({ kind }) => kind === 'replayed').length,
    violation: await violationIn(stage, told),
  };
}

async function violationIn(stage: Stage, told: ToldStory): Promise<Told['violation']> {
  if (told.violation === null) return null;
  const shortest = await shrink(stage, told);
  const { invariant, says } = shortest.violation ?? told.violation;
  return { invariant, says, story: lines(shortest) };
}
