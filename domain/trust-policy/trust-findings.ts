import type { ObjectFinding, ObjectFindingCode } from '#domain/api-removals/object-finding.ts';
import { assertNever } from '#domain/assert-never.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { ROLE_ANNOTATION, type AccountRole } from '#domain/workloads/service-account-roles.ts';
import { admission } from './admission.ts';
import {
  listOf,
  policyCharacters,
  statementsOf,
  TRUST_POLICY_CHARACTERS,
  twinsFor,
  withTwins,
  type TrustSides,
} from './trust-policy.ts';

/** What preflight could read of a role. `elsewhere`: another account's. */
export type RoleFacts =
  | { readonly kind: 'policy'; readonly policy: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'unreadable'; readonly why: string };

export interface TrustFacts {
  /** `leave`: somebody else extends trust policies; null: a plan of a version that knew neither. */
  readonly trustPolicies: 'extend' | 'leave' | null;
  readonly accounts: readonly (AccountRole & { readonly role: RoleFacts })[];
  /** Roles that pods get by Pod Identity. */
  readonly podIdentities: readonly (AccountRole & { readonly role: RoleFacts })[];
  readonly blue: { readonly name: string; readonly arn: string };
  /** Of a green that is not there yet no more is known than how long its issuer's name is. */
  readonly sides: TrustSides;
}

const IRSA = 'https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html';
const QUOTAS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';

/** What stands against green's pods getting the roles that blue's get. */
export function trustFindings(facts: TrustFacts): readonly ObjectFinding[] {
  return [
    ...facts.accounts.flatMap((account) => accountFindings(account, facts)),
    ...facts.podIdentities.flatMap((account) => otherwise(account, facts)),
  ];
}

type Account = TrustFacts['accounts'][number];

function accountFindings(account: Account, facts: TrustFacts): readonly ObjectFinding[] {
  const { role } = account;
  const isOurs = facts.trustPolicies === 'extend';
  switch (role.kind) {
    case 'policy':
      return policyFindings(account, role.policy, facts);
    case 'missing':
      return [
        found(account, 'role-refuses-blue', 'warn', {
          title: 'its pods get no role on blue either, and that they do on green is proven in vain',
          evidence: `there is no role ${account.roleArn}`,
          remedy: `take the annotation ${ROLE_ANNOTATION} away, or make the role`,
          source: IRSA,
        }),
      ];
    case 'elsewhere':
      return isOurs
        ? [notExtendable(account, 'the role is in another account than blue')]
        : [trustsBlue(account)];
    case 'unreadable':
      return isOurs ? [notExtendable(account, role.why)] : [trustsBlue(account)];
    default:
      return assertNever(role);
  }
}

function policyFindings(
  account: Account,
  policy: string,
  facts: TrustFacts,
): readonly ObjectFinding[] {
  const { sides } = facts;
  if (admission(policy, sides.blue, account) === 'no')
    return [
      found(account, 'role-refuses-blue', 'warn', {
        title:
          'its role does not let its pods in on blue either; that it does on green is not proven',
        evidence: `the trust policy of ${account.roleArn} does not name the service account with blue’s issuer`,
        remedy: `mend the role’s trust policy, or take the annotation ${ROLE_ANNOTATION} away`,
        source: IRSA,
      }),
    ];
  const named = otherwise(account, facts);
  if (facts.trustPolicies !== 'extend')
    return [...(twinsFor(policy, sides).length === 0 ? [] : [trustsBlue(account)]), ...named];
  const characters = policyCharacters(withTwins(policy, sides));
  if (characters <= TRUST_POLICY_CHARACTERS) return named;
  return [
    found(account, 'trust-policy-long', 'warn', {
      title: 'IAM may not take its role’s trust policy with green in it',
      evidence: `${account.roleArn} would have ${characters} characters, and IAM takes ${TRUST_POLICY_CHARACTERS} unless the account’s quota was raised`,
      remedy:
        'take out statements of clusters that are gone, or ask for a larger quota (up to 4,096)',
      source: QUOTAS,
    }),
    ...named,
  ];
}

function notExtendable(account: Account, why: string): ObjectFinding {
  return found(account, 'role-not-extendable', 'block', {
    title: 'its role’s trust policy cannot be extended for green',
    evidence: `${account.roleArn}: ${why}`,
    remedy:
      'give the engine iam:GetRole and iam:UpdateAssumeRolePolicy on the role; or extend it by its owner’s means and say `identity.trustPolicies: leave`',
    source: IRSA,
  });
}

function trustsBlue(account: Account): ObjectFinding {
  return found(account, 'role-trusts-blue', 'warn', {
    title: 'its pods get no credentials on green until their role trusts green’s OIDC issuer',
    evidence: `annotation ${ROLE_ANNOTATION}: ${account.roleArn}`,
    remedy:
      'say `identity.trustPolicies: extend`; or have the statement ready that its owner adds when green is there: the migration waits for it a quarter of an hour',
    source: IRSA,
  });
}

/** Conditions that name blue, and that a twin takes over as they are. */
function otherwise(account: Account, { blue, sides }: TrustFacts): readonly ObjectFinding[] {
  if (account.role.kind !== 'policy') return [];
  const twins = twinsFor(account.role.policy, sides);
  const statements = twins.length > 0 ? twins : statementsOf(account.role.policy);
  const keys = statements.flatMap(({ Condition }) =>
    Object.values(fieldsOf(Condition)).flatMap((tests) =>
      Object.entries(fieldsOf(tests)).flatMap(([key, values]) =>
        listOf(values).some((value) => value === blue.name || value === blue.arn) ? [key] : [],
      ),
    ),
  );
  if (keys.length === 0) return [];
  return [
    found(account, 'trust-names-blue', 'warn', {
      title: 'its role lets pods of blue in by blue’s name, and green has another',
      evidence: `conditions of ${account.roleArn} on ${[...new Set(keys)].join(', ')}`,
      remedy: 'let the condition name green as well',
      source: 'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html',
    }),
  ];
}

function found(
  { namespace, name }: Account,
  code: ObjectFindingCode,
  severity: ObjectFinding['severity'],
  said: Pick<ObjectFinding, 'title' | 'evidence' | 'remedy' | 'source'>,
): ObjectFinding {
  const resource = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name };
  return { code, severity, resource, ...said };
}
