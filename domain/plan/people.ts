/**
 * People: the gates that wait for them, and how they are told.
 * Called by `schema.ts`.
 */
import { z } from 'zod';
import { count, listOf, providerError, seconds, text, webUrl } from './fields.ts';

/** A group or person as the identity provider names it; no spaces, so that it prints and parses everywhere. */
export const approverField = text(
  /^[A-Za-z0-9][A-Za-z0-9._@:/+=-]*$/,
  128,
  'a group of approvers, such as sre: letters, digits or any of . _ @ : / + = -',
);

const onExpiryMeaning = {
  reject: 'reject: as if somebody had rejected it',
  hold: 'hold: stay as it is and go on waiting',
  'roll-back': 'roll-back: everything to blue',
} as const;

type OnExpiry = keyof typeof onExpiryMeaning;

interface GateDefaults<Allowed extends OnExpiry> {
  readonly quorum: number;
  readonly notRequester: boolean;
  readonly expires: string;
  readonly onExpiry: readonly [Allowed, ...Allowed[]];
}

/** A gate's schema; the first of `onExpiry` is the default. */
function gate<Allowed extends OnExpiry>(defaults: GateDefaults<Allowed>) {
  const [onExpiry] = defaults.onExpiry;
  return z
    .strictObject({
      approvers: listOf(approverField, 'approvers', 1, 50).describe(
        'Groups whose members may answer.',
      ),
      quorum: count(1, 20)
        .default(defaults.quorum)
        .describe('How many different people must approve.'),
      notRequester: z
        .boolean()
        .default(defaults.notRequester)
        .describe('Whether the one who started the migration is no approver.'),
      expires: seconds('1s', '90d')
        .prefault(defaults.expires)
        .describe('How long the gate waits; `pause` does not stop this clock.'),
      onExpiry: z
        .enum(defaults.onExpiry)
        .prefault(onExpiry)
        .describe(
          `What happens then. ${defaults.onExpiry.map((action) => onExpiryMeaning[action]).join('; ')}.`,
        ),
    })
    .transform(({ expires, ...rest }) => ({ ...rest, expiresSeconds: expires }));
}

export const gates = z.strictObject({
  shift: gate({ quorum: 1, notRequester: false, expires: '24h', onExpiry: ['reject'] }).describe(
    'Before the first user meets green. Expiry ends the run with nothing moved.',
  ),
  retire: gate({
    quorum: 2,
    notRequester: true,
    expires: '7d',
    onExpiry: ['hold', 'reject', 'roll-back'],
  }).describe('Before blue is removed.'),
});

const target = z.discriminatedUnion(
  'with',
  [
    z.strictObject({
      with: z.literal('webhook').describe('POSTs a JSON message.'),
      url: webUrl().describe('Where to. It is kept in the run’s history: it must hold no secret.'),
    }),
    z.strictObject({ with: z.literal('log').describe('Writes to the worker’s log.') }),
  ],
  { error: providerError(['webhook', 'log'], ['sns']) },
);

export const notify = listOf(target, 'ways to tell people', 1, 20).prefault([{ with: 'log' }]);
