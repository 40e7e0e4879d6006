/**
 * A sample of the kill matrix, which whole is `npm run chaos`: the quickest deaths of the quickest stories, so that it ends in minutes on
 * a busy machine. Nothing here is measured in time.
 */
import { allKillPoints, drawn, lostSeconds, nameOf, shareOut } from '#chaos/kill-points.ts';
import { figuresOf } from '#chaos/figures.ts';
import { runMatrix } from '#chaos/kill-matrix.ts';
import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';

const POINTS = 20;
const QUICK_STORIES: readonly string[] = ['rejected', 'rollback asked in smoke tests'];
const QUICK_SECONDS = 20;
/** Two migrations for each story. */
const MOST_SECONDS = 80;
/** A bound for what hangs. */
const TIMEOUT_MS = 15 * 60_000;

it(
  'workers die at twenty points, and nothing is lost, done twice, or left behind',
  async () => {
    const quick = allKillPoints().filter(
      (point) =>
        QUICK_STORIES.includes(point.story) &&
        lostSeconds(point) <= QUICK_SECONDS &&
        (point.kind === 'work' || point.moment === 'while it is sent'),
    );
    const points = drawn(quick, POINTS, seededRandom(1, 'sample'));
    const told: string[] = [];

    const endings = await runMatrix({
      jobs: shareOut(points, MOST_SECONDS),
      lanes: 4,
      seed: 1,
      say: (text) => told.push(text),
    });

    const wrongs = told.filter((text) => text.includes('WRONG'));
    expect(wrongs).toEqual([]);
    expect(endings.flatMap(({ deaths }) => deaths.map(nameOf)).toSorted()).toEqual(
      points.map(nameOf).toSorted(),
    );
    expect(figuresOf(endings)).toMatchObject({
      killPoints: POINTS,
      legalOutcomes: 100,
      duplicateEffects: 0,
      lostDecisions: 0,
      failedRequests: 0,
    });
  },
  TIMEOUT_MS,
);
