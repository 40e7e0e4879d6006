import {
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  UpdateAssumeRolePolicyCommand,
  type GetOpenIDConnectProviderResponse,
} from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { CutoverFailure } from '#domain/failures.ts';
import { STS_AUDIENCE } from '#domain/trust-policy/admission.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { Access } from '#activities/ports/refs.ts';
import type { RoleTrust } from '#activities/ports/role-trust.ts';
import type { ServiceAccountTokens } from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import { asFailure, isAwsError } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';
import { createTurns } from './turns.ts';

/**
 * Roles of pods by their cluster's OIDC issuer (IRSA). IAM has no conditional write for a trust policy: whoever writes last wins. So
 * a policy is read right before each write, and read again after it until nothing of ours is missing.
 * Sources: IAM API reference, "UpdateAssumeRolePolicy", "CreateOpenIDConnectProvider"; STS API reference, "AssumeRoleWithWebIdentity"
 */

/** Writes of one change, at most: somebody who writes against us all the time is a person's matter. */
const WRITES = 5;
/**
 * Between a write and the look at it. Another writer who read before our write has written by then; and IAM may show the policy of a
 * moment ago. Milliseconds.
 */
const SETTLE_MS = 1_000;
/** The shortest that STS gives. */
const SESSION_SECONDS = 900;
const NOTHING_ALLOWED = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});
/** STS saying no to the token or to its holder; whatever else fails is no answer. */
const REFUSALS = [
  'AccessDenied',
  'InvalidIdentityToken',
  'IDPRejectedClaim',
  'IDPCommunicationError',
  'ExpiredToken',
] as const;

export function createIamRoleTrust(parts: {
  readonly clients: AwsClients;
  readonly tokens: ServiceAccountTokens;
  readonly clock: Pick<Clock, 'sleep'>;
  /** @default 1000 */
  readonly settleMs?: number;
}): RoleTrust {
  const { clients, tokens, clock, settleMs = SETTLE_MS } = parts;
  const inTurn = createTurns();

  async function read(access: Access, roleArn: string, signal: AbortSignal): Promise<string> {
    const command = new GetRoleCommand({ RoleName: nameOf(roleArn) });
    const { Role } = await clients.iam(access).read.send(command, { abortSignal: signal });
    if (Role?.Arn !== roleArn)
      throw new CutoverFailure('not-found', `the account’s role of that name is ${Role?.Arn}`, {
        resource: roleArn,
      });
    return decodeURIComponent(Role.AssumeRolePolicyDocument ?? '');
  }

  async function write(
    access: Access,
    roleArn: string,
    policy: string,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await clients.iam(access).write.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: nameOf(roleArn),
          PolicyDocument: policy,
        }),
        { abortSignal: signal },
      );
    } catch (error) {
      if (!isAwsError(error, 'LimitExceeded')) throw error;
      throw new CutoverFailure(
        'trust-policy-full',
        `IAM does not take a trust policy of ${policy.length} characters`,
        { resource: roleArn, cause: error },
      );
    }
  }

  async function findProvider(
    access: Access,
    providerArn: string,
    signal: AbortSignal,
  ): Promise<GetOpenIDConnectProviderResponse | null> {
    try {
      return await clients
        .iam(access)
        .read.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn }), {
          abortSignal: signal,
        });
    } catch (error) {
      if (isAwsError(error, 'NoSuchEntity')) return null;
      throw error;
    }
  }

  return {
    registerIssuer: (access, { name, providerArn }, tags, signal) =>
      asFailure(providerArn, signal, async () => {
        const found = await findProvider(access, providerArn, signal);
        if (found?.ClientIDList?.includes(STS_AUDIENCE) === true) return;
        if (found !== null)
          throw new CutoverFailure(
            'unexpected-shape',
            `green’s OIDC provider is there already and does not admit the audience ${STS_AUDIENCE}`,
            { resource: providerArn },
          );
        try {
          await clients.iam(access).write.send(
            // Without a thumbprint IAM takes the top authority of the issuer's certificate, and trusts EKS's by itself.
            new CreateOpenIDConnectProviderCommand({
              Url: `https://${name}`,
              ClientIDList: [STS_AUDIENCE],
              Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            }),
            { abortSignal: signal },
          );
        } catch (error) {
          // Made meanwhile; whoever made it, the proof will tell whether it serves.
          if (!isAwsError(error, 'EntityAlreadyExists')) throw error;
        }
      }),

    removeIssuer: (access, providerArn, isOurs, signal) =>
      asFailure(providerArn, signal, async () => {
        const found = await findProvider(access, providerArn, signal);
        const tags = (found?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const);
        if (found === null || !isOurs(Object.fromEntries(tags))) return;
        try {
          await clients
            .iam(access)
            .write.send(
              new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn }),
              { abortSignal: signal },
            );
        } catch (error) {
          if (!isAwsError(error, 'NoSuchEntity')) throw error;
        }
      }),

    read: (access, roleArn, signal) =>
      asFailure(roleArn, signal, async () => read(access, roleArn, signal)),

    change: (access, roleArn, change, signal) =>
      asFailure(roleArn, signal, async () =>
        inTurn(roleArn, async () => {
          for (let writes = 0; writes <= WRITES; writes += 1) {
            if (writes > 0) await clock.sleep(settleMs, signal);
            const before = await read(access, roleArn, signal);
            const after = change(before);
            if (after === before) return { changed: writes > 0 };
            if (writes < WRITES) await write(access, roleArn, after, signal);
          }
          throw new CutoverFailure(
            'write-not-verified',
            `the trust policy was written ${WRITES} times and reads otherwise`,
            { resource: roleArn },
          );
        }),
      ),

    whyRefused: ({ identity, ...cluster }, { roleArn, ...account }, signal) =>
      asFailure(roleArn, signal, async () => {
        const token = await tokens.tokenFor(cluster, identity, account, STS_AUDIENCE, signal);
        try {
          await clients.sts(cluster.access).send(
            new AssumeRoleWithWebIdentityCommand({
              RoleArn: roleArn,
              RoleSessionName: 'cutover-proof',
              WebIdentityToken: token,
              DurationSeconds: SESSION_SECONDS,
              Policy: NOTHING_ALLOWED,
            }),
            { abortSignal: signal },
          );
          return null;
        } catch (error) {
          if (!(error instanceof Error) || !isAwsError(error, ...REFUSALS)) throw error;
          return `${error.name}: ${error.message}`;
        }
      }),
  };
}

/** Without its path: IAM knows a role by its name alone. */
function nameOf(roleArn: string): string {
  return roleArn.slice(roleArn.lastIndexOf('/') + 1);
}
