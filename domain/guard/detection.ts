import { assertNever } from '#domain/assert-never.ts';
import {
  consecutiveOf,
  windowPeriodsOf,
  windowSecondsOf,
  type Guardrail,
} from './guardrail-rules.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/**
 * How long a guardrail may take, at worst, from the first bad response to its verdict: physics, not hope. A source tells of
 * whole periods and late; the guard looks now and then; a rule may want several bad samples. What comes on top is the APIs'
 * own answer time, and what `plus` says. `cutover plan` prints it, and the plan check refuses what it rules out.
 *
 * The bounds: a period in which something breaks is bad only in part, so that the first wholly bad one may end two periods
 * after the first bad response; it is visible `lateness` later, and the next look sees it.
 */
export interface Detection {
  /** The rule in words. */
  readonly rule: string;
  /** At worst, for a limit that every sample is clearly beyond. Seconds. */
  readonly withinSeconds: number;
  /** At worst, for a catastrophe that the rule takes at its first sample; else the same. Seconds. */
  readonly catastropheSeconds: number;
  /** What comes on top and cannot be known from the plan; null: nothing. */
  readonly plus: string | null;
}

type Analysis = MigrationPlan['spec']['analysis'];

/** Between two attempts of one probe, so that a blip of a moment is none. */
export const PROBE_PAUSE_SECONDS = 1;
/** Green's API server is asked no oftener, however often the guard looks: lists of pods are large. */
export const KUBERNETES_EVERY_SECONDS = 15;

/**
 * Between two looks of the guard: the plan's interval, but no longer than the finest source needs for its next period, so
 * that a bad period is seen as soon as it is closed.
 */
export function lookEverySeconds({
  intervalSeconds,
  sources,
}: Pick<Analysis, 'intervalSeconds' | 'sources'>): number {
  const periods = Object.values(sources).map((source) => source.periodSeconds);
  return Math.min(intervalSeconds, ...periods);
}

export function detectionOf(guardrail: Guardrail, analysis: Analysis): Detection {
  const lookSeconds = lookEverySeconds(analysis);
  switch (guardrail.metric) {
    case 'error-rate':
    case 'connection-errors':
    case 'load-balancer-5xx': {
      const { periodSeconds } = physicsOf(guardrail.from, analysis);
      const looks = consecutiveOf(guardrail);
      const periods = windowPeriodsOf(guardrail, periodSeconds);
      const found = looks === 1 ? '' : `, at ${looks} looks in a row (half of all: at once)`;
      return byPeriods(guardrail.from, looks, analysis, {
        rule: `beyond luck in the newest 1, 2, 4 … ${periods} periods${found}`,
      });
    }
    case 'latency-p50':
    case 'latency-p90':
    case 'latency-p99': {
      const samples = consecutiveOf(guardrail);
      const half =
        guardrail.metric === 'latency-p50' ? '' : ' or with half of its requests beyond it';
      return byPeriods(guardrail.from, samples, analysis, {
        rule: `${times(samples, 'slow period')} in a row, or one beyond 5 × the limit${half}`,
      });
    }
    case 'healthy-targets':
      return always(lookSeconds, 'at the first look', 'the target group’s own health checks');
    case 'alarm': {
      const windowSeconds = windowSecondsOf(guardrail);
      const rule = windowSeconds === 0 ? 'in ALARM' : `in ALARM for ${windowSeconds} s`;
      return always(windowSeconds + lookSeconds, rule, 'the alarm’s own evaluation');
    }
    case 'promql': {
      const { periodSeconds, latenessSeconds } = physicsOf(guardrail.from, analysis);
      const moments = consecutiveOf(guardrail);
      const rule = `${times(moments, 'moment')} in a row, ${periodSeconds} s apart`;
      const seconds = moments * periodSeconds + latenessSeconds + lookSeconds;
      return always(seconds, rule, 'what the query looks back over');
    }
    case 'probe': {
      const attempts = consecutiveOf(guardrail);
      const seconds = (attempts - 1) * PROBE_PAUSE_SECONDS + guardrail.timeoutMs / 1000;
      return always(
        lookSeconds + seconds,
        `${times(attempts, 'failure')} in a row, 1 s apart`,
        null,
      );
    }
    case 'kubernetes': {
      const windowSeconds = windowSecondsOf(guardrail);
      const rule = `${times(consecutiveOf(guardrail), 'crash')} of a container, or nodes not ready for ${windowSeconds} s`;
      const seconds = windowSeconds + KUBERNETES_EVERY_SECONDS + lookSeconds;
      return always(seconds, rule, 'Kubernetes’ own time to notice (a lost node: 40 s)');
    }
    default:
      return assertNever(guardrail);
  }
}

/** The rules over periods of a source: bad from now on, seen after so many wholly bad ones. */
function byPeriods(
  from: string,
  periods: number,
  analysis: Analysis,
  { rule }: Pick<Detection, 'rule'>,
): Detection {
  const { periodSeconds, latenessSeconds } = physicsOf(from, analysis);
  const seenAfter = (bad: number): number =>
    (bad + 1) * periodSeconds + latenessSeconds + lookEverySeconds(analysis);
  return { rule, withinSeconds: seenAfter(periods), catastropheSeconds: seenAfter(1), plus: null };
}

function always(seconds: number, rule: string, plus: string | null): Detection {
  return { rule, withinSeconds: seconds, catastropheSeconds: seconds, plus };
}

/** The plan's check guarantees that the source exists; without one nothing is ever seen. */
function physicsOf(
  from: string,
  { sources }: Analysis,
): Pick<Analysis['sources'][string], 'periodSeconds' | 'latenessSeconds'> {
  return sources[from] ?? { periodSeconds: Infinity, latenessSeconds: 0 };
}

function times(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : what.endsWith('sh') ? 'es' : 's'}`;
}
