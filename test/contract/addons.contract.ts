import type { Addons } from '#activities/ports/addons.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { createGreen, identity, type EksUnderTest } from './eks-under-test.ts';

const ADDON = 'vpc-cni';

/** What every installer of add-ons keeps. */
export function addonsContract(name: string, setUp: () => Promise<EksUnderTest>): void {
  describe(`add-ons (${name})`, () => {
    let under: EksUnderTest;
    let addons: Addons;
    const { signal } = new AbortController();
    const install = async (version: string): Promise<void> =>
      addons.installLike(
        under.blue,
        under.green,
        { name: ADDON, version },
        identity(`addon-${ADDON}-${version}`),
        signal,
      );
    const readyAt = async (version: string): Promise<void> => {
      await eventually(`${ADDON} ready at ${version}`, async () => {
        const found = (await addons.list(under.green, signal)).find((one) => one.name === ADDON);
        return found?.ready === true && found.version === version;
      });
    };

    beforeEach(async () => {
      under = await setUp();
      ({ addons } = under.ports);
    });
    afterEach(async () => under.stop());

    it('are listed with their versions', async () => {
      const listed = await addons.list(under.blue, signal);

      expect(listed.map((one) => one.name)).toContain(ADDON);
      for (const { version } of listed) expect(version).toMatch(/^v\d/u);
    });

    it('are offered for a Kubernetes version, one of them by default', async () => {
      const offered = await addons.offered(under.blue.access, ADDON, '1.36', signal);

      expect(offered.length).toBeGreaterThan(1);
      expect(offered.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    });

    it('take a configuration that fits the version', async () => {
      const offered = await addons.offered(under.blue.access, ADDON, '1.36', signal);
      const version = offered[0]?.version ?? '';

      expect(await addons.misfits(under.blue, { name: ADDON, version }, signal)).toEqual([]);
    });

    it('are installed once, and changed when another version is asked for', async () => {
      await createGreen(under);
      const offered = await addons.offered(under.blue.access, ADDON, '1.36', signal);
      const [first = '', second = ''] = offered.map(({ version }) => version);

      await install(first);
      await install(first);
      await readyAt(first);
      await install(second);
      await readyAt(second);

      const listed = await addons.list(under.green, signal);
      expect(listed.filter((one) => one.name === ADDON)).toHaveLength(1);
    });
  });
}
