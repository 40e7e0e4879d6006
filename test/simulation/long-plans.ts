import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { PRODUCTION_TIMINGS } from '#activities/timings.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';

/** Plans of days and weeks, as production has them: metrics by the minute, bakes of an hour, gates that wait. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** As production's, but for slices of waits: within every heartbeat timeout, and half a million events fewer. */
export const LONG_TIMINGS = { ...PRODUCTION_TIMINGS, heartbeatMs: 6_000 };

/** AWS takes ten minutes for a control plane, and the engine has looked this often by then; for everything that is created or deleted. */
export const LOOKS_OF_TEN_MINUTES = 27;

interface Length {
  readonly steps?: readonly number[];
  readonly soakDays: number;
  /** Between two looks of the guard, and of its sources. @default 60 */
  readonly everySeconds?: number;
}

export function longPlan({
  steps = [1, 5, 25, 50, 100],
  soakDays,
  everySeconds = 60,
}: Length): MigrationPlan {
  const { spec } = fakePlan();
  return fakePlan({
    traffic: {
      promise: { rollbackWithinSeconds: 600, shedWithinSeconds: 600 },
      groups: spec.traffic.groups.map((group) => ({
        ...group,
        steps: [...steps],
        bakeSeconds: 3_600,
        bakeAtMostSeconds: 6 * 3_600,
      })),
    },
    workloads: { ...spec.workloads, availableWithinSeconds: 3_600 },
    analysis: {
      ...spec.analysis,
      intervalSeconds: everySeconds,
      sources: {
        app: {
          with: 'cloudwatch',
          namespace: 'Shop',
          dimension: 'Cluster',
          metrics: { requests: 'Requests', errors: 'Errors', latency: 'Latency' },
          periodSeconds: everySeconds,
          latenessSeconds: 30,
        },
      },
      missingDataSeconds: 10 * everySeconds,
      compare: [
        {
          metric: 'error-rate',
          from: 'app',
          direction: 'increase',
          tolerance: 0.25,
          critical: true,
        },
      ],
    },
    gates: {
      shift: { ...spec.gates.shift, expiresSeconds: (30 * DAY_MS) / 1000 },
      retire: { ...spec.gates.retire, expiresSeconds: (30 * DAY_MS) / 1000 },
    },
    soak: { forSeconds: (soakDays * DAY_MS) / 1000, keepBluePercent: 0 },
    drain: { quietSeconds: 600 },
  });
}
