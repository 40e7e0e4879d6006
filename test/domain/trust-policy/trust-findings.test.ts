import { trustFindings, type TrustFacts } from '#domain/trust-policy/trust-findings.ts';

const issuer = (id: string) => {
  const name = `oidc.eks.eu-west-1.amazonaws.com/id/${id.repeat(32)}`;
  return { name, providerArn: `arn:aws:iam::111122223333:oidc-provider/${name}` };
};
const BLUE = issuer('B');
const ORDERS = {
  namespace: 'shop',
  name: 'orders',
  roleArn: 'arn:aws:iam::111122223333:role/shop-orders',
};

const trust = (
  condition: object = {},
  principal: object = { Federated: BLUE.providerArn },
): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: principal,
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${BLUE.name}:sub`]: 'system:serviceaccount:shop:orders',
            [`${BLUE.name}:aud`]: 'sts.amazonaws.com',
            ...condition,
          },
        },
      },
    ],
  });
const facts = (
  role: TrustFacts['accounts'][number]['role'],
  trustPolicies: TrustFacts['trustPolicies'] = 'extend',
): TrustFacts => ({
  trustPolicies,
  accounts: [{ ...ORDERS, role }],
  podIdentities: [],
  blue: { name: 'shop-blue', arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop-blue' },
  sides: { blue: BLUE, green: issuer('G'), mark: 'Cutover0123456789abcdef' },
});
const codes = (of: TrustFacts): readonly string[] =>
  trustFindings(of).map(({ severity, code }) => `${severity} ${code}`);
const policy = (text: string) => ({ kind: 'policy', policy: text }) as const;

describe('preflight, of a service account’s role', () => {
  it.each([
    ['finds nothing where it will be extended', facts(policy(trust())), []],
    ['warns where its owner must', facts(policy(trust()), 'leave'), ['warn role-trusts-blue']],
    ['warns as ever for plans of before', facts(policy(trust()), null), ['warn role-trusts-blue']],
    [
      'blocks where it may not be read',
      facts({ kind: 'unreadable', why: 'no' }),
      ['block role-not-extendable'],
    ],
    ['blocks in another account', facts({ kind: 'elsewhere' }), ['block role-not-extendable']],
    [
      'only warns of those where its owner must',
      facts({ kind: 'elsewhere' }, 'leave'),
      ['warn role-trusts-blue'],
    ],
    ['warns where there is none', facts({ kind: 'missing' }), ['warn role-refuses-blue']],
    [
      'warns where it does not let the account in on blue',
      facts(policy(trust().replace('shop:orders', 'shop:carts'))),
      ['warn role-refuses-blue'],
    ],
    [
      'warns where IAM may not take it',
      facts(policy(trust({ 'aws:PrincipalTag/team': 'x'.repeat(1_200) }))),
      ['warn trust-policy-long'],
    ],
    [
      'warns of a condition on blue’s name',
      facts(policy(trust({ 'aws:RequestTag/eks-cluster-name': 'shop-blue' }))),
      ['warn trust-names-blue'],
    ],
  ] as const)('%s', (_, found, expected) => {
    expect(codes(found)).toEqual(expected);
  });

  it('warns of a Pod Identity role that lets in by blue’s ARN', () => {
    const condition = { 'aws:SourceArn': ['arn:aws:eks:eu-west-1:111122223333:cluster/shop-blue'] };
    const role = policy(trust(condition, { Service: 'pods.eks.amazonaws.com' }));
    const { accounts, ...rest } = facts(role);

    expect(codes({ ...rest, accounts: [], podIdentities: accounts })).toEqual([
      'warn trust-names-blue',
    ]);
    expect(
      trustFindings({ ...rest, accounts: [], podIdentities: accounts })[0]?.evidence,
    ).toContain('aws:SourceArn');
  });
});
