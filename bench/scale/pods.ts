/** One server that stands for all pods of all clusters: every one of them answers, and at once. */
import { createServer } from 'node:http';
import { once } from 'node:events';

export async function startPods(): Promise<{
  readonly origin: string;
  stop(): Promise<void>;
}> {
  const server = createServer((request, response) => {
    request.resume();
    response.end('well');
  });
  server.keepAliveTimeout = 75_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
