/** The judge at the end of a step and of the soak: what it says is done, and what it cannot say is left to people (I4). */
import { askAgain } from '#clients/temporal/ask-again.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

const [APP] = Object.values(fakePlan().spec.analysis.sources);
if (APP?.with !== 'cloudwatch') throw new Error('the fake plan has another source');
const LATE = { ...APP, latenessSeconds: 30 };

type Compare = MigrationPlan['spec']['analysis']['compare'];

const LATENCY: Compare = [
  { metric: 'latency-p99', from: 'app', direction: 'increase', critical: true, tolerance: 0.25 },
];

/** Bakes of twelve periods unless told otherwise: enough for the judge. */
function judging(compare: Compare, bakeSeconds = 0.6, bakeAtMostSeconds = 60): MigrationPlan {
  const { traffic, analysis, soak } = fakePlan().spec;
  const groups = traffic.groups.map((group) => ({
    ...group,
    steps: [50, 100],
    bakeSeconds,
    bakeAtMostSeconds,
  }));
  return fakePlan({
    traffic: { ...traffic, groups },
    analysis: {
      ...analysis,
      sources: { ...analysis.sources, late: LATE },
      missingDataSeconds: 600,
      compare,
    },
    soak: { ...soak, forSeconds: 0.6 },
  });
}

const judgements = ({ called }: TestMigration): number =>
  called.filter((name) => name === 'judgeStep').length;

describe('a green as good as blue', () => {
  it.concurrent(
    'passes every step and the soak; at 100 % it is held against blue as it was',
    async () => {
      const migration = await harness.start({ plan: judging(LATENCY) });

      await approveGates(migration);
      const { steps } = await migration.status();

      expect((await migration.handle.result()).outcome).toBe('completed');
      expect(steps.map(({ judged }) => judged?.verdict)).toEqual(['pass', 'pass']);
      expect(judgements(migration)).toBeGreaterThanOrEqual(3);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'is guarded, not judged, where a bake holds too few periods, and the step says so',
    async () => {
      const migration = await harness.start({ plan: judging(LATENCY, 0.1) });

      await approveGates(migration);
      const { steps } = await migration.status();

      expect(steps.map(({ judged }) => judged?.verdict)).toEqual(['guarded', 'guarded']);
      expect(steps[0]?.judged?.reason).toContain('too few');
    },
    TIMEOUT_MS,
  );
});

describe('a green that is worse than blue within every guardrail', () => {
  it.concurrent(
    'is rolled back at the end of the step, by the judge, with the figures',
    async () => {
      const migration = await harness.start({
        plan: judging(LATENCY),
        prepare: (world) => world.traffic.greenP99Ms.set(0, 160),
      });
      await reachGate(migration, 'shift');
      await migration.send('approve');

      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expect(result.reason).toMatch(/green at 50 %: latency-p99 from app/u);
      expect(await askAgain(() => migration.handle.query('history'))).toEqual(
        expect.arrayContaining([expect.objectContaining({ verb: 'judge', by: 'judge' })]),
      );
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'only once blue has no users any more is caught at 100 %, against its recorded points',
    async () => {
      const migration = await harness.start({ plan: judging(LATENCY) });
      const first = migration.hold('judgeStep');
      await reachGate(migration, 'shift');
      await migration.send('approve');
      await first.reached;
      const second = migration.hold('judgeStep');
      first.release();
      await migration.until('green at 100 %', ({ steps }) => steps[1]?.heldSince !== undefined);
      migration.world.traffic.greenP99Ms.set(0, 160);
      await second.reached;
      second.release();

      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expect(result.reason).toContain("green at 100 %, against blue's recorded points");
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

describe('too little to judge', () => {
  it.concurrent(
    'extends the bake as long as the plan lets it, then asks people; resume is their word for the step',
    async () => {
      // Its figures come so late that no bake of this plan sees one.
      const plan = judging(
        LATENCY.map((one) => ({ ...one, from: 'late' })),
        0.6,
        1.5,
      );
      const migration = await harness.start({ plan });
      await reachGate(migration, 'shift');
      await migration.send('approve');
      const { halted } = await migration.until('the halt', (status) => status.halted !== null);
      const asked = judgements(migration);

      await migration.send('resume');
      await migration.until('the next step', ({ steps }) => steps[1] !== undefined);
      const { steps } = await migration.status();
      await migration.send('abort', { reason: 'seen enough' });
      await migration.handle.result();

      expect(halted).toContain('too little data at 50 %');
      expect(asked).toBeGreaterThan(1);
      expect(steps[0]?.judged).toMatchObject({ verdict: 'people' });
    },
    TIMEOUT_MS,
  );
});
