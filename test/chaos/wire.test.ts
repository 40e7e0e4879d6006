/** The network that can be cut: what troubles do to whoever talks over it. */
import { connect } from 'node:net';
import { startWire } from '#chaos/wire.ts';
import { startLocalServer, type LocalServer } from '#test/support/local-server.ts';

const BODY = 'x'.repeat(10_000);
let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer((_, response) => response.end(BODY));
});
afterAll(() => server.stop());

const hostOf = ({ url }: LocalServer): string => new URL(url).host;

async function ask(address: string, signal?: AbortSignal): Promise<string> {
  const answer = await fetch(`http://${address}/`, {
    headers: { connection: 'close' },
    ...(signal === undefined ? {} : { signal }),
  });
  return answer.text();
}

describe('a wire', () => {
  it('carries what it is given', async () => {
    const wire = await startWire(hostOf(server));

    expect(await ask(wire.address)).toBe(BODY);
    expect(wire.struck).toBe(0);
    await wire.stop();
  });

  it.each([
    ['refuses', { kind: 'refused' }],
    ['cuts answers in the middle', { kind: 'cut', afterBytes: 300 }],
  ] as const)('%s, counts it, and carries again', async (_, trouble) => {
    const wire = await startWire(hostOf(server));
    wire.set(trouble);

    await expect(ask(wire.address)).rejects.toThrow();
    expect(wire.struck).toBe(1);
    wire.set({ kind: 'none' });
    expect(await ask(wire.address)).toBe(BODY);
    await wire.stop();
  });

  it('hangs until it carries again, and what hung is lost', async () => {
    const wire = await startWire(hostOf(server));
    wire.set({ kind: 'hung' });
    const [host = '', port = ''] = wire.address.split(':');
    const socket = connect({ host, port: Number(port) });
    socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
    });
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const isStruck = async (): Promise<void> => {
      while (wire.struck === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    await isStruck();

    wire.set({ kind: 'none' });
    await closed;

    expect(await ask(wire.address)).toBe(BODY);
    await wire.stop();
  });
});
