/**
 * The pod's end of a WebSocket: it greets with one text, and stays. Enough of RFC 6455 to have connections that outlive
 * weights: the handshake, one unmasked text frame, and the close that answers a close. Called by shop-server.ts.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455, 1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x81;
const CLOSE = 0x88;
/** The longest payload whose length fits the frame's second byte. */
const MOST_BYTES = 125;

/** @param greeting at most 125 bytes */
export function acceptLiveConnection(
  request: IncomingMessage,
  socket: Duplex,
  greeting: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key'] ?? ''}${HANDSHAKE_GUID}`)
    .digest('base64');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'connection: Upgrade',
    'upgrade: websocket',
    `sec-websocket-accept: ${accept}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.on('error', () => socket.destroy());
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const payload = Buffer.from(greeting).subarray(0, MOST_BYTES);
  socket.write(Buffer.concat([Buffer.from([TEXT, payload.length]), payload]));
  socket.on('data', (chunk: Buffer) => {
    if (chunk[0] === CLOSE) socket.end(Buffer.from([CLOSE, 0]));
  });
  socket.on('end', () => socket.end());
}
