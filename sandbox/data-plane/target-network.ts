/**
 * The sandbox's VPC: how a target's address becomes something that answers. A kwok pod has an address but no process, so
 * every target address is translated to one local server (the demo shop) that is told by a header which address was
 * asked, and that answers for it or says that nothing lives there. A network is anything with this shape; tests may
 * translate to servers of their own.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { Pool } from 'undici';

/** Names the address and port that was asked, as `10.1.0.7:8080`. */
export const TARGET_HEADER = 'x-sandbox-target';

/** Status and header of the answer "nobody listens there"; the data plane treats it as a refused connection. */
export const REFUSED_STATUS = 421;
export const REFUSED_HEADER = 'x-sandbox-connection-refused';

export interface TargetAddress {
  readonly address: string;
  readonly port: number;
}

export interface TargetNetwork {
  /** The pool of connections that leads to the target. */
  poolFor(target: TargetAddress): Pool;
  /**
   * A TCP connection to the target itself, for load balancers that do not speak HTTP.
   * @throws Error when nobody listens there.
   */
  connect(target: TargetAddress): Promise<Socket>;
  close(): Promise<void>;
}

/** Every target address leads to one local origin, such as `http://127.0.0.1:18080`. */
export function translatedNetwork(origin: string): TargetNetwork {
  // Idle connections end on our side first (4 s under the server's hint), so a reuse never meets a closing socket.
  const pool = new Pool(origin, {
    connections: 256,
    pipelining: 1,
    keepAliveTimeout: 20_000,
    keepAliveTimeoutThreshold: 4_000,
    connectTimeout: 5_000,
  });
  return {
    poolFor: () => pool,
    connect: async (target) => tunnelTo(new URL(origin), target),
    close: () => pool.destroy(),
  };
}

/** HTTP's own way to name the address that a raw connection is for (RFC 9110, 9.3.6): what follows are the flow's bytes. */
async function tunnelTo(origin: URL, target: TargetAddress): Promise<Socket> {
  const asked = `${target.address}:${target.port}`;
  const socket = connectTcp({ host: origin.hostname, port: Number(origin.port), noDelay: true });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      const read = (): void => {
        const chunk: unknown = socket.read();
        if (!Buffer.isBuffer(chunk)) return;
        const end = chunk.indexOf(END_OF_HEADERS);
        if (end < 0) return reject(new Error(`half an answer from ${asked}`));
        socket.removeListener('readable', read);
        const rest = chunk.subarray(end + END_OF_HEADERS.length);
        if (rest.length > 0) socket.unshift(rest);
        resolve(chunk.subarray(0, end).toString('latin1'));
      };
      socket.once('error', reject);
      socket.once('end', () => reject(new Error(`${asked} hung up`)));
      socket.on('readable', read);
      socket.write(`CONNECT ${asked} HTTP/1.1\r\nhost: ${asked}\r\n\r\n`);
    });
    if (!answer.startsWith('HTTP/1.1 200')) throw new Error(`nobody listens at ${asked}`);
    socket.removeAllListeners('error');
    socket.removeAllListeners('end');
    return socket;
  } catch (cause) {
    socket.destroy();
    throw cause;
  }
}

const END_OF_HEADERS = '\r\n\r\n';
