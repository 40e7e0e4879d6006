/**
 * Joins one client's TCP connection to one target, byte by byte, until either side ends. A network load balancer does not
 * look inside and does not try another target. Never throws. Called by load-balancer.ts.
 */
import type { Socket } from 'node:net';
import type { TargetAddress, TargetNetwork } from './target-network.ts';

/** True when the connection to the target came about; the flow then lives on by itself. */
export async function forwardFlow(
  client: Socket,
  target: TargetAddress,
  network: TargetNetwork,
): Promise<boolean> {
  // A client that breaks off is nobody's fault and must not end the process.
  client.on('error', () => client.destroy());
  let server: Socket;
  try {
    server = await network.connect(target);
  } catch {
    return false;
  }
  server.on('error', () => client.destroy());
  client.on('close', () => server.destroy());
  client.pipe(server);
  server.pipe(client);
  return true;
}
