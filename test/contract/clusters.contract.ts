import type { Clusters } from '#activities/ports/clusters.ts';
import { offeredIn } from '#domain/preflight/version-support.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { identity, type EksUnderTest } from './eks-under-test.ts';

/** What every maker of clusters keeps. */
export function clustersContract(name: string, setUp: () => Promise<EksUnderTest>): void {
  describe(`clusters (${name})`, () => {
    let under: EksUnderTest;
    let clusters: Clusters;
    const { signal } = new AbortController();
    const green = () => ({ ...under.green, version: '1.36' });
    const create = async (step = 'green') =>
      clusters.createLike(under.blue, green(), identity(step), signal);
    const removeNodegroups = async (): Promise<void> => {
      await under.ports.nodegroups.delete(under.blue, 'workers', signal);
      await eventually('no node group', async () => {
        const left = await under.ports.nodegroups.list(under.blue, signal);
        return left.length === 0;
      });
    };
    const unprotect = async (): Promise<void> => {
      await clusters.allowDeletion(under.blue, 'cutover-aaaaaaaaaaaa-unprotect', signal);
      await eventually('blue without protection and at rest', async () => {
        const found = await clusters.describe(under.blue, signal);
        return found?.deletionProtection === false && found.status === 'ACTIVE';
      });
    };

    beforeEach(async () => {
      under = await setUp();
      ({ clusters } = under.ports);
    });
    afterEach(async () => under.stop());

    it('are described with what makes them themselves', async () => {
      const blue = await clusters.describe(under.blue, signal);

      expect(blue).toMatchObject({ name: under.blue.name, version: '1.34', status: 'ACTIVE' });
      expect(blue).toMatchObject({ deletionProtection: true, issues: [] });
      expect(blue?.arn).toMatch(/:cluster\/shop-blue$/u);
      expect(new Date(blue?.createdAt ?? '').toISOString()).toBe(blue?.createdAt);
    });

    it('are null where there is none', async () => {
      expect(await clusters.describe(under.green, signal)).toBeNull();
    });

    it('come into being with the identity of the migration, and become ACTIVE', async () => {
      const made = await create();

      expect(made).toMatchObject({ name: under.green.name, version: '1.36', status: 'CREATING' });
      expect(made.tags).toMatchObject(identity('green').tags);
      await eventually('green to be ACTIVE', async () => {
        const found = await clusters.describe(under.green, signal);
        return found?.status === 'ACTIVE';
      });
    });

    it('are the same one when they are asked for again with the same token', async () => {
      const first = await create();

      const second = await create();

      expect(second).toMatchObject({ arn: first.arn, createdAt: first.createdAt });
    });

    it('are refused where the name is taken', async () => {
      await create();

      await expect(create('other')).rejects.toMatchObject({ type: 'conflict' });
    });

    it('cannot be made in the shape of one that is not there', async () => {
      const blue = { ...under.blue, name: 'nobody' };

      const made = clusters.createLike(blue, green(), identity('green'), signal);

      await expect(made).rejects.toMatchObject({ type: 'not-found' });
    });

    it('tell the versions that EKS names, how long each is supported, and what is in the way of an upgrade', async () => {
      const versions = await clusters.versions(under.blue.access, signal);
      const insights = await clusters.insights(under.blue, signal);

      expect(offeredIn(versions)).toEqual(expect.arrayContaining(['1.34', '1.36']));
      for (const { endOfStandard, endOfExtended } of versions)
        for (const day of [endOfStandard, endOfExtended])
          expect(day).toMatch(/^\d{4}-\d{2}-\d{2}$/u);
      expect(insights).not.toEqual([]);
      for (const { status, refreshedAtMs } of insights) {
        expect(['PASSING', 'WARNING', 'ERROR', 'UNKNOWN']).toContain(status);
        expect(refreshedAtMs).not.toBeNull();
      }
    });

    it('have their insights looked at again when they are asked to, twice as well as once', async () => {
      expect(await clusters.insightsRefresh(under.blue, signal)).toBeNull();

      await clusters.startInsightsRefresh(under.blue, signal);
      await clusters.startInsightsRefresh(under.blue, signal);

      await eventually('the refresh to end', async () => {
        const refresh = await clusters.insightsRefresh(under.blue, signal);
        return refresh?.status === 'completed';
      });
      const refresh = await clusters.insightsRefresh(under.blue, signal);
      const [first] = await clusters.insights(under.blue, signal);
      expect(first?.refreshedAtMs).toBeGreaterThanOrEqual(refresh?.startedAtMs ?? Infinity);
    });

    it('tell the subnets they are in, and how much room is there', async () => {
      const subnets = await clusters.subnets(under.blue, signal);

      expect(subnets.filter(({ ofControlPlane }) => ofControlPlane).length).toBeGreaterThan(1);
      expect(new Set(subnets.map(({ id }) => id)).size).toBe(subnets.length);
      expect(new Set(subnets.map(({ zone }) => zone)).size).toBeGreaterThan(1);
      for (const { free } of subnets) expect(free).toBeGreaterThan(5);
    });

    it('tell whose security groups admit them by their own', async () => {
      const before = await clusters.admittingRules(under.blue, signal);
      expect(before.own).toMatch(/^sg-/u);
      expect(before.rules).toEqual([]);

      await under.admit(before.own ?? '', 5432);

      const after = await clusters.admittingRules(under.blue, signal);
      expect(after).toMatchObject({
        own: before.own,
        rules: [{ protocol: 'tcp', fromPort: 5432, toPort: 5432 }],
      });
      expect(after.rules[0]?.groupId).toMatch(/^sg-/u);
    });

    it('lose their protection once, and it is no error to ask again', async () => {
      await unprotect();

      const again = await clusters.allowDeletion(under.blue, 'cutover-other', signal);

      expect(again).toEqual({ updating: false });
    });

    it('are not deleted while they have node groups', async () => {
      await unprotect();

      await expect(clusters.delete(under.blue, signal)).rejects.toMatchObject({ type: 'conflict' });
    });

    it('are not deleted while they are protected', async () => {
      await removeNodegroups();

      const deleted = clusters.delete(under.blue, signal);

      await expect(deleted).rejects.toMatchObject({ type: 'invalid-request' });
    });

    it('go away when they are deleted, and it is no error to ask again', async () => {
      await removeNodegroups();
      await unprotect();

      await clusters.delete(under.blue, signal);
      await clusters.delete(under.blue, signal);

      await eventually('blue to be gone', async () => {
        const found = await clusters.describe(under.blue, signal);
        return found === null;
      });
      await clusters.delete(under.blue, signal);
    });
  });
}
