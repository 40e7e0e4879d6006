import { ANY_HOST, outboundAgent } from '#activities/adapters/http/outbound.ts';
import { tellWebhook } from '#activities/adapters/notify/webhook-notifier.ts';
import type { Notice } from '#activities/ports/notifier.ts';
import { startLocalServer } from '#test/support/local-server.ts';

const NOTICE: Notice = {
  event: 'rollback-started',
  workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
  migrationId: 'aaaaaaaaaaaa',
  plan: 'shop',
  text: 'traffic goes back to blue',
  command: 'cutover status',
};
const { signal } = new AbortController();
const agent = outboundAgent(ANY_HOST);
afterAll(async () => agent.destroy());

describe('a webhook', () => {
  it('gets one JSON document whose text reads alone', async () => {
    const hook = await startLocalServer((_, response) => response.writeHead(204).end());

    await tellWebhook(`${hook.url}/secret-path`, NOTICE, agent, signal);
    await hook.stop();

    const [received] = hook.received;
    expect(received).toMatchObject({ method: 'POST', path: '/secret-path' });
    expect(JSON.parse(received?.body ?? '')).toEqual({
      ...NOTICE,
      text: '[shop] traffic goes back to blue\ncutover status',
    });
  });

  it('that answers an error, or nothing, is unavailable, and its address stays secret', async () => {
    const hook = await startLocalServer((_, response) => response.writeHead(500).end());
    const url = `${hook.url}/secret-path`;

    const refused = tellWebhook(url, NOTICE, agent, signal);
    await expect(refused).rejects.toMatchObject({ type: 'unavailable' });
    await hook.stop();
    const dead = tellWebhook(url, NOTICE, agent, signal);
    await expect(dead).rejects.toMatchObject({ type: 'unavailable' });

    for (const attempt of [refused, dead])
      await expect(attempt).rejects.not.toThrow(/secret-path/u);
  });
});
