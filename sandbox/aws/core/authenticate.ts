/**
 * Decides who a signed request is from. With an identity table, the key must be known, unexpired and the signature right, as on
 * AWS; without one (services under test alone) every caller is the account's root.
 */
import { AwsError } from './aws-error.ts';
import type { Caller, Identities } from './identities.ts';
import { signatureIsRight, signingTime, type FoundSignature } from './signature.ts';
import type { CommonErrors, WireRequest } from './wire.ts';

/**
 * A signed request must arrive within five minutes of its timestamp.
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
const SIGNATURE_LIFE_SECONDS = 300;

export interface Authentication {
  readonly identities: Identities | undefined;
  readonly accountId: string;
  readonly now: () => Date;
}

/** Throws `AwsError` with the protocol's own code for unknown keys and wrong signatures. */
export function authenticate(
  authentication: Authentication,
  request: WireRequest,
  found: FoundSignature,
  errors: CommonErrors,
): Caller {
  const { identities, accountId } = authentication;
  if (identities === undefined) {
    const arn = `arn:aws:iam::${accountId}:root`;
    return { accessKeyId: found.accessKeyId, accountId, arn, principalArn: arn, userId: accountId };
  }
  const identity = identities.find(found.accessKeyId);
  const { unknownAccessKey, wrongSignature } = errors;
  if (identity === undefined || identity.sessionToken !== found.sessionToken) {
    throw new AwsError(
      unknownAccessKey.code,
      'The security token included in the request is invalid.',
      {
        httpStatus: unknownAccessKey.status,
      },
    );
  }
  if (identity.expiresAt !== undefined && identity.expiresAt <= authentication.now()) {
    throw new AwsError(
      'ExpiredTokenException',
      'The security token included in the request is expired',
      {
        httpStatus: 403,
      },
    );
  }
  const ageSeconds =
    (authentication.now().getTime() - (signingTime(found)?.getTime() ?? 0)) / 1_000;
  const lifeSeconds = found.expiresSeconds ?? SIGNATURE_LIFE_SECONDS;
  if (ageSeconds > lifeSeconds || ageSeconds < -SIGNATURE_LIFE_SECONDS) {
    throw new AwsError(wrongSignature.code, `Signature expired: signed at ${found.signedAt}`, {
      httpStatus: wrongSignature.status,
    });
  }
  if (!signatureIsRight(request, found, identity.secretAccessKey)) {
    throw new AwsError(
      wrongSignature.code,
      'The request signature we calculated does not match the signature you provided.',
      { httpStatus: wrongSignature.status },
    );
  }
  return identity;
}
