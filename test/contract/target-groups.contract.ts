import type { Access } from '#activities/ports/refs.ts';
import type { TargetGroups } from '#activities/ports/target-groups.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

/** What every reader of target groups keeps. */
export interface TargetGroupsUnderTest {
  readonly targetGroups: TargetGroups;
  readonly access: Access;
  /** On a rule, with this many targets that answer. */
  readonly inUse: { readonly arn: string; readonly targets: number };
  /** On no rule: nobody checks its targets. */
  readonly unused: { readonly arn: string };
  readonly loadBalancerArn: string;
  /** Whoever keeps registering targets of `inUse` lets go. */
  release(): Promise<void>;
  /** The owner's hand: do requests to `inUse` cross zones from now on? */
  crossZones(crosses: boolean): Promise<void>;
  stop(): Promise<void>;
}

export function targetGroupsContract(
  name: string,
  setUp: () => Promise<TargetGroupsUnderTest>,
): void {
  describe(`target groups (${name})`, () => {
    let under: TargetGroupsUnderTest;
    const { signal } = new AbortController();

    beforeEach(async () => {
      under = await setUp();
    });
    afterEach(async () => under.stop());

    it('counts the targets that answer', async () => {
      const { targetGroups, access, inUse } = under;

      const counts = await eventually('healthy targets', async () => {
        const read = await targetGroups.readHealth(access, inUse.arn, signal);
        return read.healthy === inUse.targets && read;
      });

      expect(counts).toMatchObject({ healthy: inUse.targets, total: inUse.targets });
      const inZones = Object.values(counts.healthyByZone);
      expect(inZones.reduce((sum, count) => sum + count, 0)).toBe(inUse.targets);
    });

    it('says whether requests cross zones, and in which zones the load balancer is if they do not', async () => {
      const { targetGroups, access, inUse, loadBalancerArn } = under;
      const group = { targetGroupArn: inUse.arn, loadBalancerArn };
      const before = await targetGroups.readSettings(access, group, signal);
      await under.crossZones(false);

      const after = await targetGroups.readSettings(access, group, signal);

      expect(before).toMatchObject({ crossesZones: true, zones: [] });
      expect(after.crossesZones).toBe(false);
      expect(after.zones.length).toBeGreaterThan(1);
      expect(after.deregistrationDelaySeconds).toBeGreaterThan(0);
    });

    it('finds nothing healthy where no rule sends anybody', async () => {
      const counts = await under.targetGroups.readHealth(under.access, under.unused.arn, signal);

      expect(counts.healthy).toBe(0);
    });

    it('takes every target out, and says how many still leave until none is there', async () => {
      const { targetGroups, access, inUse } = under;
      await eventually('healthy targets', async () => {
        const { healthy } = await targetGroups.readHealth(access, inUse.arn, signal);
        return healthy === inUse.targets;
      });
      await under.release();

      const { leaving } = await targetGroups.deregisterAll(access, inUse.arn, signal);
      const { total } = await targetGroups.readHealth(access, inUse.arn, signal);
      await eventually('all targets to be out', async () => {
        const now = await targetGroups.deregisterAll(access, inUse.arn, signal);
        return now.leaving === 0;
      });

      expect(leaving).toBe(inUse.targets);
      expect(total).toBe(0);
    });

    it('says that a target group is not there', async () => {
      const missing = under.inUse.arn.replace(/[^/]{4}$/u, 'dead');

      const read = under.targetGroups.readHealth(under.access, missing, signal);

      await expect(read).rejects.toMatchObject({ type: 'not-found', resource: missing });
    });
  });
}
