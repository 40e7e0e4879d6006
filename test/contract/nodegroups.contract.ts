import type { Nodegroups } from '#activities/ports/nodegroups.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { createGreen, identity, type EksUnderTest } from './eks-under-test.ts';

/** What every maker of node groups keeps. */
export function nodegroupsContract(name: string, setUp: () => Promise<EksUnderTest>): void {
  describe(`node groups (${name})`, () => {
    let under: EksUnderTest;
    let nodegroups: Nodegroups;
    const { signal } = new AbortController();
    const create = async (group = 'workers'): Promise<void> =>
      nodegroups.createLike(under.blue, under.green, group, identity(`nodegroup-${group}`), signal);
    const ready = async (cluster: EksUnderTest['blue']): Promise<void> => {
      await eventually('the node group to be ready', async () => {
        const [found] = await nodegroups.list(cluster, signal);
        return found?.ready === true;
      });
    };

    beforeEach(async () => {
      under = await setUp();
      ({ nodegroups } = under.ports);
    });
    afterEach(async () => under.stop());

    it('are listed with their state', async () => {
      await ready(under.blue);

      expect(await nodegroups.list(under.blue, signal)).toEqual([
        { name: 'workers', status: 'ACTIVE', ready: true, failed: false, issues: [] },
      ]);
    });

    it('tell what decides whether their twins can be made', async () => {
      const [shape, ...others] = await nodegroups.shapes(under.blue, signal);

      expect(others).toEqual([]);
      expect(shape).toMatchObject({ name: 'workers', hasLaunchTemplate: false });
      expect(shape?.amiType).toMatch(/^AL2023_/u);
    });

    it('are made in the shape of blue’s, once', async () => {
      await createGreen(under);

      await create();
      await create();

      await ready(under.green);
      await create();
      const made = await nodegroups.list(under.green, signal);
      expect(made.map((one) => one.name)).toEqual(['workers']);
    });

    it('are not made where blue has none of that name', async () => {
      await createGreen(under);

      await expect(create('nobody')).rejects.toMatchObject({ type: 'not-found' });
    });

    it('go away when they are deleted, and it is no error to ask again', async () => {
      await nodegroups.delete(under.blue, 'workers', signal);
      await nodegroups.delete(under.blue, 'workers', signal);

      await eventually('the node group to be gone', async () => {
        const left = await nodegroups.list(under.blue, signal);
        return left.length === 0;
      });
      await nodegroups.delete(under.blue, 'workers', signal);
    });

    it('are not there where the cluster is not', async () => {
      const list = nodegroups.list(under.green, signal);

      await expect(list).rejects.toMatchObject({ type: 'not-found' });
    });
  });
}
