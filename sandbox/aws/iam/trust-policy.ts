/**
 * Does a role's trust policy let this caller assume it? As much of policy evaluation as migrations meet: Allow and Deny, AWS
 * principals (an ARN, an account root, `*`), and `StringEquals` on `sts:ExternalId`. An unknown condition never matches.
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import { z } from 'zod';
import type { Caller } from '../core/identities.ts';

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Principal: z.union([
    z.literal('*').transform(() => ({ AWS: ['*'] })),
    z.object({ AWS: oneOrMore.default([]) }),
  ]),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).default({}),
});

const policySchema = z.object({
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema)]),
});

type Statement = z.infer<typeof statementSchema>;

export interface AssumeAttempt {
  readonly caller: Caller;
  readonly externalId: string | undefined;
}

/** False also for policies that cannot be read. */
export function trusts(policyText: string, attempt: AssumeAttempt): boolean {
  const policy = policySchema.safeParse(JSON.parse(policyText));
  if (!policy.success) return false;
  const matching = policy.data.Statement.filter((statement) => applies(statement, attempt));
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
}

function applies(statement: Statement, { caller, externalId }: AssumeAttempt): boolean {
  const root = `arn:aws:iam::${caller.accountId}:root`;
  const principals = ['*', caller.accountId, root, caller.arn, caller.principalArn];
  return (
    statement.Action.some((action) => ['sts:AssumeRole', 'sts:*', '*'].includes(action)) &&
    statement.Principal.AWS.some((principal) => principals.includes(principal)) &&
    Object.entries(statement.Condition).every(([operator, keys]) =>
      Object.entries(keys).every(
        ([key, values]) =>
          operator === 'StringEquals' &&
          key === 'sts:ExternalId' &&
          externalId !== undefined &&
          values.includes(externalId),
      ),
    )
  );
}
