/** One case's plan: the default plan on names of its own, stopping in the state that the case wants. */
import { fileURLToPath } from 'node:url';
import { formatProblems, readPlanFile } from '#clients/plan-file.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Case } from './cases.ts';
import { FEWEST_REQUESTS, MOST_P99_MS, PARTS, type Part } from './setting.ts';
import type { RoutePlace } from './rule-writes.ts';
import type { Place } from './furnish.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));
/** Longer than any case lasts. */
const FOR_GOOD_SECONDS = 3_600;

export async function casePlan(
  part: Part,
  { state }: Pick<Case, 'state'>,
  place: Pick<Place, 'number' | 'blue' | 'green'> & { readonly routes: readonly RoutePlace[] },
): Promise<MigrationPlan> {
  const read = await readPlanFile(EXAMPLE);
  if (read.kind === 'invalid') throw new Error(formatProblems(read.problems));
  const { plan } = read;
  const { spec } = plan;
  const { intervalSeconds, missingDataSeconds } = PARTS[part];
  const [group] = spec.traffic.groups;
  const [route] = group?.routes ?? [];
  const app = spec.analysis.sources['app'];
  if (group === undefined || route?.with !== 'alb' || app?.with !== 'cloudwatch')
    throw new Error('the default plan has another shape than this bench knows');
  const source = part === 'alb' ? 'alb' : 'app';
  const isBake = state.at === 'bake' || state.at === 'paused' || state.at === 'halted';
  return {
    ...plan,
    metadata: { name: `bench-${place.number}` },
    spec: {
      ...spec,
      blue: { ...spec.blue, cluster: place.blue },
      green: { ...spec.green, cluster: place.green },
      traffic: {
        promise: { ...spec.traffic.promise, rollbackWithinSeconds: 600 },
        groups: [
          {
            ...group,
            steps: state.percent === 100 ? [100] : [state.percent, 100],
            bakeSeconds: isBake ? FOR_GOOD_SECONDS : intervalSeconds,
            bakeAtMostSeconds: FOR_GOOD_SECONDS,
            routes: place.routes.map(
              ({ ruleArn, blueTargetGroupArn, greenTargetGroupArn }, index) => ({
                ...route,
                id: index === 0 ? route.id : `${route.id}-${index + 1}`,
                ruleArn,
                blueTargetGroupArn,
                greenTargetGroupArn,
              }),
            ),
          },
        ],
      },
      analysis: {
        ...spec.analysis,
        intervalSeconds,
        missingDataSeconds,
        truth: source,
        sources:
          part !== 'alb'
            ? { app }
            : { alb: { with: 'cloudwatch-alb', periodSeconds: 60, latenessSeconds: 180 } },
        guardrails: [
          { metric: 'error-rate', from: source, max: 1, minRequests: FEWEST_REQUESTS },
          {
            metric: 'latency-p99',
            from: source,
            max: MOST_P99_MS[part],
            minRequests: FEWEST_REQUESTS,
          },
          { metric: 'healthy-targets', from: source, min: 2, minRequests: 0 },
        ],
        compare: [],
      },
      soak: {
        ...spec.soak,
        forSeconds: state.at === 'soak' ? FOR_GOOD_SECONDS : intervalSeconds,
      },
      gates: { ...spec.gates },
      notify: [{ with: 'log' }],
    },
  };
}
