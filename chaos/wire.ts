/**
 * The network between a worker and one server: a TCP proxy on loopback that can refuse, hang, or cut what flows. Bytes are never looked
 * into, so that TLS and gRPC pass as they are. Started for each server that a case takes away.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** `cut`: each connection is reset after its server has sent so many bytes, in the middle of whatever it was saying. */
export type Trouble =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'hung' }
  | { readonly kind: 'cut'; readonly afterBytes: number };

export interface Wire {
  /** `127.0.0.1:PORT`, to be given to the worker. */
  readonly address: string;
  /** From now on, for connections that are there too. */
  set(trouble: Trouble): void;
  /** Connections that trouble befell. */
  readonly struck: number;
  stop(): Promise<void>;
}

/** @param server `host:port` */
export async function startWire(server: string): Promise<Wire> {
  const [host = '', port = ''] = server.split(':');
  const pairs = new Set<readonly [Socket, Socket]>();
  let trouble: Trouble = { kind: 'none' };
  let struck = 0;

  const end = (pair: readonly [Socket, Socket]): void => {
    pairs.delete(pair);
    for (const socket of pair) socket.resetAndDestroy();
  };
  const listener: Server = createServer({ noDelay: true }, (client) => {
    if (trouble.kind === 'refused') {
      struck += 1;
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host, port: Number(port), noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    let told = 0;
    for (const socket of pair) {
      socket.once('error', () => end(pair));
      socket.once('close', () => end(pair));
    }
    client.on('data', (chunk) => {
      if (trouble.kind === 'hung') struck += 1;
      else upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (trouble.kind === 'hung') {
        struck += 1;
        return;
      }
      if (trouble.kind === 'cut') {
        const left = trouble.afterBytes - told;
        told += chunk.length;
        if (told > trouble.afterBytes) {
          struck += 1;
          // Half of it has to be out before the reset, or nothing was cut.
          client.write(chunk.subarray(0, Math.max(0, left)), () => end(pair));
          return;
        }
      }
      client.write(chunk);
    });
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    address: `127.0.0.1:${address.port}`,
    set: (next) => {
      trouble = next;
      // What hung is lost: nobody may go on with half of a conversation.
      if (next.kind !== 'cut') for (const pair of pairs) if (next.kind !== 'hung') end(pair);
    },
    get struck() {
      return struck;
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => void listener.close(() => resolve()));
      for (const pair of pairs) end(pair);
      await closed;
    },
  };
}
