/** The scale bench's arithmetic: what counts as kept, and what does not. */
import { brokenLimits, figuresOf, type Seen } from '../../bench/scale/figures.ts';
import { fateOf, MUTATION_LIMIT } from '../../bench/scale/setting.ts';

const seen = (change: Partial<Seen> = {}): Seen => ({
  migrations: 4,
  outcomes: ['completed', 'completed', 'completed', 'rolled-back'],
  reactionSeconds: [0.4],
  historyEvents: [200, 210, 220, 300],
  durationSeconds: 120,
  mostOpen: 4,
  peakRssMb: 500,
  workerCpuSeconds: 60,
  mutations: 240,
  throttled: 3,
  calls: { eks: 41, kubernetes: 80 },
  ...change,
});

describe('the figures of many migrations', () => {
  it('count those that came through and those that were brought back apart', () => {
    expect(figuresOf(seen())).toMatchObject({
      completed: 3,
      rolledBack: 1,
      others: {},
      migrationsPerMinute: 2,
      workerCores: 0.5,
      callsPerMigration: { eks: 10, kubernetes: 20 },
      vsEmulatorLimit: 240 / (120 * MUTATION_LIMIT.ratePerSecond),
    });
    expect(brokenLimits(figuresOf(seen()))).toEqual([]);
  });

  it.each([
    ['one that is still open', { outcomes: ['completed', null] }, '1 still open'],
    ['one that was never started', { outcomes: ['completed'] }, '3 never started'],
    ['a broken green that nobody noticed', { reactionSeconds: [0.4, null] }, '1 broken greens'],
    ['weights that come too late', { reactionSeconds: [0.1, 7] }, 'p99 7 s'],
    ['a worker that holds too much', { peakRssMb: 2_000 }, '2000 MB'],
  ])('do not let %s pass', (_, change, what) => {
    expect(brokenLimits(figuresOf(seen(change))).join()).toContain(what);
  });
});

describe('the fates of migrations', () => {
  it('let one of ten break on its way and one when all are together', () => {
    const fates = Array.from({ length: 10 }, (_, number) => fateOf(number));

    expect(fates.filter((fate) => fate === 'well')).toHaveLength(8);
    expect(fates.filter((fate) => fate === 'breaks on its way')).toHaveLength(1);
    expect(fates.filter((fate) => fate === 'breaks at the end')).toHaveLength(1);
  });
});
