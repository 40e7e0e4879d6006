import type { ClusterRef, Identified } from '#activities/ports/refs.ts';
import type { RoleTrust } from '#activities/ports/role-trust.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { issuerIn } from '#domain/workloads/service-account-roles.ts';
import { policyCharacters, withoutTwins, withTwins } from '#domain/trust-policy/trust-policy.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

export interface RoleTrustUnderTest {
  readonly roleTrust: RoleTrust;
  readonly blue: ClusterRef & { readonly issuer: string };
  /** With a namespace `shop` and service accounts `orders` and `carts` in it. */
  readonly green: ClusterRef & { readonly identity: Identified; readonly issuer: string };
  /** Trusts blue for shop/orders. */
  readonly roleArn: string;
  /** Of an OIDC provider; null where there is none. */
  providerTags(arn: string): Promise<Readonly<Record<string, string>> | null>;
  /** As somebody else. */
  readPolicy(): Promise<string>;
  writePolicy(policy: string): Promise<void>;
  /** Somebody who read before our next write writes this right after it. */
  overwriteOnce(policy: string): void;
  /** Everything that was ever recorded of the calls, for what must not be in it. */
  recorded(): string;
  stop(): Promise<void>;
}

const OURS = { 'cutover/workflow-id': 'migrate/1/eu/blue' };
const ORDERS = { namespace: 'shop', name: 'orders' };

/** What everything that changes and proves trust keeps. */
export function roleTrustContract(
  name: string,
  setUp: () => Promise<RoleTrustUnderTest>,
  timeoutMs = 20_000,
): void {
  describe(`the trust of roles (${name})`, () => {
    let under: RoleTrustUnderTest;
    const { signal } = new AbortController();

    beforeEach(async () => {
      under = await setUp();
    }, timeoutMs);
    afterEach(async () => under.stop());

    const sides = () => {
      const { account } = under.blue.access;
      return {
        blue: issuerIn(account, under.blue.issuer, under.roleArn),
        green: issuerIn(account, under.green.issuer, under.roleArn),
        mark: 'Cutover0123456789abcdef',
      };
    };
    const register = async (tags: Readonly<Record<string, string>> = OURS): Promise<void> =>
      under.roleTrust.registerIssuer(under.blue.access, sides().green, tags, signal);
    const extend = async () =>
      under.roleTrust.change(
        under.blue.access,
        under.roleArn,
        (policy) => withTwins(policy, sides()),
        signal,
      );
    const withdraw = async () =>
      under.roleTrust.change(
        under.blue.access,
        under.roleArn,
        (policy) => withoutTwins(policy, sides().mark),
        signal,
      );
    const why = async (account = ORDERS) =>
      under.roleTrust.whyRefused(under.green, { ...account, roleArn: under.roleArn }, signal);

    it('registers an issuer once, and takes it away only where it is ours', async () => {
      const { providerArn } = sides().green;
      await register();
      await register();
      expect(await under.providerTags(providerArn)).toMatchObject(OURS);

      await under.roleTrust.removeIssuer(under.blue.access, providerArn, () => false, signal);
      expect(await under.providerTags(providerArn)).toMatchObject(OURS);

      const isOurs = (tags: Readonly<Record<string, string>>): boolean =>
        tags['cutover/workflow-id'] === OURS['cutover/workflow-id'];
      await under.roleTrust.removeIssuer(under.blue.access, providerArn, isOurs, signal);
      await under.roleTrust.removeIssuer(under.blue.access, providerArn, isOurs, signal);
      expect(await under.providerTags(providerArn)).toBeNull();
    });

    it('changes a policy once, reads as it was written, and is as before when it is withdrawn', async () => {
      const before = await under.readPolicy();

      expect(await extend()).toEqual({ changed: true });
      expect(await extend()).toEqual({ changed: false });
      expect(await under.roleTrust.read(under.blue.access, under.roleArn, signal)).toBe(
        withTwins(before, sides()),
      );

      expect(await withdraw()).toEqual({ changed: true });
      expect(await withdraw()).toEqual({ changed: false });
      expect(await under.readPolicy()).toBe(before);
    });

    it('keeps what two writers at once add, one after the other', async () => {
      const others = { ...sides(), mark: 'Cutoverfedcba9876543210' };
      const theirs = (policy: string): string =>
        withTwins(policy, {
          ...others,
          green: { ...others.green, providerArn: 'arn:aws:iam::1:x' },
        });

      await Promise.all([
        extend(),
        under.roleTrust.change(under.blue.access, under.roleArn, theirs, signal),
      ]);

      const after = await under.readPolicy();
      expect(after).toContain(sides().mark);
      expect(after).toContain(others.mark);
    });

    it('keeps what somebody writes from an older reading, and puts ours in again', async () => {
      const theirs = withPeople(await under.readPolicy());
      under.overwriteOnce(theirs);

      expect(await extend()).toEqual({ changed: true });

      expect(await under.readPolicy()).toBe(withTwins(theirs, sides()));
      await withdraw();
      expect(await under.readPolicy()).toBe(theirs);
    });

    it('does not change what is too long for IAM, and says so by name', async () => {
      const before = await under.readPolicy();
      const filler = JSON.stringify({ Sid: 'x'.repeat(1_900 - policyCharacters(before)) });
      const long = before.replace(/\]\}$/u, `,${filler}]}`);
      await under.writePolicy(long);

      await expect(extend()).rejects.toMatchObject({ type: 'trust-policy-full' });

      expect(await under.readPolicy()).toBe(long);
    });

    it('knows no role that is not there', async () => {
      const roleArn = `${under.roleArn}-gone`;
      const read = under.roleTrust.read(under.blue.access, roleArn, signal);

      await expect(read).rejects.toBeInstanceOf(CutoverFailure);
      await expect(read).rejects.toMatchObject({ type: 'not-found' });
    });

    it('gives the role to the account it names, once issuer and role know green, and to no other', async () => {
      expect(await why()).toContain('InvalidIdentityToken');
      await register();
      await eventually('STS to know the issuer', async () =>
        (await why())?.includes('AccessDenied'),
      );

      await extend();
      await eventually('STS to know the policy', async () => (await why()) === null);

      expect(await why({ namespace: 'shop', name: 'carts' })).toContain('AccessDenied');
      await expect(why({ namespace: 'shop', name: 'nobody' })).rejects.toMatchObject({
        type: 'not-found',
      });
      await withdraw();
      await eventually('STS to forget the policy', async () => (await why()) !== null);
      expect(under.recorded().includes('eyJ')).toBe(false);
    });
  });
}

/** With one more statement, as a person adds it. */
export function withPeople(policy: string): string {
  const people = {
    Sid: 'People',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    Action: 'sts:AssumeRole',
  };
  return policy.replace(/\]\}$/u, `,${JSON.stringify(people)}]}`);
}
