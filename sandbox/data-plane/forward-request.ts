/**
 * Sends one request to one target and its answer back, as an ALB node does: hop-by-hop headers end here, `X-Forwarded-*`
 * and a trace id are added, a target that refuses or resets gives 502, one that stays silent 504 (docs:
 * application/load-balancer-troubleshooting.html). A target is asked once: an ALB does not try another one. Resolves
 * when the answer has been sent; never throws. Called by load-balancer.ts.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { errors } from 'undici';
import { answerAsLoadBalancer } from './load-balancer-answer.ts';
import {
  REFUSED_HEADER,
  TARGET_HEADER,
  type TargetAddress,
  type TargetNetwork,
} from './target-network.ts';

/** Headers that concern one connection only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

export type ForwardResult =
  | { readonly answeredBy: 'target'; readonly statusCode: number; readonly responseTimeMs: number }
  | {
      readonly answeredBy: 'load-balancer';
      readonly statusCode: number;
      readonly connectionError: boolean;
    };

export interface ForwardOptions {
  readonly network: TargetNetwork;
  readonly target: TargetAddress;
  readonly idleTimeoutMs: number;
  readonly setCookie: string | undefined;
}

export async function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: ForwardOptions,
): Promise<ForwardResult> {
  const startedAt = performance.now();
  let answered: { statusCode: number; responseTimeMs: number; refused: boolean } | undefined;
  try {
    await options.network.poolFor(options.target).stream(
      {
        path: request.url ?? '/',
        method: request.method ?? 'GET',
        headers: requestHeaders(request, options.target),
        body: hasBody(request) ? request : null,
        headersTimeout: options.idleTimeoutMs,
        bodyTimeout: options.idleTimeoutMs,
      },
      ({ statusCode, headers }) => {
        const refused = headers[REFUSED_HEADER] !== undefined;
        answered = { statusCode, responseTimeMs: performance.now() - startedAt, refused };
        if (refused) {
          answerAsLoadBalancer(response, 502);
          return nowhere();
        }
        response.writeHead(statusCode, responseHeaders(headers, options.setCookie));
        return response;
      },
    );
  } catch (cause) {
    if (answered === undefined) return answerFailure(response, cause);
    // The answer had begun: the only honest thing left is to break the connection.
    response.destroy();
  }
  if (answered === undefined) return answerFailure(response, undefined);
  if (answered.refused)
    return { answeredBy: 'load-balancer', statusCode: 502, connectionError: true };
  return {
    answeredBy: 'target',
    statusCode: answered.statusCode,
    responseTimeMs: answered.responseTimeMs,
  };
}

function answerFailure(response: ServerResponse, cause: unknown): ForwardResult {
  const silent =
    cause instanceof errors.HeadersTimeoutError || cause instanceof errors.ConnectTimeoutError;
  const statusCode = silent ? 504 : 502;
  answerAsLoadBalancer(response, statusCode);
  return { answeredBy: 'load-balancer', statusCode, connectionError: isConnectFailure(cause) };
}

/** Codes of a connection that never came about, against one that broke later. */
function isConnectFailure(cause: unknown): boolean {
  if (cause instanceof errors.ConnectTimeoutError) return true;
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return (
    cause.code === 'ECONNREFUSED' || cause.code === 'EHOSTUNREACH' || cause.code === 'ENETUNREACH'
  );
}

function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['content-length'] !== undefined ||
    request.headers['transfer-encoding'] !== undefined
  );
}

function requestHeaders(
  request: IncomingMessage,
  target: TargetAddress,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = value;
  }
  const client = request.socket.remoteAddress ?? '';
  const before = request.headers['x-forwarded-for'];
  headers['x-forwarded-for'] = before === undefined ? client : `${String(before)}, ${client}`;
  headers['x-forwarded-proto'] = 'http';
  headers['x-forwarded-port'] = String(request.socket.localPort ?? '');
  headers['x-amzn-trace-id'] ??= traceId();
  headers[TARGET_HEADER] = `${target.address}:${target.port}`;
  return headers;
}

function responseHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  setCookie: string | undefined,
): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) passed[name] = value;
  }
  if (setCookie === undefined) return passed;
  const own = passed['set-cookie'];
  passed['set-cookie'] = own === undefined ? setCookie : [own, setCookie].flat();
  return passed;
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}
