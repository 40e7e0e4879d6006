import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { listOf, providersOf, statementsOf, type Issuer } from './trust-policy.ts';

/**
 * Does a trust policy let a service account's token in? As far as it can be read: conditions on the token's subject and audience.
 * Others are `unknown`, and only AWS can tell. Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */
type Admission = 'yes' | 'no' | 'unknown';

/** The audience that EKS gives pods' tokens. */
export const STS_AUDIENCE = 'sts.amazonaws.com';

export function admission(
  policy: string,
  issuer: Issuer,
  account: { readonly namespace: string; readonly name: string },
): Admission {
  const claims = {
    [`${issuer.name}:sub`.toLowerCase()]: `system:serviceaccount:${account.namespace}:${account.name}`,
    [`${issuer.name}:aud`.toLowerCase()]: STS_AUDIENCE,
  };
  const found = statementsOf(policy)
    .filter((one) => concerns(one, issuer.providerArn))
    .map((one) => ({ effect: one['Effect'], holds: holds(one['Condition'], claims) }));
  const denied = worst(found.filter(({ effect }) => effect === 'Deny'));
  const allowed = worst(found.filter(({ effect }) => effect === 'Allow'));
  if (denied === 'yes' || allowed === 'no') return 'no';
  return denied === 'unknown' ? 'unknown' : allowed;
}

/** One that holds is enough. */
function worst(found: readonly { readonly holds: Admission }[]): Admission {
  if (found.some(({ holds }) => holds === 'yes')) return 'yes';
  return found.some(({ holds }) => holds === 'unknown') ? 'unknown' : 'no';
}

function concerns(statement: Fields, providerArn: string): boolean {
  const actions = listOf(statement['Action']).map((one) => String(one).toLowerCase());
  const isEverybody =
    statement['Principal'] === '*' || fieldsOf(statement['Principal'])['AWS'] === '*';
  return (
    (isEverybody || providersOf(statement).includes(providerArn)) &&
    actions.some((one) => ['sts:assumerolewithwebidentity', 'sts:*', '*'].includes(one))
  );
}

/** All conditions must hold. */
function holds(condition: unknown, claims: Readonly<Record<string, string>>): Admission {
  const tests = Object.entries(fieldsOf(condition)).flatMap(([operator, keys]) =>
    Object.entries(fieldsOf(keys)).map(([key, values]) =>
      test(operator, claims[key.toLowerCase()], listOf(values).map(String)),
    ),
  );
  if (tests.includes('no')) return 'no';
  return tests.includes('unknown') ? 'unknown' : 'yes';
}

function test(operator: string, value: string | undefined, wanted: readonly string[]): Admission {
  if (value === undefined) return 'unknown';
  switch (operator) {
    case 'StringEquals':
      return wanted.includes(value) ? 'yes' : 'no';
    case 'StringLike':
      return wanted.some((pattern) => isLike(value, pattern)) ? 'yes' : 'no';
    default:
      return 'unknown';
  }
}

/** `*` stands for any text, `?` for any character. Without a regular expression: patterns are other people's. */
function isLike(value: string, pattern: string): boolean {
  let [at, wanted, star, mark] = [0, 0, -1, 0];
  while (at < value.length) {
    const sign = pattern[wanted];
    if (sign === '*') [star, mark, wanted] = [wanted, at, wanted + 1];
    else if (sign === '?' || sign === value[at]) [at, wanted] = [at + 1, wanted + 1];
    else if (star !== -1) [mark, at, wanted] = [mark + 1, mark + 1, star + 1];
    else return false;
  }
  return /^\**$/u.test(pattern.slice(wanted));
}
