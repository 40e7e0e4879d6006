/**
 * The sandbox's VPC: how a target's address becomes something that answers. A kwok pod has an address but no process, so
 * every target address is translated to one local server (the demo shop) that is told by a header which address was
 * asked, and that answers for it or says that nothing lives there. A network is anything with this shape; tests may
 * translate to servers of their own.
 */
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
  return { poolFor: () => pool, close: () => pool.destroy() };
}
