import {
  describeLeftTrust,
  leftTrustFacts,
  withRolesOf,
} from '#domain/migration/role-trust-record.ts';

const issuer = (name: string) => ({ name, providerArn: `arn:oidc-provider/${name}` });
const found = (mark: string, ...roles: readonly string[]) => ({
  blue: issuer('blue'),
  green: issuer('green'),
  mark,
  roles,
});

describe('what is remembered of trust', () => {
  it('keeps roles that were extended before and are named by nobody now (I9)', () => {
    expect(withRolesOf(found('a', 'x', 'y'), found('a', 'y', 'z')).roles).toEqual(['x', 'y', 'z']);
    expect(withRolesOf(undefined, found('a', 'y'))).toEqual(found('a', 'y'));
    expect(withRolesOf(found('b', 'x'), found('a', 'y'))).toEqual(found('a', 'y'));
  });

  it('says what of blue’s is left, for its owners', () => {
    expect(describeLeftTrust(undefined)).toBe('');
    expect(leftTrustFacts(undefined)).toEqual({});
    expect(leftTrustFacts(found('a'))).toEqual({ oidcProviderLeft: 'arn:oidc-provider/blue' });
    expect(describeLeftTrust(found('a', 'x'))).toContain('one role that name');
    expect(describeLeftTrust(found('a', 'x', 'y'))).toContain('2 roles that name');
    expect(describeLeftTrust(found('a'))).toContain('arn:oidc-provider/blue');
  });
});
