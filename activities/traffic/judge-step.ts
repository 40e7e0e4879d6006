import { judgeStep as judge, type StepEvidence } from '#domain/judge/judge-step.ts';
import { windowSince, type MetricWindow } from '#domain/guard/metric-window.ts';
import { routesOf } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { JudgeInput, MigrationActivities } from '#activities/contract.ts';
import type { MetricSource } from '#activities/ports/traffic-metrics.ts';
import { readTraffic } from './read-traffic.ts';
import type { Tools } from '#activities/tools.ts';

/** The judge's evidence, read from the plan's sources; what it means is decided in `domain/judge/`. */
export function judgeStep(tools: Tools): Pick<MigrationActivities, 'judgeStep'> {
  return {
    judgeStep: async (input) => {
      const run = thisRun(tools);
      const { compare, sources } = input.spec.analysis;
      const names = [...new Set(compare.map(({ from }) => from))];
      const read = await Promise.all(
        names.map(async (name) => {
          const source = sources[name];
          const points =
            source === undefined
              ? { blue: [], green: [] }
              : await readBoth(tools, input, source, run);
          return [name, points] as const;
        }),
      );
      const control = input.recorded === null ? 'live' : 'recorded';
      return judge(compare, { control, sources: Object.fromEntries(read) });
    },
  };
}

type Points = StepEvidence['sources'][string];

async function readBoth(
  tools: Tools,
  input: JudgeInput,
  source: MetricSource,
  run: ActivityRun,
): Promise<Points> {
  const { clock } = tools.ports;
  // The first periods are still of the weights before, on some node of some load balancer.
  const settleMs = tools.timings.settleSeconds * 1000;
  const stretch = (from: string, untilMs: number): MetricWindow | null =>
    windowSince(source, Date.parse(from) + settleMs, untilMs);
  const read = async (window: MetricWindow | null): Promise<Points> =>
    window === null
      ? { blue: [], green: [] }
      : readTraffic(
          tools,
          input.spec,
          source,
          routesOf(input.resolved, input.routeIds),
          window,
          run.signal,
        );
  const now = await read(stretch(input.since, clock.nowMs()));
  const { recorded } = input;
  if (recorded === null) return now;
  const then = await read(
    stretch(recorded.from, Date.parse(recorded.until) + source.latenessSeconds * 1000),
  );
  return { blue: then.blue, green: now.green };
}
