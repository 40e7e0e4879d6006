import { createServer } from 'node:net';
import { once } from 'node:events';
import { freePorts } from '#sandbox/processes/free-ports.ts';

describe('free ports', () => {
  it('are all different, also between callers at the same time', async () => {
    const ports = (await Promise.all([freePorts(20), freePorts(20)])).flat();

    expect(new Set(ports).size).toBe(40);
  });

  it('can be listened on', async () => {
    const [port] = await freePorts(1);
    const server = createServer().listen(port, '127.0.0.1');

    await once(server, 'listening');

    server.close();
    await once(server, 'close');
  });

  it('lie below the ports that outgoing connections take', async () => {
    for (const port of await freePorts(10)) expect(port).toBeLessThan(32_768);
  });
});
