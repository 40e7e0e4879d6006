import { request } from 'undici';
import { z } from 'zod';
import { CutoverFailure, type FailureType } from '#domain/failures.ts';
import { ANY_HOST, outboundAgent, type OutboundRule } from '#activities/adapters/http/outbound.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';

/**
 * Range queries of one or many Prometheus servers (or whatever speaks their HTTP API: Thanos, Mimir, VictoriaMetrics).
 *
 * Invariants: every question ends within its timeout; one attempt, no redirects; a server that warns did not see all of its
 * data, so its answer is none (I4); tokens are looked up by name when asked and never appear in a failure (I10).
 * Source: "HTTP API" of the Prometheus documentation (format, statuses, warnings).
 */
export interface PrometheusApi {
  /** One entry per series, values by evaluation time in epoch milliseconds; a value that is no finite number is NaN. */
  queryRange(question: RangeQuestion, signal: AbortSignal): Promise<readonly PrometheusSeries[]>;
  close(): Promise<void>;
}

interface PrometheusServer {
  /** Base URL, under which `/api/v1/query_range` lives. */
  readonly url: string;
  /** Name of the token that the worker holds for it. */
  readonly token?: string | undefined;
}

interface RangeQuestion {
  readonly server: PrometheusServer;
  readonly query: string;
  /** First and last moment of evaluation, epoch seconds; both included. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly stepSeconds: number;
  /** What is asked, for failures: `requests of source app`. */
  readonly what: string;
}

interface PrometheusSeries {
  readonly byMs: ReadonlyMap<number, number>;
}

/** The token of that name, or undefined where the worker holds none. */
export type TokenOf = (name: string) => string | undefined;

/** As the AWS clients: a guard's look must not hang on one source. */
const REQUEST_TIMEOUT_MS = 3_000;
const CONNECT_TIMEOUT_MS = 1_000;
/** A query that answers thousands of series is a mistake, and must not fill the worker's memory. */
const LARGEST_ANSWER_BYTES = 16 * 1024 * 1024;
/** Prometheus refuses a range of more than 11,000 points per series. */
const MOST_POINTS = 10_000;

export function createPrometheusApi(parts: {
  readonly tokenOf: TokenOf;
  readonly requestTimeoutMs?: number;
  /** Which servers may be asked. @default any */
  readonly outbound?: OutboundRule;
}): PrometheusApi {
  const { tokenOf, requestTimeoutMs = REQUEST_TIMEOUT_MS, outbound = ANY_HOST } = parts;
  const agent = outboundAgent(outbound, {
    connect: { timeout: CONNECT_TIMEOUT_MS },
    maxResponseSize: LARGEST_ANSWER_BYTES,
  });

  const ask = async (
    question: RangeQuestion,
    signal: AbortSignal,
  ): Promise<z.output<typeof answerSchema>> => {
    const { server, query, fromSeconds, toSeconds, stepSeconds, what } = question;
    const { statusCode, body } = await request(`${server.url.replace(/\/$/u, '')}${PATH}`, {
      dispatcher: agent,
      method: 'POST',
      headers: { ...FORM, ...authorization(server, tokenOf) },
      body: new URLSearchParams({
        query,
        start: String(fromSeconds),
        end: String(toSeconds),
        step: String(stepSeconds),
        timeout: `${requestTimeoutMs}ms`,
      }).toString(),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
    const text = await body.text();
    const answer = answerSchema.safeParse(parsedJson(text));
    if (answer.success && statusCode < 300 && answer.data.status === 'success') return answer.data;
    const why = answer.success ? (answer.data.error ?? '') : 'no answer of a Prometheus API';
    throw new CutoverFailure(typeOf(statusCode), `${statusCode}: ${why.slice(0, LONGEST_REASON)}`, {
      resource: what,
    });
  };

  return {
    queryRange: (question, signal) =>
      asFailure(question.what, signal, async () => {
        const series = new Map<string, Map<number, number>>();
        for (const part of partsOf(question)) {
          const { data, warnings = [] } = await ask(part, signal);
          if (warnings.length > 0)
            throw new CutoverFailure('unavailable', `incomplete: ${warnings.join('; ')}`, {
              resource: question.what,
            });
          for (const { metric, values } of data?.result ?? []) {
            const id = JSON.stringify(
              Object.entries(metric).toSorted(([a], [b]) => (a < b ? -1 : 1)),
            );
            const byMs = series.get(id) ?? new Map<number, number>();
            for (const [at, value] of values) byMs.set(Math.round(at * 1000), finite(value));
            series.set(id, byMs);
          }
        }
        return [...series.values()].map((byMs) => ({ byMs }));
      }),
    close: () => agent.close(),
  };
}

const PATH = '/api/v1/query_range';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const LONGEST_REASON = 300;

const answerSchema = z.object({
  status: z.enum(['success', 'error']),
  error: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  data: z
    .object({
      resultType: z.literal('matrix'),
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          values: z.array(z.tuple([z.number(), z.string()])).default([]),
        }),
      ),
    })
    .optional(),
});

/** `NaN`, `+Inf` and `-Inf` are figures that say nothing. */
function finite(text: string): number {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : Number.NaN;
}

function authorization(
  { token }: PrometheusServer,
  tokenOf: TokenOf,
): Readonly<Record<string, string>> {
  if (token === undefined) return {};
  const secret = tokenOf(token);
  if (secret !== undefined) return { authorization: `Bearer ${secret}` };
  throw new CutoverFailure('credentials-missing', `the worker holds no token ${token}`, {
    resource: `token ${token}`,
  });
}

/** A query that cannot be parsed or run is the plan's mistake; everything else as HTTP says it. */
function typeOf(statusCode: number): FailureType {
  if (statusCode === 401 || statusCode === 403) return 'access-denied';
  if (statusCode === 400 || statusCode === 422) return 'invalid-request';
  if (statusCode === 404) return 'not-found';
  return statusCode === 429 ? 'throttled' : 'unavailable';
}

/** The range in pieces that a server answers. */
function* partsOf(question: RangeQuestion): Generator<RangeQuestion> {
  const { fromSeconds, toSeconds, stepSeconds } = question;
  const spanSeconds = (MOST_POINTS - 1) * stepSeconds;
  for (let from = fromSeconds; from <= toSeconds; from += spanSeconds + stepSeconds)
    yield { ...question, fromSeconds: from, toSeconds: Math.min(toSeconds, from + spanSeconds) };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
