/**
 * Guardrails as people write them: what is limited, where it is read, and by which rule.
 *
 * Invariants: thresholds are numbers in the metric's own unit (`error-rate` percent 0–100, latencies milliseconds,
 * `healthy-targets` a count, `promql` whatever the query answers); a rule that is not written stays unwritten, because its
 * default belongs to the judgement (`domain/guard/guardrail-rules.ts`). Called by `analysis.ts`.
 */
import { z } from 'zod';
import { assertNever } from '#domain/assert-never.ts';
import { FEWEST_REQUESTS_PER_PERIOD } from '#domain/judge/sample-floors.ts';
import {
  count,
  label,
  milliseconds,
  promql,
  seconds,
  signedPercent,
  text,
  webUrl,
} from './fields.ts';

/**
 * Requests below which a metric says nothing. Percentiles: three requests beyond the percentile, 3 / (1 − q), in each
 * period. Shares: over the periods looked at; few, because the guard keeps luck out by a test of its own.
 */
const FEWEST_REQUESTS = {
  ...FEWEST_REQUESTS_PER_PERIOD,
  'error-rate': 10,
  'connection-errors': 10,
  'load-balancer-5xx': 10,
  'healthy-targets': 0,
} as const;

export const sourceNameField = label('a source name');

export const sourceReference = sourceNameField
  .exactOptional()
  .describe(
    'Name of the source. Default: `truth`; for what the load balancer counts the first cloudwatch-alb source; for promql the first prometheus source.',
  );

const minRequests = count(0, 1_000_000)
  .exactOptional()
  .describe(
    'Fewest requests for the metric to count: shares over the periods looked at (default 10), latencies per period (p50 10, p90 30, p99 300).',
  );

/** Longer than any rule that still protects users. */
const MOST_CONSECUTIVE = 10;

function consecutive(what: string, byDefault: number) {
  return count(1, MOST_CONSECUTIVE)
    .exactOptional()
    .describe(`${what} in a row that make a breach. Default: ${byDefault}.`);
}

const lookBack = seconds('1s', '1h')
  .exactOptional()
  .describe('How far back the rule looks. Default: 24 periods of the source.');

