import { truthSourceFor } from '#domain/traffic/truth-source.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';

const { analysis } = fakePlan().spec;
const ALB = { with: 'cloudwatch-alb', periodSeconds: 60, latenessSeconds: 180 } as const;

describe('the source that proves a share', () => {
  it("is the plan's truth where all routes move together", () => {
    expect(truthSourceFor(analysis, 'all routes together')).toBe(analysis.sources['app']);
  });

  it('is one that counts per target group where some move alone', () => {
    const both = { ...analysis, sources: { ...analysis.sources, alb: ALB } };
    expect(truthSourceFor(both, 'some routes alone')).toBe(ALB);
    expect(truthSourceFor({ sources: { alb: ALB }, truth: 'alb' }, 'some routes alone')).toBe(ALB);
  });

  it('is none where every source counts all routes together', () => {
    expect(truthSourceFor(analysis, 'some routes alone')).toBeNull();
  });
});
