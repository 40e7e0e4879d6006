/**
 * Every way a migration can fail, as data: what it is called, whether trying again by itself can help, and what
 * a person does next. Activities throw a `CutoverFailure`; the proxies derive their non-retryable list from this
 * table (undo proxies use none: an undo is tried for ever); `docs/failures.md` has one section per type.
 */
export const FAILURES = {
  'access-denied': {
    retryable: false,
    nextMove: 'grant the named permission to the engine role, then `cutover start` again',
  },
  'credentials-missing': {
    retryable: false,
    nextMove: "give the worker credentials for the plan's account",
  },
  throttled: { retryable: true, nextMove: 'nothing: the engine retries with growing pauses' },
  unavailable: {
    retryable: true,
    nextMove: 'nothing: the engine retries; look at the service health page if it lasts',
  },
  'not-found': {
    retryable: false,
    nextMove: 'correct the name in the plan, or restore the resource',
  },
  conflict: { retryable: true, nextMove: 'nothing: the engine reads again and retries' },
  'invalid-request': {
    retryable: false,
    nextMove: 'correct the plan field that the message names',
  },
  'limit-exceeded': {
    retryable: false,
    nextMove: 'raise the quota that the message names, then start again',
  },
  'stranger-resource': {
    retryable: false,
    nextMove: 'choose another name in the plan: this one belongs to somebody else',
  },
  'identity-changed': {
    retryable: false,
    nextMove: 'stop and look: the resource is not the one that was resolved at the start',
  },
  'unexpected-shape': {
    retryable: false,
    nextMove: 'bring the named resource into the shape the message asks for',
  },
  'write-not-verified': { retryable: true, nextMove: 'find out who else writes this resource' },
  'late-write': {
    retryable: true,
    nextMove: 'nothing: a forward write came too late and was not sent; the step is done again',
  },
  'capsule-not-written': {
    retryable: true,
    nextMove:
      'make the place of `rollback.capsule` writable for the worker; no weight moves before',
  },
  waiting: { retryable: true, nextMove: 'nothing: not ready yet' },
  'cluster-failed': {
    retryable: false,
    nextMove: 'read the health issue, mend its cause, then start again',
  },
  'nodegroup-failed': {
    retryable: false,
    nextMove: 'read the health issue, mend its cause, then start again',
  },
  'trust-policy-full': {
    retryable: false,
    nextMove:
      'take statements of clusters that are gone out of the role’s trust policy, or ask for a larger quota (“Role trust policy length”, up to 4,096 characters), then start again',
  },
  'role-not-assumable': {
    retryable: false,
    nextMove: 'let the role trust green’s issuer for the named service account, then start again',
  },
  'addon-failed': {
    retryable: false,
    nextMove: 'read the health issue, pin another add-on version in the plan',
  },
  'addon-unavailable': {
    retryable: false,
    nextMove: 'pin a version of the add-on that exists for the target version',
  },
  'addon-configuration': {
    retryable: false,
    nextMove:
      "change the add-on's configuration on blue so that both versions take it, or pin a version that takes it",
  },
  'addon-probe-failed': {
    retryable: false,
    nextMove: 'look at the named add-on on green, mend it, then start again',
  },
  'workload-unavailable': { retryable: false, nextMove: 'look at the named workload on green' },
  'smoke-failed': {
    retryable: false,
    nextMove: 'look at green: it did not answer as the plan expects',
  },
  'share-mismatch': {
    retryable: false,
    nextMove: 'compare the rule with the plan: traffic does not follow the weights',
  },
  'not-able': {
    retryable: false,
    nextMove: 'raise the capacity of the receiving side, then `cutover resume`',
  },
  'not-idle': { retryable: true, nextMove: 'find the clients that still reach blue' },
  internal: {
    retryable: false,
    nextMove: 'report it with the workflow history: this is a defect of Cutover',
  },
} as const satisfies Record<string, FailureRule>;

interface FailureRule {
  /** Can the same call succeed later without a person? Forward proxies stop at the others. */
  readonly retryable: boolean;
  /** What a person does next, one sentence. */
  readonly nextMove: string;
}

/** A failure's stable name; the anchor of its section in `docs/failures.md`. */
export type FailureType = keyof typeof FAILURES;

/** Names of the failures that end a forward activity at once. */
export const NON_RETRYABLE_FAILURES: readonly FailureType[] = Object.keys(FAILURES)
  .filter(isFailureType)
  .filter((type) => !FAILURES[type].retryable);

/** Is this text the name of a failure of the table? */
export function isFailureType(text: string): text is FailureType {
  return Object.hasOwn(FAILURES, text);
}

/** What went wrong, on which resource; thrown by activities and adapters, never matched by its text. */
export class CutoverFailure extends Error {
  override readonly name = 'CutoverFailure';
  readonly type: FailureType;
  /** The resource concerned, as people know it (an ARN, `namespace/name`); shown in the message. */
  readonly resource: string;
  /** Ask again after this many seconds; only with retryable types. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    type: FailureType,
    what: string,
    options: {
      readonly resource: string;
      readonly retryAfterSeconds?: number;
      /** One sentence; without it, or null, the type's own. */
      readonly nextMove?: string | null;
      readonly cause?: unknown;
    },
  ) {
    super(`${what} [${options.resource}]; next: ${options.nextMove ?? FAILURES[type].nextMove}`, {
      cause: options.cause,
    });
    this.type = type;
    this.resource = options.resource;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