/** Name of 1 to 255 printable characters, or the ARN that holds it (CloudWatch, PutMetricAlarm `AlarmName`). */
export const alarmField = text(
  /^(?:arn:aws(?:-[a-z]{1,10}){0,2}:cloudwatch:[a-z]{2}(?:-[a-z]{1,12}){1,2}-\d{1,2}:\d{12}:alarm:)?[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/,
  350,
  'the name or ARN of a CloudWatch alarm (arn:…:alarm:NAME)',
);

const limit = z.number({ error: 'a number, in what the query answers' }).exactOptional();

export const guardrail = z.discriminatedUnion('metric', [
  z.strictObject({
    metric: z.literal('error-rate').describe('Share of green’s requests that failed.'),
    from: sourceReference,
    max: signedPercent().describe('Highest share allowed, such as 1%.'),
    minRequests,
    consecutive: consecutive('Looks that find too many', 1),
    window: lookBack,
  }),
  z.strictObject({
    metric: z
      .literal('connection-errors')
      .describe('Share of green’s requests whose connection to a target failed.'),
    from: sourceReference,
    max: signedPercent().describe('Highest share allowed, such as 0.1%.'),
    minRequests,
    consecutive: consecutive('Looks that find too many', 1),
    window: lookBack,
  }),
  z.strictObject({
    metric: z
      .literal('load-balancer-5xx')
      .describe(
        'Share of a load balancer’s requests that it answered 5xx itself; no colour can be blamed, so blue’s share at preflight is the measure.',
      ),
    from: sourceReference,
    max: signedPercent().describe(
      'How much above blue’s share at preflight is allowed, such as 0.5%.',
    ),
    minRequests,
    consecutive: consecutive('Looks that find too many', 1),
    window: lookBack,
  }),
  z.strictObject({
    metric: z
      .enum(['latency-p50', 'latency-p90', 'latency-p99'])
      .describe('Percentile of green’s latency.'),
    from: sourceReference,
    max: milliseconds('1ms', '10m').describe('Highest latency allowed, such as 500ms.'),
    minRequests,
    consecutive: consecutive(
      'Slow periods (one is enough beyond five times the limit, or where half of its requests are beyond that of a p90 or p99)',
      2,
    ),
    window: lookBack,
  }),
  z.strictObject({
    metric: z
      .literal('healthy-targets')
      .describe('Targets of green that pass the load balancer’s health checks.'),
    from: sourceReference,
    min: count(1, 1_000).describe('Fewest healthy targets allowed.'),
    minRequests,
  }),
  z.strictObject({
    metric: z.literal('alarm').describe('A CloudWatch alarm of any kind.'),
    alarm: alarmField.describe('Its name, or its ARN where it is in another region.'),
    window: seconds('0s', '1h')
      .exactOptional()
      .describe('How long it must have been in ALARM. Default: 0s, it has rules of its own.'),
  }),
  z.strictObject({
    metric: z.literal('promql').describe('Any PromQL query, as of one moment.'),
    from: sourceReference,
    query: promql().describe(
      'The query; `{{cluster}}` and `{{green}}` are green, `{{blue}}` is blue. Of several series the worst counts.',
    ),
    max: limit.describe('Highest value allowed.'),
    min: limit.describe('Lowest value allowed.'),
    consecutive: consecutive('Moments beyond the limit, one period of the source apart,', 2),
  }),
  z.strictObject({
    metric: z.literal('probe').describe('A GET that the guard itself makes at every look.'),
    url: webUrl().describe(
      'Where green answers, and nobody else: a front door with blue behind it would prove nothing.',
    ),
    expect: count(100, 599).default(200).describe('HTTP status that proves it right.'),
    timeout: milliseconds('100ms', '5s').prefault('2s').describe('How long an answer may take.'),
    consecutive: consecutive('Failures, one second apart,', 3),
  }),
  z.strictObject({
    metric: z
      .literal('kubernetes')
      .describe(
        'Green’s own health in the plan’s namespaces: crash loops, nodes, add-ons, Flagger canaries.',
      ),
    crashLoops: count(0, 10_000).default(0).describe('How many pods in a crash loop are allowed.'),
    notReady: signedPercent()
      .prefault('10%')
      .describe('Highest share of nodes that are not ready for longer than `window`.'),
    window: seconds('1s', '1h')
      .exactOptional()
      .describe('How long a node must have been not ready to count. Default: 1m.'),
    consecutive: consecutive('Crashes of one container', 3),
  }),
]);

type Written = z.output<typeof guardrail>;

/** What a guardrail may be read from when it names no source. */
export interface DefaultSources {
  readonly truth: string;
  /** The first that a load balancer feeds. */
  readonly loadBalancer: string;
  /** The first Prometheus. */
  readonly prometheus: string;
}

/** The guardrail with its source, its fewest requests and units in its names. */
export function completeGuardrail(written: Written, sources: DefaultSources) {
  switch (written.metric) {
    case 'error-rate':
    case 'latency-p50':
    case 'latency-p90':
    case 'latency-p99':
      return { ...limited(written), metric: written.metric, from: written.from ?? sources.truth };
    case 'connection-errors': {
      const from = written.from ?? sources.loadBalancer;
      return { ...limited(written), metric: written.metric, from };
    }
    case 'load-balancer-5xx': {
      const from = written.from ?? sources.loadBalancer;
      return { ...limited(written), metric: written.metric, from };
    }
    case 'healthy-targets':
      return {
        metric: written.metric,
        min: written.min,
        from: written.from ?? sources.loadBalancer,
        minRequests: written.minRequests ?? FEWEST_REQUESTS[written.metric],
      };
    case 'alarm': {
      const { window, ...rest } = written;
      return { ...rest, ...windowOf(window) };
    }
    case 'promql':
      return { ...written, from: written.from ?? sources.prometheus };
    case 'probe': {
      const { timeout, ...rest } = written;
      return { ...rest, timeoutMs: timeout };
    }
    case 'kubernetes': {
      const { window, notReady, ...rest } = written;
      return { ...rest, notReadyPercent: notReady, ...windowOf(window) };
    }
    default:
      return assertNever(written);
  }
}

type Limited = Extract<Written, { readonly max: number }> & {
  readonly metric: keyof typeof FEWEST_REQUESTS;
};

function limited({ max, minRequests, consecutive, window, metric }: Limited) {
  return {
    max,
    minRequests: minRequests ?? FEWEST_REQUESTS[metric],
    ...(consecutive === undefined ? {} : { consecutive }),
    ...windowOf(window),
  };
}

function windowOf(window: number | undefined): { windowSeconds?: number } {
  return window === undefined ? {} : { windowSeconds: window };
}
