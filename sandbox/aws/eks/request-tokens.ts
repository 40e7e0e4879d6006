/**
 * `clientRequestToken`: asking twice with one token is asking once. The same token with other parameters is refused, and a token
 * is forgotten together with what it made. AWS documents only the first half ("to ensure the idempotency of the request").
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import { isRecord } from '../core/values.ts';

interface Remembered {
  readonly fingerprint: string;
  readonly subject: string;
}

export class RequestTokens {
  readonly #tokens = new Map<string, Remembered>();

  /**
   * Has this very request been granted before? @param input the request with its `clientRequestToken`.
   * Throws `InvalidParameterException` when the token came with other parameters.
   */
  isReplay(
    operation: string,
    input: { readonly clientRequestToken?: string | undefined },
  ): boolean {
    const remembered = this.#tokens.get(key(operation, input.clientRequestToken));
    if (remembered === undefined) return false;
    if (remembered.fingerprint === fingerprint(input)) return true;
    throw new AwsError(
      'InvalidParameterException',
      `clientRequestToken ${input.clientRequestToken} was used before with other parameters`,
    );
  }

  /** @param subject what the request made; see `forget`. */
  remember(
    operation: string,
    input: { readonly clientRequestToken?: string | undefined },
    subject: string,
  ): void {
    if (input.clientRequestToken === undefined) return;
    this.#tokens.set(key(operation, input.clientRequestToken), {
      fingerprint: fingerprint(input),
      subject,
    });
  }

  /** What the token made, or undefined. */
  subjectOf(operation: string, token: string | undefined): string | undefined {
    return this.#tokens.get(key(operation, token))?.subject;
  }

  /** Forgets what made the subject and, for a cluster, everything in it (`shop-green/…`). */
  forget(subject: string): void {
    for (const [token, remembered] of this.#tokens) {
      const within = remembered.subject.startsWith(`${subject}/`);
      if (within || remembered.subject === subject) this.#tokens.delete(token);
    }
  }
}

const key = (operation: string, token: string | undefined): string => `${operation} ${token ?? ''}`;

const fingerprint = (input: object): string =>
  createHash('sha256').update(JSON.stringify(input, sortedKeys)).digest('hex');

const sortedKeys = (_key: string, value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
