/** What a plan cannot make the worker ask. */
import { request } from 'undici';
import { createHttpProbe } from '#activities/adapters/http/http-probe.ts';
import { outboundAgent, type OutboundRule } from '#activities/adapters/http/outbound.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { startLocalServer } from '#test/support/local-server.ts';

async function ask(url: string, allowedHosts?: readonly string[]): Promise<string> {
  const rule: OutboundRule = { allowedHosts };
  const agent = outboundAgent(rule, { connect: { timeout: 500 } });
  try {
    const { statusCode, body } = await request(url, { dispatcher: agent });
    await body.dump();
    return String(statusCode);
  } catch (cause) {
    return cause instanceof CutoverFailure ? cause.type : `another: ${String(cause)}`;
  } finally {
    await agent.destroy();
  }
}

describe('a URL of a plan', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.23/v1/credentials',
    'http://2852039166/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/latest/',
    'http://[fd00:ec2::23]/v1/credentials',
  ])('never reaches the credentials of the machine: %s', async (url) => {
    expect(await ask(url)).toBe('access-denied');
  });

  it('reaches the hosts that the worker allows, and no other', async () => {
    const server = await startLocalServer((_, response) => response.end('hello'));
    const byName = server.url.replace('127.0.0.1', 'localhost');
    try {
      expect(await ask(server.url)).toBe('200');
      expect(await ask(server.url, ['127.0.0.1'])).toBe('200');
      expect(await ask(byName, ['localhost'])).toBe('200');
      expect(await ask(server.url, ['*.example.com'])).toBe('access-denied');
      expect(await ask(byName, [])).toBe('access-denied');
      expect(server.received).toHaveLength(3);
    } finally {
      await server.stop();
    }
  });

  it('is refused to a probe by type, not counted as a request that green failed', async () => {
    const probe = createHttpProbe({ allowedHosts: ['*.example.com'] });
    const { signal } = new AbortController();
    await expect(
      probe.get('http://127.0.0.1:9/', { headers: {}, timeoutMs: 1_000 }, signal),
    ).rejects.toMatchObject({ type: 'access-denied' });
  });
});
