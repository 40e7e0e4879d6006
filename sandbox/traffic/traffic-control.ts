/**
 * The traffic generator's control API on loopback, for the demo, `sandbox status` and tests. Times are milliseconds since
 * the epoch; `from` is inclusive, `to` exclusive. Wrong input is 400 with the reason.
 *
 * GET /state · GET /summary?from=&to= · GET /series?from=&to=&bucketMs= · GET /failures?from=&to=&limit= ·
 * PUT /rate `{"requestsPerSecond": 150}`
 */
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listenOnLoopback } from '#sandbox/data-plane/listener-server.ts';
import { sendJson } from '#sandbox/shop/send-json.ts';
import type { TrafficGenerator } from './traffic-generator.ts';
import { bucketed, failuresOf, summarise, type Stretch } from './traffic-summary.ts';

const querySchema = z.strictObject({
  from: z.coerce.number().optional(),
  to: z.coerce.number().optional(),
  bucketMs: z.coerce.number().int().min(10).default(1_000),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
});
const rateSchema = z.strictObject({ requestsPerSecond: z.number().min(0).max(5_000) });

export interface TrafficControl {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

export async function startTrafficControl(
  generator: TrafficGenerator,
  port: number,
): Promise<TrafficControl> {
  const server = await listenOnLoopback(port, (request, response) => {
    answerOf(generator, request).then(
      ({ status, body }) => sendJson(response, status, body),
      (cause: unknown) => {
        const wrong = cause instanceof z.ZodError || cause instanceof SyntaxError;
        const error = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
        sendJson(response, wrong ? 400 : 500, { error });
      },
    );
  });
  return { origin: `http://127.0.0.1:${server.port}`, close: () => server.close() };
}

async function answerOf(
  generator: TrafficGenerator,
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const query = querySchema.parse(Object.fromEntries(url.searchParams));
  const stretch: Stretch = {
    ...(query.from === undefined ? {} : { fromMs: query.from }),
    ...(query.to === undefined ? {} : { toMs: query.to }),
  };
  const { log } = generator;
  switch (`${request.method ?? ''} ${url.pathname}`) {
    case 'GET /state':
      return { status: 200, body: stateOf(generator) };
    case 'GET /summary':
      return { status: 200, body: summarise(log, stretch) };
    case 'GET /series':
      return { status: 200, body: bucketed(log, stretch, query.bucketMs) };
    case 'GET /failures':
      return { status: 200, body: failuresOf(log, stretch, query.limit) };
    case 'PUT /rate':
      generator.setRate(rateSchema.parse(JSON.parse(await text(request))).requestsPerSecond);
      return { status: 200, body: stateOf(generator) };
    default:
      return { status: 404, body: { error: `no such control path: ${url.pathname}` } };
  }
}

function stateOf(generator: TrafficGenerator): unknown {
  return {
    target: generator.target,
    requestsPerSecond: generator.rate(),
    underway: generator.underway(),
  };
}
