/** One migration's plan: the default plan on names of its own, with two steps and short times. */
import { fileURLToPath } from 'node:url';
import { formatProblems, readPlanFile } from '#clients/plan-file.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Place } from './furnish.ts';
import {
  BAKE_SECONDS,
  INTERVAL_SECONDS,
  LATENESS_SECONDS,
  SOAK_SECONDS,
  STEPS,
} from './setting.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));

/** A plan for each place, from one reading of the example. */
export async function planner(): Promise<(place: Place) => MigrationPlan> {
  const read = await readPlanFile(EXAMPLE);
  if (read.kind === 'invalid') throw new Error(formatProblems(read.problems));
  const { plan } = read;
  const { spec } = plan;
  const [group] = spec.traffic.groups;
  const [route] = group?.routes ?? [];
  const { app } = spec.analysis.sources;
  if (group === undefined || route?.with !== 'alb' || app?.with !== 'cloudwatch')
    throw new Error('the default plan has another shape than this bench knows');
  const rare = { periodSeconds: INTERVAL_SECONDS, latenessSeconds: LATENESS_SECONDS };
  return ({ number, blue, green, ruleArn, blueTargetGroupArn, greenTargetGroupArn }) => ({
    ...plan,
    metadata: { name: `scale-${number}` },
    spec: {
      ...spec,
      blue: { ...spec.blue, cluster: blue },
      green: { ...spec.green, cluster: green },
      traffic: {
        // The rehearsal measures it in whole periods of the source.
        promise: { ...spec.traffic.promise, rollbackWithinSeconds: 600 },
        groups: [
          {
            ...group,
            steps: [...STEPS],
            bakeSeconds: BAKE_SECONDS,
            bakeAtMostSeconds: 3_600,
            routes: [{ ...route, ruleArn, blueTargetGroupArn, greenTargetGroupArn }],
          },
        ],
      },
      analysis: {
        ...spec.analysis,
        intervalSeconds: INTERVAL_SECONDS,
        missingDataSeconds: 240,
        truth: 'app',
        sources: { app: { ...app, ...rare } },
        guardrails: [
          { metric: 'error-rate', from: 'app', max: 1, minRequests: 10 },
          { metric: 'latency-p99', from: 'app', max: 2_000, minRequests: 10 },
          { metric: 'healthy-targets', from: 'app', min: 2, minRequests: 0 },
        ],
        compare: [],
      },
      soak: { ...spec.soak, forSeconds: SOAK_SECONDS },
      drain: { ...spec.drain, quietSeconds: INTERVAL_SECONDS },
      notify: [{ with: 'log' }],
    },
  });
}
