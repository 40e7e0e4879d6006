import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterDescription } from '#activities/ports/clusters.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { Awaited, GreenOrder } from '#activities/ports/provisioner.ts';
import { CutoverFailure, FAILURES } from '#domain/failures.ts';
import { ownershipTags } from '#domain/identity.ts';

/** A place where a green can be made, of a name that nobody has. */
export interface ProvisionerUnderTest {
  readonly ports: Pick<Ports, 'provisioner' | 'clusters' | 'nodegroups'>;
  /** Green at 1.36, in the shape of a blue at 1.34 with node group `workers`. */
  readonly order: GreenOrder;
  /** The next cluster, or node group, that is made for green fails at EKS with this issue. */
  fail(what: 'cluster' | 'nodegroup', code: string): void;
  /** EKS answers the next request for green with trouble of its own. */
  stumble(): void;
  /** Somebody else makes a cluster of green's name. */
  stranger(): Promise<void>;
  /** How often EKS has made a cluster of green's name. */
  creations(): number;
  stop(): Promise<void>;
}

/** Half-built clusters must come up before EKS deletes them: a control plane starts in 5 s, or in a minute where other suites run. */
const PATIENCE_MS = 90_000;
const PAUSE_MS = 50;

/** What every way of making green keeps. */
export function provisionerContract(
  name: string,
  setUp: () => Promise<ProvisionerUnderTest>,
): void {
  describe(`green (${name})`, () => {
    let under: ProvisionerUnderTest;
    const { signal } = new AbortController();
    const { provisioner, clusters, nodegroups } = {
      provisioner: () => under.ports.provisioner,
      clusters: () => under.ports.clusters,
      nodegroups: () => under.ports.nodegroups,
    };
    const create = async (order = under.order): Promise<ClusterDescription> =>
      until('green at EKS', async () => {
        const creation = await provisioner().create(order, signal);
        return creation.kind === 'made' ? creation.cluster : creation.awaited;
      });
    const progress = async (of: 'control-plane' | 'nodes'): Promise<void> => {
      await until(of, async () => (await provisioner().progress(under.order, of, signal)) ?? true);
    };
    const build = async (): Promise<number> => {
      await create();
      await progress('control-plane');
      const count = await provisioner().furnish(under.order, signal);
      await progress('nodes');
      return count;
    };
    const remove = async (order = under.order): Promise<void> => {
      await until('green gone', async () => (await provisioner().remove(order, signal)) ?? true);
    };
    const found = async (): Promise<ClusterDescription | null> =>
      clusters().describe(under.order.green, signal);

    beforeEach(async () => {
      under = await setUp();
    });
    afterEach(async () => under.stop());

    it('is made whole: in the planned version, with our tags, and with blue’s node groups', async () => {
      const count = await build();

      expect(count).toBe(1);
      expect(await found()).toMatchObject({
        name: under.order.green.name,
        version: '1.36',
        status: 'ACTIVE',
        tags: ownershipTags(under.order.ref),
      });
      expect(await nodegroups().list(under.order.green, signal)).toEqual([
        { name: 'workers', status: 'ACTIVE', ready: true, failed: false, issues: [] },
      ]);
    });

    it('is the same one however often it is asked for', async () => {
      const first = await create();
      await progress('control-plane');
      const second = await create();
      await provisioner().furnish(under.order, signal);
      await provisioner().furnish(under.order, signal);
      await progress('nodes');

      expect(second).toMatchObject({ arn: first.arn, createdAt: first.createdAt });
      expect(under.creations()).toBe(1);
    });

    it('is one when two workers ask at the same time', async () => {
      const [one, other] = await Promise.all([create(), create()]);

      expect(one).toMatchObject({ arn: other.arn, createdAt: other.createdAt });
      expect(under.creations()).toBe(1);
    });

    it('is taken over by a later attempt of the same migration line', async () => {
      const first = await create();
      const next = { ...under.order, ref: { ...under.order.ref, migrationId: '012345abcdef' } };

      expect(await create(next)).toMatchObject({ arn: first.arn, createdAt: first.createdAt });
      expect(under.creations()).toBe(1);
    });

    it('is handed back as it is where somebody else made it, and is left alone', async () => {
      await under.stranger();

      const cluster = await create();
      await remove();

      expect(cluster.tags).not.toMatchObject(ownershipTags(under.order.ref));
      expect(await found()).toMatchObject({ arn: cluster.arn, createdAt: cluster.createdAt });
    });

    it('comes through trouble of EKS that passes', async () => {
      under.stumble();

      await build();

      expect(under.creations()).toBe(1);
    });

    it('fails with what EKS says of the control plane, and what to do', async () => {
      under.fail('cluster', 'InsufficientFreeAddresses');

      await expect(build()).rejects.toMatchObject({
        type: 'cluster-failed',
        message: expect.stringMatching(/InsufficientFreeAddresses.*next: free addresses/u),
      });
    });

    it('fails with what EKS says of a node group, and what to do', async () => {
      under.fail('nodegroup', 'InstanceLimitExceeded');

      await expect(build()).rejects.toMatchObject({
        type: 'nodegroup-failed',
        message: expect.stringMatching(/InstanceLimitExceeded.*next: raise the quota of vCPUs/u),
      });
    });

    it('goes away whole, and it is no error to ask again', async () => {
      await build();

      await remove();
      await remove();

      expect(await found()).toBeNull();
    });

    it('goes away half-built: only just asked for, failed, or without nodes', async () => {
      under.fail('cluster', 'Ec2SubnetNotFound');
      await expect(build()).rejects.toMatchObject({ type: 'cluster-failed' });
      await remove();
      expect(await found()).toBeNull();

      await create();
      await remove();
      expect(await found()).toBeNull();

      await provisioner().create(under.order, signal);
      await remove();
      expect(await found()).toBeNull();
    });

    it('is not taken away for another migration', async () => {
      await create();

      await remove({
        ...under.order,
        ref: { ...under.order.ref, workflowId: 'migrate/1/eu/other' },
      });

      expect(await found()).not.toBeNull();
    });

    it('can be asked for again after it went away', async () => {
      const first = await create();
      await remove();

      const second = await create();

      expect(second.createdAt).not.toBe(first.createdAt);
    });
  });
}

/** Asks until nothing is awaited any more; trouble that passes is asked again, as Temporal does. */
async function until<Result>(what: string, ask: () => Promise<Result | Awaited>): Promise<Result> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask().catch(passing);
    if (!isAwaited(answer)) return answer;
    if (Date.now() > deadlineMs) throw new Error(`${what} did not come: ${answer.what}`);
    await delay(PAUSE_MS);
  }
}

function passing(cause: unknown): Awaited {
  if (!(cause instanceof CutoverFailure) || !FAILURES[cause.type].retryable) throw cause;
  return { kind: 'waiting', what: cause.message, resource: cause.resource };
}

function isAwaited(answer: unknown): answer is Awaited {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'kind' in answer &&
    (answer.kind === 'waiting' || answer.kind === 'ailing')
  );
}
