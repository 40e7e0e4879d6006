import type { Logger } from 'pino';
import { assertNever } from '#domain/assert-never.ts';
import type { Notifier } from '#activities/ports/notifier.ts';
import { ANY_HOST, outboundAgent, type OutboundRule } from '#activities/adapters/http/outbound.ts';
import { tellWebhook } from './webhook-notifier.ts';

/** Tells people by whatever target the plan names. @param parts `outbound`: which webhooks may be told; default any */
export function createNotifier({
  log,
  outbound = ANY_HOST,
}: {
  readonly log: Pick<Logger, 'info'>;
  readonly outbound?: OutboundRule;
}): Notifier & { readonly close: () => Promise<void> } {
  const agent = outboundAgent(outbound);
  return {
    close: () => agent.close(),
    tell: async (target, notice, signal) => {
      switch (target.with) {
        case 'webhook':
          await tellWebhook(target.url, notice, agent, signal);
          break;
        case 'log':
          log.info({ notice }, notice.text);
          break;
        default:
          assertNever(target);
      }
    },
  };
}
