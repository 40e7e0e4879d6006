/**
 * Does a role's trust policy let this caller assume it? As much of policy evaluation as migrations meet: Allow and Deny, AWS
 * principals (an ARN, an account root, `*`) and OIDC providers, `StringEquals` and `StringLike` on `sts:ExternalId` and on the claims of
 * a token. An unknown condition never matches.
 * Sources: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
 * reference_policies_elements_condition_operators.html, reference_policies_iam-condition-keys.html#condition-keys-wif
 */
import { z } from 'zod';
import type { Caller } from '../core/identities.ts';

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Principal: z.union([
    z.literal('*').transform(() => ({ AWS: ['*'], Federated: ['*'] })),
    z.object({ AWS: oneOrMore.default([]), Federated: oneOrMore.default([]) }),
  ]),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).default({}),
});

const policySchema = z.object({
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema)]),
});

type Statement = z.infer<typeof statementSchema>;

/** Who wants to assume the role, and by which right. */
export type AssumeAttempt =
  | {
      readonly kind: 'principal';
      readonly caller: Caller;
      readonly externalId: string | undefined;
    }
  | {
      readonly kind: 'web-identity';
      readonly providerArn: string;
      /** Issuer without `https://`. */
      readonly issuer: string;
      readonly claims: { readonly sub: string; readonly aud: string };
    };

/** False also for policies that cannot be read. */
export function trusts(policyText: string, attempt: AssumeAttempt): boolean {
  const policy = policySchema.safeParse(JSON.parse(policyText));
  if (!policy.success) return false;
  const matching = policy.data.Statement.filter((statement) => applies(statement, attempt));
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
}

function applies(statement: Statement, attempt: AssumeAttempt): boolean {
  return (
    statement.Action.some((action) => [actionOf(attempt), 'sts:*', '*'].includes(action)) &&
    isNamed(statement, attempt) &&
    Object.entries(statement.Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => {
        const value = contextOf(attempt)[key.toLowerCase()];
        return value !== undefined && values.some((wanted) => fits(operator, value, wanted));
      }),
    )
  );
}

function actionOf({ kind }: AssumeAttempt): string {
  return kind === 'principal' ? 'sts:AssumeRole' : 'sts:AssumeRoleWithWebIdentity';
}

function isNamed({ Principal }: Statement, attempt: AssumeAttempt): boolean {
  if (attempt.kind === 'web-identity')
    return Principal.Federated.some((one) => one === '*' || one === attempt.providerArn);
  const { caller } = attempt;
  const root = `arn:aws:iam::${caller.accountId}:root`;
  const principals = ['*', caller.accountId, root, caller.arn, caller.principalArn];
  return Principal.AWS.some((principal) => principals.includes(principal));
}

/** By condition key in lower case: keys know no case. */
function contextOf(attempt: AssumeAttempt): Readonly<Record<string, string | undefined>> {
  if (attempt.kind === 'principal') return { 'sts:externalid': attempt.externalId };
  const issuer = attempt.issuer.toLowerCase();
  return { [`${issuer}:sub`]: attempt.claims.sub, [`${issuer}:aud`]: attempt.claims.aud };
}

function fits(operator: string, value: string, wanted: string): boolean {
  if (operator === 'StringEquals') return value === wanted;
  if (operator !== 'StringLike') return false;
  const pattern = wanted.replaceAll(/[.+^${}()|[\]\\]/gu, String.raw`\$&`);
  return new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u').test(value);
}
