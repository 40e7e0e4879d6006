/**
 * A connection that changes its protocol, as WebSockets do: the target says whether it wants that, and from then on bytes go
 * both ways until one side ends or is silent for the idle timeout. Weights do not move it any more: it stays with its target
 * until that has left its group (docs: application/load-balancer-target-groups.html#deregistration-delay). Called by
 * load-balancer.ts.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ForwardResult } from './forward-request.ts';
import { TARGET_HEADER, type TargetAddress, type TargetNetwork } from './target-network.ts';

export interface UpgradeOptions {
  readonly network: TargetNetwork;
  readonly target: TargetAddress;
  readonly idleTimeoutMs: number;
  /** Told of the client's connection once the target has taken it. */
  readonly onOpen: (client: Duplex) => void;
}

/** Resolves when it is known whether the target took the connection; never throws. */
export async function forwardUpgrade(
  request: IncomingMessage,
  client: Duplex,
  { network, target, idleTimeoutMs, onOpen }: UpgradeOptions,
): Promise<ForwardResult> {
  const startedAt = performance.now();
  try {
    const { headers, socket } = await network.poolFor(target).upgrade({
      path: request.url ?? '/',
      method: 'GET',
      protocol: request.headers.upgrade ?? 'websocket',
      headers: {
        ...passed(request.headers, REQUEST_HEADERS),
        [TARGET_HEADER]: `${target.address}:${target.port}`,
      },
    });
    const answer = Object.entries(passed(headers, ANSWER_HEADERS)).map(
      ([name, value]) => `${name}: ${value}`,
    );
    client.write(`HTTP/1.1 101 Switching Protocols\r\n${answer.join('\r\n')}\r\n\r\n`);
    join(client, socket, idleTimeoutMs);
    onOpen(client);
    return {
      answeredBy: 'target',
      statusCode: 101,
      responseTimeMs: performance.now() - startedAt,
    };
  } catch {
    client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    return { answeredBy: 'load-balancer', statusCode: 502, connectionError: true };
  }
}

/** What the handshake of a WebSocket needs (RFC 6455, 4.1 and 4.2.2). */
const REQUEST_HEADERS = [
  'host',
  'cookie',
  'origin',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
] as const;
const ANSWER_HEADERS = [
  'connection',
  'upgrade',
  'sec-websocket-accept',
  'sec-websocket-protocol',
  'x-served-by-cluster',
] as const;

function passed(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
}

/** What ends on one side ends on the other, and so does silence on both. */
function join(client: Duplex, target: Duplex, idleTimeoutMs: number): void {
  const end = (): void => {
    clearTimeout(idle);
    client.destroy();
    target.destroy();
  };
  const idle = setTimeout(end, idleTimeoutMs);
  for (const [from, to] of [
    [client, target],
    [target, client],
  ] as const) {
    from.on('data', (chunk: Buffer) => {
      idle.refresh();
      to.write(chunk);
    });
    from.once('close', end);
    from.once('end', end);
    from.once('error', end);
  }
}
