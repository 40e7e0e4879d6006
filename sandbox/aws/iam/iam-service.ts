/**
 * IAM as a migration uses it: the OIDC provider of a new cluster, and the trust policies of roles that workloads assume.
 * Limits: docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
import * as sdk from '@aws-sdk/client-iam';
import { z } from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { defineService, type Service } from '../core/service.ts';
import { QUOTA_CODES, type QuotaBook } from '../quotas/quota-book.ts';
import type { IamDirectory, IamRole, OidcProvider } from './iam-directory.ts';

/** Default quota for a role's trust policy, in characters without white space. */
const TRUST_POLICY_LIMIT = 2_048;

export function iamService(
  iam: IamDirectory,
  account: { readonly clock: Clock; readonly quotas: QuotaBook },
): Service {
  return defineService({
    sdk,
    signingName: 'iam',
    protocol: { kind: 'query', xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
    validationErrorCode: 'ValidationError',
    global: true,
    handlers: { ...roleHandlers(iam), ...providerHandlers(iam, account) },
  });
}

function roleHandlers(iam: IamDirectory): OperationHandlers<typeof sdk> {
  const required = (name: string | undefined): IamRole => {
    const role = iam.role(name ?? '');
    if (role === undefined) {
      throw new AwsError('NoSuchEntityException', `The role with name ${name} cannot be found.`);
    }
    return role;
  };

  return {
    CreateRole: ({ RoleName = '', AssumeRolePolicyDocument, Tags }) => {
      if (iam.role(RoleName) !== undefined) {
        throw new AwsError(
          'EntityAlreadyExistsException',
          `Role with name ${RoleName} already exists.`,
        );
      }
      return {
        Role: roleAnswer(
          iam.createRole(RoleName, trustPolicy(AssumeRolePolicyDocument), tagMap(Tags)),
        ),
      };
    },
    GetRole: ({ RoleName }) => ({ Role: roleAnswer(required(RoleName)) }),
    UpdateAssumeRolePolicy: ({ RoleName, PolicyDocument }) => {
      iam.updateTrust(required(RoleName), trustPolicy(PolicyDocument));
      return {};
    },
  };
}

function providerHandlers(
  iam: IamDirectory,
  { clock, quotas }: { readonly clock: Clock; readonly quotas: QuotaBook },
): OperationHandlers<typeof sdk> {
  const required = (arn: string | undefined): OidcProvider => {
    const provider = iam.provider(arn ?? '');
    if (provider === undefined) {
      throw new AwsError(
        'NoSuchEntityException',
        `OpenIDConnect Provider not found for arn ${arn}`,
      );
    }
    return provider;
  };

  return {
    CreateOpenIDConnectProvider: ({ Url = '', ClientIDList, ThumbprintList, Tags }) => {
      if (!Url.startsWith('https://'))
        throw new AwsError('InvalidInputException', 'The url must begin with https://');
      const url = Url.slice('https://'.length);
      const arn = iam.providerArn(url);
      if (iam.provider(arn) !== undefined) {
        throw new AwsError(
          'EntityAlreadyExistsException',
          `Provider with url ${Url} already exists.`,
        );
      }
      const quota = quotas.value(QUOTA_CODES.issuers);
      if (iam.providers().length >= quota)
        throw new AwsError(
          'LimitExceededException',
          `Cannot exceed quota for OpenIdConnectProvidersPerAccount: ${quota}`,
        );
      iam.putProvider({
        arn,
        url,
        clientIds: ClientIDList ?? [],
        thumbprints: ThumbprintList ?? [],
        createdAt: clock.now(),
        tags: tagMap(Tags),
      });
      return { OpenIDConnectProviderArn: arn, Tags };
    },
    GetOpenIDConnectProvider: ({ OpenIDConnectProviderArn }) => {
      const provider = required(OpenIDConnectProviderArn);
      return {
        Url: provider.url,
        ClientIDList: [...provider.clientIds],
        ThumbprintList: [...provider.thumbprints],
        CreateDate: provider.createdAt,
        Tags: tagList(provider.tags),
      };
    },
    ListOpenIDConnectProviders: () => ({
      OpenIDConnectProviderList: iam.providers().map(({ arn }) => ({ Arn: arn })),
    }),
    TagOpenIDConnectProvider: ({ OpenIDConnectProviderArn, Tags }) => {
      const provider = required(OpenIDConnectProviderArn);
      iam.putProvider({ ...provider, tags: { ...provider.tags, ...tagMap(Tags) } });
      return {};
    },
    DeleteOpenIDConnectProvider: ({ OpenIDConnectProviderArn }) => {
      iam.deleteProvider(required(OpenIDConnectProviderArn).arn);
      return {};
    },
  };
}

const documentSchema = z.object({
  Statement: z.union([
    z.record(z.string(), z.unknown()),
    z.array(z.record(z.string(), z.unknown())).min(1),
  ]),
});
const SID = /^[A-Za-z0-9]*$/;

/** Throws for what IAM refuses as a trust policy: no JSON, no statement, Sids twice or with other characters, or more than the quota. */
function trustPolicy(document: string | undefined): string {
  const text = document ?? '';
  const statements = statementsIn(text);
  const sids = statements.flatMap(({ Sid }) => (typeof Sid === 'string' ? [Sid] : []));
  if (new Set(sids).size < sids.length || !sids.every((sid) => SID.test(sid)))
    throw malformed('Statement IDs (SID) must be alpha-numeric and unique');
  if (text.replaceAll(/\s/g, '').length > TRUST_POLICY_LIMIT) {
    throw new AwsError(
      'LimitExceededException',
      `Cannot exceed quota for ACLSizePerRole: ${TRUST_POLICY_LIMIT}`,
    );
  }
  return text;
}

/** @throws AwsError where there are none */
function statementsIn(text: string): readonly Readonly<Record<string, unknown>>[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  const { data } = documentSchema.safeParse(document);
  if (data === undefined) throw malformed('Syntax errors in policy.');
  return Array.isArray(data.Statement) ? data.Statement : [data.Statement];
}

const malformed = (message: string): AwsError =>
  new AwsError('MalformedPolicyDocumentException', message);

/** IAM answers policy documents percent-encoded (RFC 3986). */
const roleAnswer = (role: IamRole): sdk.Role => ({
  Path: '/',
  RoleName: role.name,
  RoleId: role.roleId,
  Arn: role.arn,
  CreateDate: role.createdAt,
  AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
  MaxSessionDuration: 3_600,
  Tags: tagList(role.tags),
});

const tagMap = (tags: readonly sdk.Tag[] | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

const tagList = (tags: Readonly<Record<string, string>>): sdk.Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
