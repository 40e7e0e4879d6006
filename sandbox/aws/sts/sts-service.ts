/**
 * STS: who am I, and session credentials for roles whose trust policy lets the caller, or the holder of a token, in. The engine asks the first before every
 * migration to be sure it talks to the account the plan names.
 */
import * as sdk from '@aws-sdk/client-sts';
import type { AwsAccount } from '../account.ts';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { defineService, type Service } from '../core/service.ts';
import type { IamRole } from '../iam/iam-directory.ts';
import { trusts } from '../iam/trust-policy.ts';
import { verifiedIdentity } from './web-identity.ts';

/** docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SESSION_SECONDS = { min: 900, max: 43_200, default: 3_600 } as const;

export function stsService(account: AwsAccount): Service {
  return defineService({
    sdk,
    signingName: 'sts',
    protocol: { kind: 'query', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
    validationErrorCode: 'ValidationError',
    unsigned: ['AssumeRoleWithWebIdentity'],
    handlers: stsHandlers(account),
  });
}

function stsHandlers(account: AwsAccount): OperationHandlers<typeof sdk> {
  const random = account.random.fork('sts');
  const newSession = (role: IamRole, sessionName: string, seconds: number) => {
    const credentials = {
      AccessKeyId: `ASIA${random.hex(16).toUpperCase()}`,
      SecretAccessKey: random.hex(40),
      SessionToken: random.hex(96),
      Expiration: new Date(account.clock.now().getTime() + seconds * 1_000),
    };
    const assumed = {
      arn: `arn:aws:sts::${account.accountId}:assumed-role/${role.name}/${sessionName}`,
      userId: `${role.roleId}:${sessionName}`,
    };
    account.identities.add({
      ...assumed,
      accessKeyId: credentials.AccessKeyId,
      secretAccessKey: credentials.SecretAccessKey,
      sessionToken: credentials.SessionToken,
      accountId: account.accountId,
      principalArn: role.arn,
      expiresAt: credentials.Expiration,
    });
    return {
      Credentials: credentials,
      AssumedRoleUser: { Arn: assumed.arn, AssumedRoleId: assumed.userId },
    };
  };
  return {
    GetCallerIdentity: (_input, { caller }) => ({
      Account: caller.accountId,
      Arn: caller.arn,
      UserId: caller.userId,
    }),

    AssumeRole: (
      { RoleArn = '', RoleSessionName = '', ExternalId, DurationSeconds },
      { caller },
    ) => {
      const seconds = sessionSeconds(DurationSeconds);
      const attempt = { kind: 'principal', caller, externalId: ExternalId } as const;
      const role = account.iam.roleInUse(RoleArn);
      if (role === undefined || !trusts(role.trustPolicy, attempt)) {
        const what = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
        throw new AwsError('AccessDenied', what, { httpStatus: 403 });
      }
      return newSession(role, RoleSessionName, seconds);
    },

    AssumeRoleWithWebIdentity: async ({
      RoleArn = '',
      RoleSessionName = '',
      WebIdentityToken = '',
      DurationSeconds,
      Policy,
    }) => {
      const seconds = sessionSeconds(DurationSeconds);
      if (Policy !== undefined) assertPolicy(Policy);
      const identity = await verifiedIdentity(account, WebIdentityToken);
      const role = account.iam.roleInUse(RoleArn);
      const attempt = { kind: 'web-identity', ...identity } as const;
      // AWS does not tell a role that is not there from one that does not trust.
      if (role === undefined || !trusts(role.trustPolicy, attempt))
        throw new AwsError(
          'AccessDenied',
          'Not authorized to perform sts:AssumeRoleWithWebIdentity',
          { httpStatus: 403 },
        );
      return {
        ...newSession(role, RoleSessionName, seconds),
        SubjectFromWebIdentityToken: identity.claims.sub,
        Audience: identity.claims.aud,
        Provider: identity.providerArn,
      };
    },
  };
}

/** @throws AwsError out of range */
function sessionSeconds(wanted: number | undefined): number {
  const seconds = wanted ?? SESSION_SECONDS.default;
  if (seconds >= SESSION_SECONDS.min && seconds <= SESSION_SECONDS.max) return seconds;
  throw new AwsError(
    'ValidationError',
    `DurationSeconds must be between ${SESSION_SECONDS.min} and ${SESSION_SECONDS.max}`,
  );
}

/** Permissions are not played; what is no policy is refused all the same. @throws AwsError */
function assertPolicy(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError('MalformedPolicyDocumentException', 'This policy contains invalid Json');
  }
}
