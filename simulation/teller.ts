/** What one process of a simulation does: tells the story of a seed, and makes it short where it violates something. */
import { lines, shrink } from './shrink.ts';
import { tell, type Stage, type Story, type ToldStory } from './story.ts';

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

export async function tellOne(stage: Stage, story: Story): Promise<Told> {
  const told = await tell(stage, story);
  return {
    seed: told.seed,
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
