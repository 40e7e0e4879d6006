/**
 * The HTTP server of one listener on loopback. Connections of clients are kept alive for longer than clients keep idle
 * ones, so a request never meets a closing socket. Called by data-plane.ts.
 */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AddressInfo } from 'node:net';

/** An ALB's client keep-alive is 3600 s by default; clients of the sandbox give up idle connections far earlier. */
const KEEP_ALIVE_MS = 3_600_000;

export interface ListenerServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on loopback; port 0 takes a free one.
 * @param address an address of this machine's loopback
 * @param onUpgrade takes connections that change their protocol; without it such requests are answered like any other
 * @throws the server's error, with code EADDRINUSE where the port is taken.
 */
export async function listenOnLoopback(
  port: number,
  onRequest: RequestListener,
  address = '127.0.0.1',
  onUpgrade?: (request: IncomingMessage, socket: Duplex) => void,
): Promise<ListenerServer> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, keepAlive: true, noDelay: true },
    onRequest,
  );
  const upgraded = new Set<Duplex>();
  // Without a listener Node takes a request for an upgrade for an ordinary one.
  if (onUpgrade !== undefined)
    server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      upgraded.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => upgraded.delete(socket));
      onUpgrade(request, socket);
    });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  return {
    port: portOf(server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
