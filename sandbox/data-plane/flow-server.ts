/**
 * The TCP server of one listener of a network load balancer. Called by data-plane.ts.
 */
import { createServer, type Socket } from 'node:net';
import type { ListenerServer } from './listener-server.ts';

/**
 * Listens at the address; port 0 takes a free one.
 * @throws the server's error, with code EADDRINUSE where the port is taken.
 */
export async function listenForFlows(
  port: number,
  address: string,
  onConnection: (client: Socket) => void,
): Promise<ListenerServer> {
  const open = new Set<Socket>();
  // Half-open, because ending its own half is how a client says that it has sent everything.
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    onConnection(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has a port');
  return {
    port: bound.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of open) client.destroy();
      }),
  };
}
