/** Typed questions to the traffic generator's control API, for whoever runs it as a process: demo, status, bench, tests. */
import { request } from 'undici';
import { z } from 'zod';
import type { Stretch, TrafficBucket, TrafficSummary } from './traffic-summary.ts';

const countsSchema = z.record(z.string(), z.number());

const colourSchema = z.object({
  requests: z.number(),
  failed: z.number(),
  share: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  firstAtMs: z.number(),
  lastAtMs: z.number(),
  lastAnsweredAtMs: z.number(),
  firstFailedAtMs: z.number().nullable(),
});

const summarySchema: z.ZodType<TrafficSummary> = z.object({
  fromMs: z.number().nullable(),
  toMs: z.number().nullable(),
  requests: z.number(),
  failed: z.number(),
  statuses: countsSchema,
  unanswered: countsSchema,
  colours: z.record(z.string(), colourSchema),
  firstFailedAtMs: z.number().nullable(),
  lastFailedAtMs: z.number().nullable(),
  forgotten: z.number(),
});

const seriesSchema: z.ZodType<readonly TrafficBucket[]> = z.array(
  z.object({
    atMs: z.number(),
    requests: z.number(),
    failed: z.number(),
    colours: countsSchema,
  }),
);

const stateSchema = z.object({
  target: z.string(),
  requestsPerSecond: z.number(),
  underway: z.number(),
});

type TrafficState = z.infer<typeof stateSchema>;

export interface TrafficClient {
  state(): Promise<TrafficState>;
  summary(stretch?: Stretch): Promise<TrafficSummary>;
  series(stretch: Stretch, bucketMs: number): Promise<readonly TrafficBucket[]>;
  setRate(requestsPerSecond: number): Promise<TrafficState>;
}

/** The control API answered with anything but 200. */
class TrafficControlError extends Error {
  override readonly name = 'TrafficControlError';
  readonly status: number;

  constructor(path: string, status: number, body: string) {
    super(`the traffic generator refused ${path}: ${body} [status=${String(status)}]`);
    this.status = status;
  }
}

/** @param origin as `http://127.0.0.1:PORT` */
export function trafficClient(origin: string): TrafficClient {
  async function ask<T>(schema: z.ZodType<T>, path: string, body?: unknown): Promise<T> {
    const answer = await request(
      `${origin}${path}`,
      body === undefined ? {} : { method: 'PUT', body: JSON.stringify(body) },
    );
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new TrafficControlError(path, answer.statusCode, text);
    return schema.parse(JSON.parse(text));
  }

  return {
    state: () => ask(stateSchema, '/state'),
    summary: (stretch = {}) => ask(summarySchema, `/summary?${queryOf(stretch)}`),
    series: (stretch, bucketMs) =>
      ask(seriesSchema, `/series?${queryOf(stretch)}&bucketMs=${String(bucketMs)}`),
    setRate: (requestsPerSecond) => ask(stateSchema, '/rate', { requestsPerSecond }),
  };
}

function queryOf(stretch: Stretch): string {
  const query = new URLSearchParams();
  if (stretch.fromMs !== undefined) query.set('from', String(stretch.fromMs));
  if (stretch.toMs !== undefined) query.set('to', String(stretch.toMs));
  return query.toString();
}
