import { Agent, request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { KubernetesStatusError } from './kubernetes-status-error.ts';
import { linesOf } from './lines-of.ts';

/**
 * One API server over one pool of connections: JSON out, JSON in. client-node's typed calls would open a TLS connection
 * each and drop fields they do not know, so only its TLS settings are used. A refused token is renewed once:
 * nothing happened yet.
 */

/** One request from sending to the last byte, in milliseconds; a page of 500 large objects fits. */
const REQUEST_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 3000;
/** Connections to one API server; enough for copying, few enough for a fleet of clusters. */
const CONNECTIONS = 8;

export interface ApiServerOptions {
  readonly name: string;
  /** `https://…` as EKS reports it. */
  readonly endpoint: string;
  /** PEM in base64, as EKS reports it. */
  readonly caData: string;
  /** A bearer token; `renew` asks for a new one. */
  readonly token: (renew: boolean) => Promise<string>;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With query. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

export interface ApiServer {
  /** The answer's JSON, or its text where it is none. Throws `KubernetesStatusError`, and undici's errors. */
  send(call: ApiRequest, signal: AbortSignal): Promise<unknown>;
  /** Lines of a text that may be long, of which only those that begin with `start` are kept. Fails `limit-exceeded` for a text without end. */
  linesOf(path: string, start: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Waits for requests under way, then frees the sockets. */
  close(): Promise<void>;
}

export async function connectApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const agent = new Agent({
    connect: { ...(await tlsOptions(options)), timeout: CONNECT_TIMEOUT_MS },
    connections: CONNECTIONS,
    // HTTP/2 would lift the limit: a hundred requests share a connection, and API servers answer 429 (seen).
    allowH2: false,
  });

  const attempt = async (call: ApiRequest, renew: boolean, signal: AbortSignal) =>
    request(`${options.endpoint}${call.path}`, {
      dispatcher: agent,
      method: call.method,
      headers: {
        accept: call.accept ?? 'application/json',
        authorization: `Bearer ${await options.token(renew)}`,
        ...(call.contentType === undefined ? {} : { 'content-type': call.contentType }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });

  const ask = async (call: ApiRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> => {
    const answer = await attempt(call, false, signal);
    if (answer.statusCode !== 401) return answer;
    await answer.body.dump();
    return attempt(call, true, signal);
  };

  return {
    send: async (call, signal) => parsedAnswer(await ask(call, signal)),
    linesOf: async (path, start, signal) => {
      const answer = await ask({ method: 'GET', path, accept: 'text/plain' }, signal);
      if (answer.statusCode >= 400) await parsedAnswer(answer);
      return linesOf(answer.body, start, `${options.name}${path}`);
    },
    close: () => agent.close(),
  };
}

/** The cluster's own authority, and nobody else's. */
async function tlsOptions({ name, endpoint, caData }: ApiServerOptions): Promise<object> {
  // Its generated models take most of a worker's start; nobody needs them before the first connection.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kubeConfig = new KubeConfig();
  const cluster = { name, server: endpoint, caData, skipTLSVerify: false };
  kubeConfig.loadFromClusterAndUser(cluster, { name });
  const https: { ca?: string | Buffer } = {};
  await kubeConfig.applyToHTTPSOptions(https);
  // As a buffer it would be a slice of Node's pool, and each connection that is kept would keep 64 KB of it.
  if (https.ca !== undefined) https.ca = https.ca.toString();
  const settings = kubeConfig.createDispatcherOptions(cluster, https);
  return settings.type === 'agent' ? settings.connect : {};
}

const statusSchema = z.object({ reason: z.string().optional(), message: z.string().optional() });

async function parsedAnswer({
  statusCode,
  headers,
  body,
}: Dispatcher.ResponseData): Promise<unknown> {
  const text = await body.text();
  const isJson = String(headers['content-type']).startsWith('application/json');
  if (statusCode < 400) return isJson ? JSON.parse(text) : text;
  const status = isJson ? statusSchema.safeParse(JSON.parse(text)).data : undefined;
  const retryAfter = Number(headers['retry-after']);
  throw new KubernetesStatusError(
    statusCode,
    status ?? {},
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  );
}
