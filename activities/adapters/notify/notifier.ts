import type { Logger } from 'pino';
import { assertNever } from '#domain/assert-never.ts';
import type { Notifier } from '../../ports.ts';
import { tellWebhook } from './webhook-notifier.ts';

/** Tells people by whatever target the plan names. */
export function createNotifier({ log }: { readonly log: Pick<Logger, 'info'> }): Notifier {
  return {
    tell: async (target, notice, signal) => {
      switch (target.with) {
        case 'webhook':
          await tellWebhook(target.url, notice, signal);
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
