import { admission } from '#domain/trust-policy/admission.ts';

const NAME = 'oidc.eks.eu-west-1.amazonaws.com/id/B1';
const ISSUER = { name: NAME, providerArn: `arn:aws:iam::111122223333:oidc-provider/${NAME}` };
const ORDERS = { namespace: 'shop', name: 'orders' };
const SUBJECT = 'system:serviceaccount:shop:orders';

const statement = (condition: unknown, change: object = {}): object => ({
  Effect: 'Allow',
  Principal: { Federated: ISSUER.providerArn },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
  ...change,
});
const equals = { StringEquals: { [`${NAME}:sub`]: SUBJECT, [`${NAME}:aud`]: 'sts.amazonaws.com' } };
const like = (pattern: string): object => ({ StringLike: { [`${NAME}:sub`]: pattern } });

describe('a trust policy', () => {
  it.each([
    ['lets in whom it names', [statement(equals)], 'yes'],
    ['lets everybody of the issuer in without a condition', [statement({})], 'yes'],
    ['lets in by a pattern', [statement(like('system:serviceaccount:shop:*'))], 'yes'],
    ['lets in by a pattern of one character', [statement(like('system:*:shop:order?'))], 'yes'],
    ['keeps out whom a pattern misses', [statement(like('system:serviceaccount:*:carts'))], 'no'],
    [
      'keeps out another audience',
      [statement({ StringEquals: { [`${NAME}:aud`]: 'else' } })],
      'no',
    ],
    [
      'knows keys without their case',
      [statement({ StringLike: { [`${NAME.toUpperCase()}:SUB`]: SUBJECT } })],
      'yes',
    ],
    ['keeps out who is denied', [statement(equals), statement(equals, { Effect: 'Deny' })], 'no'],
    [
      'keeps out who is denied with everybody',
      [statement(equals), statement(equals, { Effect: 'Deny', Principal: '*' })],
      'no',
    ],
    ['keeps out by another action', [statement(equals, { Action: 'sts:AssumeRole' })], 'no'],
    ['keeps out by another provider', [statement(equals, { Principal: { Federated: 'x' } })], 'no'],
    ['keeps everybody out with no statement', [], 'no'],
    [
      'may let in by what we cannot read',
      [statement({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } })],
      'unknown',
    ],
    [
      'may keep out by what we cannot read',
      [statement(equals), statement({ Bool: { x: 'true' } }, { Effect: 'Deny' })],
      'unknown',
    ],
  ] as const)('%s', (_, statements, expected) => {
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });

    expect(admission(policy, ISSUER, ORDERS)).toBe(expected);
  });

  it('is nobody’s where it is no policy', () => {
    expect(admission('{', ISSUER, ORDERS)).toBe('no');
  });
});
