/**
 * Who may call: access keys, their secrets and the principal behind each. Every request's access key is looked up here, session
 * credentials of AssumeRole are added here, and the EKS token webhook verifies presigned URLs against it.
 */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present for session credentials; the caller must send it along. */
  readonly sessionToken?: string;
  readonly accountId: string;
  /** What GetCallerIdentity answers: a user ARN, or an `assumed-role` ARN for a session. */
  readonly arn: string;
  /** The IAM principal behind it: the role ARN for a session. EKS access entries name this one. */
  readonly principalArn: string;
  readonly userId: string;
  readonly expiresAt?: Date;
}

export type Caller = Pick<
  Identity,
  'accessKeyId' | 'accountId' | 'arn' | 'principalArn' | 'userId'
>;

export class Identities {
  readonly #byAccessKey = new Map<string, Identity>();

  constructor(identities: Iterable<Identity> = []) {
    for (const identity of identities) this.add(identity);
  }

  add(identity: Identity): void {
    this.#byAccessKey.set(identity.accessKeyId, identity);
  }

  find(accessKeyId: string): Identity | undefined {
    return this.#byAccessKey.get(accessKeyId);
  }
}
