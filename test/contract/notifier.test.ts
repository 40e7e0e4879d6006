import { pino } from 'pino';
import { z } from 'zod';
import { createNotifier } from '#activities/adapters/notify/notifier.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { startLocalServer } from '#test/support/local-server.ts';
import { notifierContract } from './notifier.contract.ts';

const bodySchema = z.object({
  event: z.literal('gate-waiting'),
  workflowId: z.string(),
  command: z.string(),
});

const lineSchema = z.object({ notice: bodySchema });

notifierContract('in memory', async () => {
  const { ports, world } = createFakeWorld();
  return {
    notifier: ports.notifier,
    webhook: { with: 'webhook', url: 'https://people.example/hook' },
    told: () => world.notices.map(({ notice }) => notice),
    stop: async () => undefined,
  };
});

notifierContract('webhook and log', async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  const hook = await startLocalServer((_, response) => response.end('ok'));
  const notifier = createNotifier({ log });
  return {
    notifier,
    webhook: { with: 'webhook', url: hook.url },
    told: () => [
      ...hook.received.map(({ body }) => bodySchema.parse(JSON.parse(body))),
      ...lines.map((line) => lineSchema.parse(JSON.parse(line)).notice),
    ],
    stop: async () => {
      await notifier.close();
      await hook.stop();
    },
  };
});
