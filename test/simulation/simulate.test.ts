/**
 * The simulator as CI runs it: a sample of seeds, the tour through every way to die, and the planted defects. The whole is
 * `npm run simulate -- --runs 10000`.
 */
import { DEFECTS, plant } from '#simulation/defects.ts';
import { simulate } from './run-simulate.ts';

/** Each is found within this many runs; the first that finds it ends the simulation. */
const FOUND_WITHIN = '2000';
const TIMEOUT_MS = 600_000;

describe('simulated migrations', () => {
  it(
    'violate nothing, whatever goes wrong',
    async () => {
      const { exitCode, summary, stderr } = await simulate('--runs', '100');

      expect(stderr).not.toContain('VIOLATED');
      expect(summary).toMatchObject({ runs: 100, violations: 0 });
      expect(exitCode).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'die in every activity, before its effect, after it and before its answer: a new activity that no story reaches fails here',
    async () => {
      const { summary, stderr } = await simulate('--tour', '--runs', '24');

      expect(stderr).not.toContain('VIOLATED');
      expect(summary).toMatchObject({ violations: 0, uncovered: [] });
    },
    TIMEOUT_MS,
  );

  it(
    'are told the same when they are told again',
    async () => {
      const [once, again, other] = await Promise.all(
        ['12', '12', '13'].map(async (seed) => simulate('--only', seed)),
      );

      expect(once?.summary['hash']).toMatch(/^[0-9a-f]{64}$/u);
      expect(again?.summary['hash']).toBe(once?.summary['hash']);
      expect(other?.summary['hash']).not.toBe(once?.summary['hash']);
    },
    TIMEOUT_MS,
  );

  it(
    'violated an invariant once with these, and do not any more',
    async () => {
      // Green was deleted while a route, written by somebody else, led to it; blue's node groups likewise after commit.
      // 6557: a bake in two parts, with a halt between, was taken for one that was too short.
      // 5423: a route that somebody brought back between two attempts was reported as read.
      // 5677: a worker that died again while a bake waited for its guard's word: the wait was over when it came back, unheard.
      // 20331: a bake was counted that nobody had watched: its timer was heard just before the word of the guard that came back.
      // 584: a guard died after the last proof, the glass was broken, and the run committed with users on blue.
      for (const seed of ['45', '584', '3293', '5423', '5677', '6557', '20331']) {
        const { summary } = await simulate('--only', seed);

        expect(summary).toMatchObject({ violations: 0 });
      }
    },
    TIMEOUT_MS,
  );
});

const FOUND = [
  { defect: 'intention-after-effect', invariant: /^I9 /u, from: '1' },
  { defect: 'no-read-back', invariant: /^I2 a weight that is reported was read back/u, from: '1' },
  // Where a seed far from 1 finds it (167, 179, 171, 584, 123) the minute before is saved.
  { defect: 'late-write-lands', invariant: /^I6 a write that comes late/u, from: '160' },
  { defect: 'no-retire-check', invariant: /^I5 /u, from: '1' },
  { defect: 'hand-over-not-recorded', invariant: /^I9 /u, from: '1' },
  { defect: 'unwatched-bake', invariant: /^I4 time that nobody watched/u, from: '175' },
  { defect: 'unsettled-time', invariant: /^I4 time that nobody watched/u, from: '165' },
  { defect: 'unheard-guard', invariant: /^I1 whoever brought users back/u, from: '570' },
  { defect: 'told-by-chance', invariant: /^I12 /u, from: '1' },
  { defect: 'stale-clock', invariant: /^I12 /u, from: '1' },
  { defect: 'unanswered-task', invariant: /^I12 /u, from: '115' },
  {
    defect: 'default-cancellation',
    invariant: /^I6 weights are not written while another write/u,
    from: '1',
  },
] as const;

describe('a planted defect is found:', () => {
  it.each(FOUND)(
    '$defect',
    async ({ defect, invariant, from }) => {
      const { exitCode, summary, stderr } = await simulate(
        '--runs',
        FOUND_WITHIN,
        '--seed',
        from,
        '--defect',
        defect,
      );

      expect(Reflect.get(Object(summary['violated']), 'invariant')).toMatch(invariant);
      expect(stderr).toContain('tell it again: npm run simulate -- --only ');
      expect(exitCode).toBe(1);
    },
    TIMEOUT_MS,
  );

  it('and one that no longer fits the code is an error, not a pass', () => {
    const [defect] = Object.values(DEFECTS);

    expect(() => plant('code that has moved', defect ?? { what: 'none' })).toThrow(
      'fits 0 times in the workflow bundle',
    );
  });
});

it.each([
  [['--defect', 'nothing'], 'there is no defect "nothing"; allowed: intention-after-effect'],
  [['--runs', '0'], '--runs, --seed, --only and --processes are whole numbers from 1'],
  [['--sneed', '1'], "Unknown option '--sneed'"],
])('%j is refused with a sentence', async (args, sentence) => {
  const { exitCode, stderr } = await simulate(...args);

  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain('    at ');
  expect(exitCode).toBe(64);
});
