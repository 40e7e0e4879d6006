import type { ClusterAccess } from '#activities/ports/cluster-access.ts';
import { createGreen, identity, type EksUnderTest } from './eks-under-test.ts';

/** What everything that lets people into clusters keeps. */
export function clusterAccessContract(name: string, setUp: () => Promise<EksUnderTest>): void {
  describe(`access to clusters (${name})`, () => {
    let under: EksUnderTest;
    let access: ClusterAccess;
    const { signal } = new AbortController();

    beforeEach(async () => {
      under = await setUp();
      access = under.ports.clusterAccess;
      await createGreen(under);
    });
    afterEach(async () => under.stop());

    it('knows the engine by its role, never by a session', async () => {
      const me = await access.whoAmI(under.blue.access, signal);

      expect(me.account).toBe(under.blue.access.account);
      expect(me.arn).toMatch(/^arn:aws:iam::\d{12}:role\/cutover-engine$/u);
    });

    it('admits a principal once', async () => {
      const { arn } = await access.whoAmI(under.green.access, signal);

      await access.admitAdmin(under.green, arn, identity('admit-engine'), signal);
      await access.admitAdmin(under.green, arn, identity('admit-engine'), signal);

      const entries = await under.entries(under.green);
      expect(entries.filter((entry) => entry === arn)).toEqual([arn]);
    });

    it('copies the entries of people, not of nodes, and keeps those that are there', async () => {
      const { arn } = await access.whoAmI(under.green.access, signal);
      await access.admitAdmin(under.green, arn, identity('admit-engine'), signal);
      const onBlue = await under.entries(under.blue);

      const copied = await access.copyEntries(under.blue, under.green, identity('copy'), signal);
      const again = await access.copyEntries(under.blue, under.green, identity('copy'), signal);

      const onGreen = await under.entries(under.green);
      expect(again).toBe(copied);
      expect(copied).toBeGreaterThan(0);
      expect(copied).toBeLessThan(onBlue.length);
      expect(onGreen).toContain(arn);
      expect(onGreen.filter((entry) => onBlue.includes(entry))).toHaveLength(copied);
      expect(onGreen.filter((entry) => entry.includes('node'))).toEqual([]);
    });

    it('tells which roles pods of a namespace get by Pod Identity, without an add-on’s', async () => {
      const { blue } = under;

      const found = await access.podIdentities(blue, ['shop'], signal);
      const elsewhere = await access.podIdentities(blue, ['kube-system'], signal);

      const roleArn = (await under.podIdentities(blue)).get('shop/orders');
      expect(found).toEqual([{ namespace: 'shop', name: 'orders', roleArn }]);
      expect(elsewhere).toEqual([]);
    });

    it('gives green’s pods the roles that blue’s get by Pod Identity, once; an add-on brings its own', async () => {
      const { blue, green } = under;

      const copied = await access.copyPodIdentities(blue, green, identity('pods'), signal);
      const again = await access.copyPodIdentities(blue, green, identity('pods'), signal);

      const onBlue = await under.podIdentities(blue);
      const onGreen = await under.podIdentities(green);
      expect([copied, again]).toEqual([1, 1]);
      expect([...onGreen.keys()]).toEqual(['shop/orders']);
      expect(onGreen.get('shop/orders')).toBe(onBlue.get('shop/orders'));
    });
  });
}
