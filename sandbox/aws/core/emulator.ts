/**
 * The emulator's one HTTP endpoint: AWS calls on every path, the control API under `/_sandbox/`. Clients reach it by
 * `AWS_ENDPOINT_URL` alone. Used by `sandbox/aws/aws-world.ts`, and by tests of single services.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Audit } from './audit.ts';
import { runCall, type Delivery, type PipelineParts } from './call-pipeline.ts';
import { systemClock, type Clock } from './clock.ts';
import {
  answerControl,
  CONTROL_PREFIX,
  coreControlRoutes,
  type ControlRoute,
} from './control-api.ts';
import { defectReporter, type Defect, type DefectReporter } from './defects.ts';
import { Faults } from './faults.ts';
import type { Identities } from './identities.ts';
import { SeededRandom } from './seeded-random.ts';
import type { Service } from './service.ts';
import type { WireRequest } from './wire.ts';

export interface EmulatorOptions {
  readonly services: readonly Service[];
  /** @default a free port */
  readonly port?: number;
  /** @default eu-west-1 */
  readonly region?: string;
  /** Account of callers when no identities are given. @default 111122223333 */
  readonly accountId?: string;
  /** Who may call. @default everybody, unverified */
  readonly identities?: Identities;
  readonly faults?: Faults;
  readonly audit?: Audit;
  readonly defects?: DefectReporter;
  /** Stopped with the emulator. @default the system's */
  readonly clock?: Clock;
  /** @default 1 */
  readonly seed?: number;
  /** Further routes below `/_sandbox/`. */
  readonly controlRoutes?: readonly ControlRoute[];
}

export interface AwsEmulator {
  /** Base address for `AWS_ENDPOINT_URL`, as in `http://127.0.0.1:4566`. */
  readonly url: string;
  readonly faults: Faults;
  readonly audit: Audit;
  /** Mistakes of the emulator itself; empty in a good run. */
  defects(): readonly Defect[];
  /** Cuts open connections, ends everything scheduled and frees the port. */
  stop(): Promise<void>;
}

export async function startAwsEmulator(options: EmulatorOptions): Promise<AwsEmulator> {
  const random = new SeededRandom(options.seed ?? 1);
  const defects = options.defects ?? defectReporter();
  const clock = options.clock ?? systemClock(defects);
  const faults = options.faults ?? new Faults(random.fork('faults'));
  const audit = options.audit ?? new Audit();
  const parts: PipelineParts = {
    services: options.services,
    region: options.region ?? 'eu-west-1',
    authentication: {
      identities: options.identities,
      accountId: options.accountId ?? '111122223333',
      now: () => clock.now(),
    },
    faults,
    audit,
    random: random.fork('pipeline'),
    defects,
    wait: (delayMs) => new Promise((resolve) => clock.after(delayMs, resolve)),
  };
  const routes = [...coreControlRoutes(faults, audit), ...(options.controlRoutes ?? [])];

  const server = createServer((incoming, response) => {
    void respond(parts, routes, incoming, response).catch((cause: unknown) => {
      defects.report(`${incoming.method ?? ''} ${incoming.url ?? ''}`, cause);
      response.destroy();
    });
  });
  // Longer than any client keeps an idle connection, so that no request meets a socket the server is closing.
  server.keepAliveTimeout = 75_000;

  const port = await listening(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    audit,
    defects: () => defects.all(),
    stop: async () => {
      clock.stop();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listening(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
      else resolve(address.port);
    });
  });
}

async function respond(
  parts: PipelineParts,
  routes: readonly ControlRoute[],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming);
  if (!request.path.startsWith(CONTROL_PREFIX)) {
    deliver(await runCall(parts, request), response);
    return;
  }
  const { status, body } = await answerControl(routes, {
    method: request.method,
    path: request.path.slice(CONTROL_PREFIX.length),
    query: request.query,
    body: parsedJson(request.body),
  });
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const sent = Buffer.concat(chunks);
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: sent,
  };
}

function parsedJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function deliver(delivery: Delivery, response: ServerResponse): void {
  switch (delivery.kind) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'answer': {
      const { answer, truncated } = delivery;
      const body = truncated
        ? answer.body.slice(0, Math.floor(answer.body.length / 2))
        : answer.body;
      response.writeHead(answer.status, answer.headers).end(body);
    }
  }
}
