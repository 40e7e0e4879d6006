/** A small server that answers for many target addresses, each with a behaviour that a test may change at any time. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { acceptLiveConnection } from '#sandbox/shop/live-connection.ts';
import {
  REFUSED_HEADER,
  REFUSED_STATUS,
  TARGET_HEADER,
  translatedNetwork,
  type TargetNetwork,
} from '#sandbox/data-plane/target-network.ts';

type PodBehaviour =
  | { readonly kind: 'answers'; readonly status?: number; readonly healthz?: number }
  | { readonly kind: 'resets' }
  | { readonly kind: 'silent' };

export interface FakePods {
  readonly network: TargetNetwork;
  /** Requests per address, health checks left out. */
  readonly served: Map<string, number>;
  readonly healthChecks: Map<string, number>;
  /** Bytes-only connections per address that said something: checks connect and go. */
  readonly flows: Map<string, number>;
  readonly lastRequest: () => IncomingMessage | undefined;
  set(address: string, behaviour: PodBehaviour): void;
  close(): Promise<void>;
}

export async function startFakePods(addresses: readonly string[]): Promise<FakePods> {
  const behaviours = new Map<string, PodBehaviour>(addresses.map((a) => [a, { kind: 'answers' }]));
  const served = new Map<string, number>();
  const healthChecks = new Map<string, number>();
  const flows = new Map<string, number>();
  let last: IncomingMessage | undefined;

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const address = String(request.headers[TARGET_HEADER]);
    const behaviour = behaviours.get(address);
    if (behaviour === undefined) {
      response.writeHead(REFUSED_STATUS, { [REFUSED_HEADER]: '1' }).end();
      return;
    }
    const probe = request.url === '/healthz';
    const counts = probe ? healthChecks : served;
    counts.set(address, (counts.get(address) ?? 0) + 1);
    if (!probe) last = request;
    if (behaviour.kind === 'silent') return;
    if (behaviour.kind === 'resets') {
      request.socket.resetAndDestroy();
      return;
    }
    request.resume();
    request.on('end', () => {
      response.writeHead((probe ? behaviour.healthz : behaviour.status) ?? 200, {
        'x-pod': address,
      });
      response.end(`hello from ${address}`);
    });
  };
  const server = createServer(answer);
  // A raw connection: every line is echoed with the pod's address in front.
  server.on('connect', (request, socket) => {
    const address = request.url ?? '';
    const known = behaviours.has(address);
    socket.on('error', () => socket.destroy());
    if (!known) {
      socket.end('HTTP/1.1 502 nobody listens there\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 connected\r\n\r\n');
    socket.once('data', () => flows.set(address, (flows.get(address) ?? 0) + 1));
    socket.on('data', (chunk: Buffer) => socket.write(`${address} ${chunk.toString()}`));
    socket.on('end', () => socket.end());
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  const open = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const address = String(request.headers[TARGET_HEADER]);
    if (!behaviours.has(address)) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    acceptLiveConnection(request, socket, address);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    network: translatedNetwork(`http://127.0.0.1:${address.port}`),
    served,
    healthChecks,
    flows,
    lastRequest: () => last,
    set: (target, behaviour) => void behaviours.set(target, behaviour),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of open) socket.destroy();
      }),
  };
}
