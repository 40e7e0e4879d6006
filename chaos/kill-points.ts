/**
 * Where workers die: in every work of every story, at each of three moments, and around everything that people say. Generated, so
 * that the list grows with the stories; pure.
 */
import { STORIES, STORY_NAMES, type Said, type StoryName } from './stories.ts';
import type { Trouble } from './troubles.ts';
import { noticedAfterSeconds, type Work } from './works.ts';

/** After the effect the function has returned and nobody was told; after the answer Temporal has it in the history. */
export const MOMENTS = ['before the effect', 'after the effect', 'after the answer'] as const;
export type Moment = (typeof MOMENTS)[number];

const SAID_MOMENTS = ['before it is sent', 'while it is sent', 'after its answer'] as const;
export type SaidMoment = (typeof SAID_MOMENTS)[number];

export interface WorkPoint {
  readonly kind: 'work';
  readonly story: StoryName;
  readonly work: Work;
  readonly moment: Moment;
}

interface SaidPoint {
  readonly kind: 'said';
  readonly story: StoryName;
  readonly said: Said;
  readonly moment: SaidMoment;
}

export type KillPoint = WorkPoint | SaidPoint;

export function allKillPoints(): readonly KillPoint[] {
  return STORY_NAMES.flatMap((story): readonly KillPoint[] => {
    const { reaches, says } = STORIES[story];
    return [
      ...reaches.flatMap((work) =>
        momentsOf(story, work).map((moment) => ({ kind: 'work', story, work, moment }) as const),
      ),
      ...says.flatMap((said) =>
        SAID_MOMENTS.map((moment) => ({ kind: 'said', story, said, moment }) as const),
      ),
    ];
  });
}

/**
 * A guard that is only let go answers once, in the very moment in which what follows it begins, and the worker may be dying there already:
 * its answer is met where it is a verdict.
 */
function momentsOf(story: StoryName, work: Work): readonly Moment[] {
  const isLetGo = work === 'guardTraffic' && story !== 'bad green';
  return MOMENTS.filter((moment) => !(isLetGo && moment === 'after the answer'));
}

/** As in `bad green: setWeights back, after the effect`. */
export function nameOf(point: KillPoint): string {
  const what = point.kind === 'work' ? point.work : `"${point.said}"`;
  return `${point.story}: ${what}, ${point.moment}`;
}

/** How long the migration stands still for it, about: what is answered is not waited for. */
export function lostSeconds(point: KillPoint): number {
  const RESTART_SECONDS = 8;
  if (point.kind === 'said' || point.moment === 'after the answer') return RESTART_SECONDS;
  return RESTART_SECONDS + noticedAfterSeconds(point.work);
}

/** One migration, where its workers die, and what befalls it besides. */
export interface Job {
  readonly number: number;
  readonly story: StoryName;
  readonly points: readonly KillPoint[];
  readonly trouble: Trouble | null;
  /** The how manieth migration that is told for these points. */
  readonly attempt: number;
}

export function jobName({ story, trouble }: Job): string {
  return trouble?.name ?? story;
}

/**
 * Shares the points out to migrations, none of which stands still for much longer than `mostSeconds`, the longest first. What people say
 * is said once in a migration, so its moments go to migrations of their own.
 */
export function shareOut(points: readonly KillPoint[], mostSeconds: number): readonly Job[] {
  const jobs = STORY_NAMES.flatMap((story) => {
    const own = points.filter((point) => point.story === story);
    const seconds = own.reduce((sum, point) => sum + lostSeconds(point), 0);
    const count = Math.max(Math.ceil(seconds / mostSeconds), mostOfOneSaid(own));
    const shares = Array.from({ length: count }, (): KillPoint[] => []);
    for (const point of own.toSorted((a, b) => lostSeconds(b) - lostSeconds(a)))
      lightest(shares.filter((share) => !sharesWords(share, point))).push(point);
    return shares.map((share, turn) => ({ story, points: share, turn }));
  });
  const weight = ({ story, points: own }: Pick<Job, 'story' | 'points'>): number =>
    STORIES[story].seconds + weightOf(own);
  // One of each story first, so that what is wrong with a story is known early.
  return jobs
    .toSorted((a, b) => Number(a.turn > 0) - Number(b.turn > 0) || weight(b) - weight(a))
    .map(({ story, points: own }, index) => {
      return { number: index + 1, story, points: own, trouble: null, attempt: 1 };
    });
}

function mostOfOneSaid(points: readonly KillPoint[]): number {
  const counts = new Map<Said, number>();
  for (const point of points)
    if (point.kind === 'said') counts.set(point.said, (counts.get(point.said) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

function sharesWords(share: readonly KillPoint[], point: KillPoint): boolean {
  return share.some(
    (other) => other.kind === 'said' && point.kind === 'said' && other.said === point.said,
  );
}

function lightest(shares: readonly KillPoint[][]): KillPoint[] {
  const [first, ...rest] = shares;
  if (first === undefined) throw new Error('there is no migration for this point');
  return rest.reduce((a, b) => (weightOf(b) < weightOf(a) ? b : a), first);
}

function weightOf(points: readonly KillPoint[]): number {
  return points.reduce((sum, point) => sum + lostSeconds(point), 0);
}

/** `count` of the points, drawn without favour; all of them where there are fewer. */
export function drawn(
  points: readonly KillPoint[],
  count: number,
  random: () => number,
): readonly KillPoint[] {
  return points
    .map((point) => ({ point, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ point }) => point);
}
