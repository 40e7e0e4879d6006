/** The shop and the traffic generator as the sandbox runs them: processes that say where they are and end when told. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { listenOnLoopback, type ListenerServer } from '#sandbox/data-plane/listener-server.ts';
import { trafficClient } from '#sandbox/traffic/traffic-client.ts';
import { eventually } from '../data-plane/eventually.ts';
import { ask } from '../shop/ask.ts';

const program = (path: string): string =>
  fileURLToPath(new URL(`../../../sandbox/${path}`, import.meta.url));

describe('a program of the sandbox', () => {
  const children: ChildProcess[] = [];
  let door: ListenerServer | undefined;
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await door?.close();
    door = undefined;
  });

  async function start(path: string, args: readonly string[]) {
    const child = spawn(process.execPath, [program(path), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '', AWS_REGION: 'eu-west-1' },
    });
    children.push(child);
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    return { origin: String(line), child };
  }

  async function endsWhenTold(child: ChildProcess): Promise<void> {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  }

  it('sends traffic, answers for it, and ends when told', async () => {
    door = await listenOnLoopback(0, (_request, response) => {
      response.writeHead(200, { 'x-served-by-cluster': 'shop-blue' }).end();
    });
    const target = `http://127.0.0.1:${door.port}`;
    const { origin, child } = await start('traffic/main.ts', [
      '--target',
      target,
      '--requests-per-second',
      '200',
    ]);
    const client = trafficClient(origin);

    expect(await client.state()).toMatchObject({ target, requestsPerSecond: 200 });
    const summary = await eventually('some traffic', async () => {
      const now = await client.summary();
      return now.requests >= 20 && now;
    });
    expect(summary).toMatchObject({ failed: 0, colours: { 'shop-blue': { share: 1 } } });

    await endsWhenTold(child);
  });

  it('plays the shop, takes faults, and ends when told', async () => {
    const { origin, child } = await start('shop/main.ts', []);

    const set = await ask(`${origin}/control/faults`, 'PUT', [
      { cluster: 'shop-green', rate: 0.3 },
    ]);
    const state = await ask(`${origin}/control/state`, 'GET');

    expect(set.status).toBe(200);
    expect(state.body).toMatchObject({
      clusters: {},
      faults: [{ cluster: 'shop-green', rate: 0.3 }],
    });
    await endsWhenTold(child);
  });
});
