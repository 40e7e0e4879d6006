/** The plan of a story: the default plan on the names that every world of this suite has, with times of a story's own. */
import { fileURLToPath } from 'node:url';
import { formatProblems, readPlanFile } from '#clients/plan-file.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Story } from './stories.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/1-default.yaml', import.meta.url));
/** Longer than any death holds a step up. */
const PATIENT_SECONDS = 3_600;
/** What a worker that dies in a rehearsal costs is no broken promise of the plan's. */
const PROMISE_SECONDS = 600;
/** Two cores bear many worlds: a slow answer is no bad one here. */
const MOST_P99_MS = 10_000;
const INTERVAL_SECONDS = 5;
/** Light clusters' Jobs succeed by themselves; longer than any death holds them up. */
const PROBES: NonNullable<MigrationPlan['spec']['addons']['probes']> = {
  image: 'sandbox/node:24',
  namespace: 'cutover-probes',
  forSeconds: 600,
};
/** Several deaths in a row, on a machine that starves every new worker: nobody watches for minutes, and that is no missing data. */
const MISSING_DATA_SECONDS = 300;

export async function storyPlan(name: string, { plan: own }: Story): Promise<MigrationPlan> {
  const read = await readPlanFile(EXAMPLE);
  if (read.kind === 'invalid') throw new Error(formatProblems(read.problems));
  const { plan } = read;
  const { spec } = plan;
  const [group] = spec.traffic.groups;
  const { app } = spec.analysis.sources;
  if (group === undefined || app === undefined)
    throw new Error('the default plan has another shape than this suite knows');
  return {
    ...plan,
    metadata: { name },
    spec: {
      ...spec,
      addons: { ...spec.addons, probes: PROBES },
      traffic: {
        promise: { rollbackWithinSeconds: PROMISE_SECONDS, shedWithinSeconds: PROMISE_SECONDS },
        groups: [
          {
            ...group,
            steps: [...own.steps],
            bakeSeconds: own.bakeSeconds,
            bakeAtMostSeconds: PATIENT_SECONDS,
          },
        ],
      },
      analysis: {
        ...spec.analysis,
        intervalSeconds: INTERVAL_SECONDS,
        missingDataSeconds: MISSING_DATA_SECONDS,
        truth: 'app',
        sources: { app },
        guardrails: [
          { metric: 'error-rate', from: 'app', max: 1, minRequests: 10 },
          { metric: 'latency-p99', from: 'app', max: MOST_P99_MS, minRequests: 10 },
          { metric: 'healthy-targets', from: 'app', min: 2, minRequests: 0 },
        ],
        compare: own.judged ? spec.analysis.compare.filter(isOfErrors) : [],
      },
      soak: { ...spec.soak, forSeconds: own.soakSeconds },
      rollback: { ...spec.rollback, green: own.green },
    },
  };
}

function isOfErrors({ metric }: MigrationPlan['spec']['analysis']['compare'][number]): boolean {
  return metric === 'error-rate';
}
