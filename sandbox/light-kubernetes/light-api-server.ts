/**
 * The API servers of all light clusters: one HTTPS server, in which a cluster is the first segment of the path, as in
 * `https://127.0.0.1:PORT/shop-green-7/api/v1/namespaces`. A cluster made anew under an old name has another path, so whoever
 * kept a connection to the old one meets 404. Faults and the audit are the emulator's own, under the service `kubernetes`.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { Audit, CallResult } from '#sandbox/aws/core/audit.ts';
import type { FaultEffect, FaultMoment, Faults } from '#sandbox/aws/core/faults.ts';
import { answerOf } from './answer.ts';
import { readApiRequest, type ApiRequest } from './api-request.ts';
import { isAllowed, mayDoEverything, type Caller, type Callers } from './callers.ts';
import type { LightCluster } from './light-cluster.ts';
import { metricsText } from './metrics-text.ts';
import { badRequest, Refusal } from './refusal.ts';
import type { ServerCertificate } from './self-signed-certificate.ts';

export interface LightApiServerParts {
  readonly certificate: ServerCertificate;
  readonly callers: Callers;
  readonly faults: Faults;
  readonly audit: Audit;
  /** By the first segment of the path. */
  readonly cluster: (path: string) => LightCluster | undefined;
}

export interface LightApiServer {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Cuts open connections. */
  stop(): Promise<void>;
}

/** What everybody may ask, without a token. */
const HEALTH = new Set(['/readyz', '/livez', '/healthz']);
const METRICS = '/metrics';
const THROTTLED_FOR_SECONDS = '1';

