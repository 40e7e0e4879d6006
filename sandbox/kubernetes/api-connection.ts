/**
 * One authenticated connection pool to one API server: JSON in, JSON out, and newline-separated JSON for watches. It
 * knows no resources. Certificates are checked against the cluster's own authority only.
 */
import { createInterface } from 'node:readline';
import { Agent, request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { KubernetesApiError } from './kubernetes-api-error.ts';

const REQUEST_TIMEOUT_MS = 30_000;

const statusSchema = z.object({ message: z.string().default(''), reason: z.string().default('') });

export interface ApiConnectionOptions {
  /** `https://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** The cluster's certificate authority as EKS reports it: PEM in base64. */
  readonly caData: string;
  /** Without it requests are anonymous. */
  readonly bearerToken: string | undefined;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query, such as `/api/v1/nodes?limit=5`. */
  readonly path: string;
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

export interface ApiConnection {
  /** The parsed JSON answer, or the text where the answer is no JSON (`/readyz`). @throws KubernetesApiError */
  send(call: ApiRequest): Promise<unknown>;
  /** Each line of a watch, parsed; ends when the server ends it or the signal aborts. @throws KubernetesApiError */
  stream(path: string, signal: AbortSignal): AsyncIterable<unknown>;
  /** Breaks open streams and closes all sockets. */
  close(): Promise<void>;
}

export function connectToApi(options: ApiConnectionOptions): ApiConnection {
  const agent = new Agent({
    connect: { ca: Buffer.from(options.caData, 'base64').toString('utf8'), timeout: 5_000 },
    headersTimeout: REQUEST_TIMEOUT_MS,
    // A watch may be silent for minutes; ordinary requests have a deadline of their own.
    bodyTimeout: 0,
  });
  const headers = {
    // Keys are served as a type of their own and refused to whoever takes plain JSON alone.
    accept: 'application/json, */*;q=0.5',
    ...(options.bearerToken === undefined
      ? {}
      : { authorization: `Bearer ${options.bearerToken}` }),
  };

  async function send(call: ApiRequest): Promise<unknown> {
    const deadline = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const response = await request(`${options.endpoint}${call.path}`, {
      dispatcher: agent,
      method: call.method,
      headers:
        call.body === undefined
          ? headers
          : { ...headers, 'content-type': call.contentType ?? 'application/json' },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]),
    });
    const text = await response.body.text();
    assertSuccess(call.method, call.path, response, text);
    return isJson(response) ? JSON.parse(text) : text;
  }

  async function* stream(path: string, signal: AbortSignal): AsyncGenerator {
    const response = await request(`${options.endpoint}${path}`, {
      dispatcher: agent,
      method: 'GET',
      headers,
      signal,
    });
    if (response.statusCode >= 300) {
      assertSuccess('GET', path, response, await response.body.text());
    }
    for await (const line of createInterface({ input: response.body })) {
      if (line !== '') yield JSON.parse(line);
    }
  }

  return { send, stream, close: () => agent.destroy() };
}

function isJson(response: Dispatcher.ResponseData): boolean {
  return String(response.headers['content-type'] ?? '').includes('json');
}

function assertSuccess(
  method: string,
  path: string,
  response: Dispatcher.ResponseData,
  text: string,
): void {
  if (response.statusCode < 300) return;
  const status = isJson(response) ? statusSchema.safeParse(JSON.parse(text)) : undefined;
  throw new KubernetesApiError({
    status: response.statusCode,
    reason: status?.data?.reason ?? '',
    message: status?.data?.message || text.slice(0, 500) || 'no message',
    method,
    path,
  });
}
