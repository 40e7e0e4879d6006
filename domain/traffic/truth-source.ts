import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/**
 * Which source can tell whether users follow the weights of some routes. A source that counts per cluster sees all
 * routes at once; where groups move apart, only one that counts per target group can tell them apart.
 */
type Analysis = MigrationPlan['spec']['analysis'];
type MetricSource = Analysis['sources'][string];

/** The plan's truth where it can tell; else the first that can; null when none can. */
export function truthSourceFor(
  analysis: Pick<Analysis, 'sources' | 'truth'>,
  moves: 'all routes together' | 'some routes alone',
): MetricSource | null {
  const truth = analysis.sources[analysis.truth];
  if (truth === undefined) return null;
  if (moves === 'all routes together' || countsPerTargetGroup(truth)) return truth;
  return Object.values(analysis.sources).find(countsPerTargetGroup) ?? null;
}

function countsPerTargetGroup(source: MetricSource): boolean {
  return source.with === 'cloudwatch-alb';
}