export async function startLightApiServer(parts: LightApiServerParts): Promise<LightApiServer> {
  const { key, certificate } = parts.certificate;
  const server = createServer({ key, cert: certificate }, (incoming, response) => {
    void respond(parts, incoming, response).catch(() => response.destroy());
  });
  // Like a real one it tells no client how long it keeps idle connections; clients use their own measure.
  server.keepAliveTimeout = 0;
  const port = await listening(server);
  return {
    url: `https://127.0.0.1:${port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
      else resolve(address.port);
    });
  });
}

async function respond(
  parts: LightApiServerParts,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'https://light');
  const [, first = '', ...rest] = url.pathname.split('/');
  const path = `/${rest.join('/')}`;
  const cluster = parts.cluster(first);
  const body = await readBody(incoming);
  if (cluster !== undefined && HEALTH.has(path)) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('ok');
    return;
  }
  const call = new ApiCall(parts, incoming.method ?? 'GET', path);
  try {
    if (cluster === undefined)
      throw new Refusal(404, 'NotFound', 'the server could not find the requested resource');
    const caller = await parts.callers.who(cluster, incoming.headers.authorization);
    if (caller === null) throw new Refusal(401, 'Unauthorized', 'Unauthorized');
    if (path === METRICS) {
      await call.measure(cluster, caller, response);
      return;
    }
    const request = readApiRequest(cluster.objects.kinds, {
      method: incoming.method ?? 'GET',
      path,
      query: url.searchParams,
      contentType: incoming.headers['content-type'] ?? 'application/json',
    });
    await call.serve({ cluster, caller, request, body }, response);
  } catch (cause) {
    call.refuse(cause, response);
  }
}

interface Served {
  readonly cluster: LightCluster;
  readonly caller: Caller;
  readonly request: ApiRequest;
  readonly body: string;
}

class ApiCall {
  readonly #parts: LightApiServerParts;
  #operation: string;
  #input: Readonly<Record<string, unknown>> = {};
  #username = '';

  constructor(parts: LightApiServerParts, method: string, path: string) {
    this.#parts = parts;
    this.#operation = `${method} ${path}`;
  }

  async serve({ cluster, caller, request, body }: Served, response: ServerResponse): Promise<void> {
    const { verb, kind, namespace, isToken } = request;
    this.#operation = `${verb} ${kind.plural}${isToken ? '/token' : ''}`;
    this.#username = caller.username;
    const sent = body === '' ? undefined : parsedJson(body);
    const { metadata } = fieldsOf(sent);
    // Never what is in the object: it may be a Secret.
    const name = verb === 'create' && !isToken ? fieldsOf(metadata)['name'] : request.name;
    this.#input = { cluster: cluster.name, plural: kind.plural, namespace, name };
    const isRead = verb === 'get' || verb === 'list';
    if (!isAllowed(cluster, caller, { isRead, kind, namespace }))
      throw new Refusal(
        403,
        'Forbidden',
        `User "${caller.username}" cannot ${verb} resource "${kind.plural}" in API group "${kind.group}"`,
      );
    const effects = this.#parts.faults.draw({
      service: 'kubernetes',
      operation: this.#operation,
      input: this.#input,
      caller: caller.username,
    });
    if (await this.#interfere(effects, response)) return;
    const late = effects.find((effect) => effect.kind === 'late');
    if (late !== undefined) {
      await delay(late.afterMs);
      const output = toldOf(answerOf(cluster, request, sent));
      this.#record({ kind: 'lost', fault: 'late', effect: true, output });
      return;
    }
    const answer = answerOf(cluster, request, sent);
    const output = toldOf(answer);
    if (this.#loses(effects, output, response)) return;
    const { status, value } = answer;
    this.#answer(response, effects, {
      status,
      headers: JSON_HEADERS,
      text: JSON.stringify(value),
      output,
    });
  }

  /** Real ones let `system:monitoring` read them, too; no caller here is in it. */
  async measure(cluster: LightCluster, caller: Caller, response: ServerResponse): Promise<void> {
    this.#operation = 'get metrics';
    this.#username = caller.username;
    this.#input = { cluster: cluster.name };
    if (!mayDoEverything(cluster, caller))
      throw new Refusal(403, 'Forbidden', `User "${caller.username}" cannot get path "/metrics"`);
    const { faults } = this.#parts;
    const effects = faults.draw({
      service: 'kubernetes',
      operation: this.#operation,
      input: this.#input,
      caller: caller.username,
    });
    if ((await this.#interfere(effects, response)) || this.#loses(effects, {}, response)) return;
    this.#answer(response, effects, {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      text: metricsText(cluster),
      output: {},
    });
  }

  refuse(cause: unknown, response: ServerResponse): void {
    const refusal = cause instanceof Refusal ? cause : unexpected(cause);
    const { httpStatus, reason, message } = refusal;
    this.#record({ kind: 'error', code: reason, status: httpStatus, message });
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
    const headers =
      httpStatus === 429 ? { ...JSON_HEADERS, 'retry-after': THROTTLED_FOR_SECONDS } : JSON_HEADERS;
    response
      .writeHead(httpStatus, headers)
      .end(JSON.stringify({ ...status, message, reason, code: httpStatus }));
  }

  /** Whole, or cut in its middle. */
  #answer(
    response: ServerResponse,
    effects: readonly FaultEffect[],
    { status, headers, text, output }: Written,
  ): void {
    const isTruncated = effects.some((effect) => effect.kind === 'truncate');
    this.#record(
      isTruncated
        ? { kind: 'lost', fault: 'truncate', effect: true, output }
        : { kind: 'ok', output },
    );
    if (isTruncated) cutShort(response, status, headers, text);
    else response.writeHead(status, headers).end(text);
  }

  /** Faults that strike before the call has any effect. True: there will be no answer. @throws Refusal */
  async #interfere(effects: readonly FaultEffect[], response: ServerResponse): Promise<boolean> {
    for (const effect of effects) {
      if (effect.kind === 'latency')
        await delay(effect.minMs + Math.random() * (effect.maxMs - effect.minMs));
      if (effect.kind === 'throttle')
        throw new Refusal(429, 'TooManyRequests', 'the server has received too many requests');
      if (effect.kind === 'error')
        throw new Refusal(
          effect.status ?? 500,
          effect.code,
          effect.message ?? 'a fault of the sandbox',
        );
    }
    return this.#loses(effects, null, response);
  }

  /** @param output what the answer would say; null: the call has had no effect yet */
  #loses(
    effects: readonly FaultEffect[],
    output: object | null,
    response: ServerResponse,
  ): boolean {
    const moment: FaultMoment = output === null ? 'before' : 'after';
    const done = output === null ? { effect: false as const } : { effect: true as const, output };
    for (const effect of effects) {
      if ((effect.kind !== 'hang' && effect.kind !== 'reset') || effect.moment !== moment) continue;
      this.#record({ kind: 'lost', fault: effect.kind, ...done });
      if (effect.kind === 'reset') response.socket?.destroy();
      return true;
    }
    return false;
  }

  #record(result: CallResult): void {
    this.#parts.audit.record({
      at: new Date().toISOString(),
      requestId: randomUUID(),
      service: 'kubernetes',
      operation: this.#operation,
      region: '',
      accessKeyId: '',
      principalArn: this.#username,
      input: this.#input,
      result,
    });
  }
}

/** An answer as it goes over the wire. */
interface Written {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** For the audit. */
  readonly output: object;
}

/** What the audit keeps of an answer: never what is in the object. */
function toldOf({ created }: { readonly created?: boolean | undefined }): object {
  return created === undefined ? {} : { created };
}

const JSON_HEADERS = { 'content-type': 'application/json' } as const;

/** The head promises more than comes. */
function cutShort(
  response: ServerResponse,
  status: number,
  headers: Written['headers'],
  text: string,
): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.socket?.destroy());
}

function unexpected(cause: unknown): Refusal {
  if (cause instanceof URIError) return badRequest(cause.message);
  // A mistake of ours must not look like a cluster that is busy.
  process.stderr.write(
    `light kubernetes defect: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`,
  );
  return new Refusal(500, 'InternalError', 'a defect of the light cluster');
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws Refusal 400 */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('the body is no JSON');
  }
}
