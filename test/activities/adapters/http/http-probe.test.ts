import { createHttpProbe } from '#activities/adapters/http/http-probe.ts';
import { startLocalServer, type LocalServer } from '#test/support/local-server.ts';

let server: LocalServer;
const probe = createHttpProbe();
const { signal } = new AbortController();
const get = async (
  path: string,
  headers: Readonly<Record<string, string>> = {},
  timeoutMs = 2000,
): Promise<number> =>
  (await probe.get(`${server.url}${path}`, { headers, timeoutMs }, signal)).status;

beforeEach(async () => {
  server = await startLocalServer(({ path }, response) => {
    if (path === '/silent') return;
    if (path === '/reset') response.socket?.resetAndDestroy();
    else if (path === '/moved') response.writeHead(302, { location: '/' }).end();
    else if (path === '/endless') response.writeHead(200).write('x');
    else response.writeHead(path === '/bad' ? 503 : 200).end('x'.repeat(100_000));
  });
});
afterEach(async () => server.stop());

describe('the HTTP probe', () => {
  it('tells what was answered and follows no redirects', async () => {
    expect(await get('/')).toBe(200);
    expect(await get('/bad')).toBe(503);
    expect(await get('/moved')).toBe(302);
    expect(server.received).toHaveLength(3);
  });

  it('sends the headers it is given, the host name too', async () => {
    await get('/', { host: 'shop.example', 'x-cutover-smoke': 'secret' });

    expect(server.received[0]?.headers).toMatchObject({
      host: 'shop.example',
      'x-cutover-smoke': 'secret',
    });
  });

  it.each(['/silent', '/reset', '/endless'])(
    'answers status 0 where it gets no answer (%s)',
    async (path) => {
      expect(await get(path, {}, 200)).toBe(0);
    },
  );

  it('passes a cancellation on', async () => {
    const controller = new AbortController();
    const cancelled = new Error('cancelled');
    const asked = probe.get(
      `${server.url}/silent`,
      { headers: {}, timeoutMs: 5000 },
      controller.signal,
    );

    controller.abort(cancelled);

    await expect(asked).rejects.toBe(cancelled);
  });
});
