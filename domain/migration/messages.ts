import { jsonBytes } from './bounds.ts';
import { isFields } from '#domain/json/json-fields.ts';
import { parsePlanChanges } from '#domain/amendment/parse-plan-changes.ts';
import { isGateName, type GateName } from './phases.ts';
import type { PlanChanges } from '#domain/amendment/plan-changes.ts';

/**
 * What people, CI and the guard can say to a running migration, and hand-written parsers for it: messages come
 * from the Temporal UI and from shells, so anything may arrive. Names of signals and updates are the verbs.
 */
export const VERBS = [
  'approve',
  'reject',
  'pause',
  'resume',
  'amend',
  'rollback',
  'abort',
] as const;

export type Verb = (typeof VERBS)[number];

/** The body of a signal or update. */
export interface Message {
  /** Chosen by the sender; a second message of the same verb and id changes nothing. 1–64 visible ASCII characters, no quotes or backslashes. */
  readonly id: string;
  /** The sender, as they call themselves: trimmed, composed (NFC), 1–128 bytes. */
  readonly by: string;
  /** The gate meant; without it the open one. */
  readonly gate?: GateName;
  /** At most 2,000 characters; needed with `force`. */
  readonly reason?: string;
  /** Override I3: move traffic towards a side that is not proven able. */
  readonly force?: boolean;
  /** Of an amendment: what becomes of the plan. At most 16 KB; `amend` needs it, with a reason. */
  readonly changes?: PlanChanges;
  /** How many amendments the sender had seen; without it, whatever there were. Another number is refused. */
  readonly basis?: number;
}

/** What an update answers. */
export interface Answer {
  readonly accepted: boolean;
  /** One sentence: what happened, or why not and what to do instead. */
  readonly message: string;
}

/** A decision that took effect. */
export interface Decision {
  readonly verb: Verb | 'guard' | 'judge' | 'cancel' | 'expiry' | 'failure';
  readonly by: string;
  readonly at: string;
  readonly id: string;
  readonly reason: string;
  readonly gate?: GateName;
  /** What an amendment changed, a sentence each. */
  readonly diff?: readonly string[];
}

/** A recorded wish to end the story; the first one counts, later ones can only add force or turn it into an abort. */
export interface StopRequest {
  readonly kind: 'rollback' | 'abort' | 'reject' | 'blocked' | 'failure';
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  readonly force: boolean;
}

/** Reads a message body; `problem` says which field is wrong and what is allowed. */
export function parseMessage(
  body: unknown,
):
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly problem: string } {
  if (!isFields(body))
    return {
      ok: false,
      problem: 'a message is an object {"id","by","gate"?,"reason"?,"force"?,"changes"?}',
    };
  const { id, gate, reason, force } = body;
  if (typeof id !== 'string' || !ID_PATTERN.test(id))
    return {
      ok: false,
      problem: '"id" must be 1–64 visible ASCII characters without quotes and backslashes',
    };
  const by = nameIn(body['by']);
  if (by === null)
    return { ok: false, problem: '"by" must be a name of 1–128 bytes without control characters' };
  if (gate !== undefined && !(typeof gate === 'string' && isGateName(gate)))
    return { ok: false, problem: '"gate" must be "shift" or "retire"' };
  if (reason !== undefined && !(typeof reason === 'string' && reason.length <= 2000))
    return { ok: false, problem: '"reason" must be a text of at most 2,000 characters' };
  if (force !== undefined && typeof force !== 'boolean')
    return { ok: false, problem: '"force" must be true or false' };
  if (force === true && (reason === undefined || reason.trim() === ''))
    return { ok: false, problem: '"force" needs a "reason"' };
  const { basis } = body;
  if (basis !== undefined && !(typeof basis === 'number' && Number.isSafeInteger(basis)))
    return { ok: false, problem: '"basis" must be a whole number of amendments' };
  const changes = body['changes'] === undefined ? null : parsePlanChanges(body['changes']);
  if (changes?.ok === false) return changes;
  return {
    ok: true,
    message: {
      id,
      by,
      ...(gate === undefined ? {} : { gate }),
      ...(reason === undefined ? {} : { reason }),
      ...(force === undefined ? {} : { force }),
      ...(changes === null ? {} : { changes: changes.changes }),
      ...(basis === undefined ? {} : { basis }),
    },
  };
}

/** Bounded, and one byte per character in JSON, because the state remembers 500 of them. */
const ID_PATTERN = /^[!#-&(-[\]-~]{1,64}$/u;
const NAME_BYTES = 128;

/** A sender's name in the one form that is stored and compared; null when it is none. */
function nameIn(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > NAME_BYTES) return null;
  const name = value.trim().normalize('NFC').toWellFormed();
  const fits = name !== '' && jsonBytes(name) - 2 <= NAME_BYTES;
  return fits && !/\p{Cc}/u.test(name) ? name : null;
}
