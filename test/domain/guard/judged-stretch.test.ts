import { judgedComparisons, recordedBlue } from '#domain/guard/judged-stretch.ts';
import type { StepRecord } from '#domain/migration/migration-state.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';

const step = (percent: number, change: Partial<StepRecord> = {}): StepRecord => ({
  group: 'storefront',
  percent,
  startedAt: '2026-11-25T12:00:00.000Z',
  bakedSeconds: 60,
  observedPercent: percent,
  requests: 1000,
  heldSince: `2026-11-25T12:${String(percent % 60).padStart(2, '0')}:00.000Z`,
  doneAt: '2026-11-25T13:00:00.000Z',
  ...change,
});

describe("blue's recorded points", () => {
  it('are those of the last step at which blue had a quarter of the users', () => {
    expect(recordedBlue({ steps: [step(25), step(50), step(90), step(100)] })?.from).toBe(
      step(50).heldSince,
    );
  });

  it('are of no step that is not done, or whose beginning is not known', () => {
    expect(recordedBlue({ steps: [step(50, { doneAt: null })] })).toBeNull();
    const { heldSince: _, ...old } = step(50);
    expect(recordedBlue({ steps: [old] })).toBeNull();
  });

  it('do not exist where green went to everything at once', () => {
    expect(recordedBlue({ steps: [step(100)] })).toBeNull();
  });
});

describe('what a bake lets the judge compare', () => {
  const { analysis } = fakePlan().spec;
  const compare = [
    { metric: 'error-rate', from: 'app', direction: 'increase', critical: false, tolerance: 0.25 },
    { metric: 'error-rate', from: 'alb', direction: 'increase', critical: false, tolerance: 0.25 },
  ] as const;
  const sources = {
    ...analysis.sources,
    alb: { with: 'cloudwatch-alb', periodSeconds: 60, latenessSeconds: 180 },
  } as const;

  it.each([
    [0.3, []],
    [0.4, ['app']],
    [479, ['app']],
    [480, ['app', 'alb']],
  ])('in %d s is what %j closes enough periods of', (seconds, names) => {
    const judged = judgedComparisons({ ...analysis, compare, sources }, seconds);
    expect(judged.map(({ from }) => from)).toEqual(names);
  });
});
