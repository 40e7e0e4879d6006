/** The plan that both sides carry out: the default plan with its clocks shortened. */
import { fileURLToPath } from 'node:url';
import { formatProblems, readPlanFile } from '#clients/plan-file.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));

/** Seconds. Bakes cannot be shorter than the guard's interval (a rule of the plan's check). */
const CLOCKS = { bakeSeconds: 5, soakSeconds: 5, quietSeconds: 5 } as const;

/** Said with the figures. */
export const PLAN_TOLD = `examples/1-default.yaml with bake ${CLOCKS.bakeSeconds} s, soak ${CLOCKS.soakSeconds} s, drain quiet ${CLOCKS.quietSeconds} s, gates approved at once`;

/** Changes no number of calls, only how long is waited between them. */
export async function benchPlan(): Promise<MigrationPlan> {
  const read = await readPlanFile(EXAMPLE);
  if (read.kind === 'invalid') throw new Error(formatProblems(read.problems));
  const { spec } = read.plan;
  const { bakeSeconds, soakSeconds, quietSeconds } = CLOCKS;
  return {
    ...read.plan,
    spec: {
      ...spec,
      traffic: {
        ...spec.traffic,
        groups: spec.traffic.groups.map((group) => ({ ...group, bakeSeconds })),
      },
      soak: { ...spec.soak, forSeconds: soakSeconds },
      drain: { ...spec.drain, quietSeconds },
    },
  };
}
