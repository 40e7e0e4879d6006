import { CutoverFailure } from '#domain/failures.ts';
import { clientToken, isOurs, ownershipTags } from '#domain/identity.ts';
import type { GreenCluster } from '#domain/migration/migration-state.ts';
import { blueRef, greenOrder, greenRef } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import { waitWithPatience } from './await-green.ts';
import { describeSame } from './cluster-identity.ts';
import type { MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import { findTrust } from './find-trust.ts';
import { carrySelfManaged } from './self-managed.ts';
import type { ClusterDescription, CreationIdentity } from '#activities/ports/clusters.ts';
import type { Awaited } from '#activities/ports/provisioner.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Green comes into being: control plane, access, nodes. Everything is find-or-create (I6): client tokens and names
 * derive from the migration, and a green of the same workflow line is adopted, a stranger's refused.
 */
export function greenCluster(
  tools: Tools,
): Pick<MigrationActivities, 'createGreen' | 'awaitGreen' | 'furnishGreen' | 'awaitNodegroups'> {
  const { ports } = tools;
  const wait = (run: ActivityRun, awaited: Awaited | null): void =>
    waitWithPatience(run, awaited, tools.timings.hubRecoversWithinMs, ports.clock.nowMs());
  return {
    createGreen: async (input) => {
      const run = thisRun(tools);
      const creation = await ports.provisioner.create(greenOrder(input), run.signal);
      // An identity of ours can only find our own cluster; the tags prove it.
      if (creation.kind === 'made') return adopted(input, creation.cluster);
      wait(run, creation.awaited);
      throw run.waiting('green is not there', input.spec.green.cluster);
    },

    awaitGreen: async (input) => {
      const run = thisRun(tools);
      const { spec, green } = input;
      await describeSame(tools, greenRef(spec), green, run.signal);
      const order = greenOrder(input);
      wait(run, await ports.provisioner.progress(order, 'control-plane', run.signal));
    },

    furnishGreen: async (input) => {
      const run = thisRun(tools);
      const { signal } = run;
      const { spec, resolved } = input;
      const [blue, green] = [blueRef(spec), greenRef(spec)];
      const admitted = identityOf(input, 'admit-engine');
      await ports.clusterAccess.admitAdmin(green, resolved.engineArn, admitted, signal);
      const entries = identityOf(input, 'access-entries');
      const accessEntries = await ports.clusterAccess.copyEntries(blue, green, entries, signal);
      const identities = identityOf(input, 'pod-identities');
      const podIdentities = await ports.clusterAccess.copyPodIdentities(
        blue,
        green,
        identities,
        signal,
      );
      // Nodes read the network's settings when they come.
      const selfManaged = await carrySelfManaged(tools, input, run);
      const nodegroups = await ports.provisioner.furnish(greenOrder(input), signal);
      const trust = await findTrust(tools, input, signal);
      return {
        accessEntries,
        podIdentities,
        nodegroups,
        ...(selfManaged === '' ? {} : { selfManaged }),
        ...(trust === undefined ? {} : { trust }),
      };
    },

    awaitNodegroups: async (input) => {
      const run = thisRun(tools);
      const { spec, green } = input;
      wait(run, await ports.provisioner.progress(greenOrder(input), 'nodes', run.signal));
      const kubernetes = await ports.kubernetes.connect(greenRef(spec), green, run.signal);
      if (!(await kubernetes.isReady(run.signal)))
        throw run.waiting('the API server is not ready', green.arn);
      const nodegroups = await ports.nodegroups.list(greenRef(spec), run.signal);
      return { nodegroups: nodegroups.length };
    },
  };
}

/** The cluster as the state remembers it, if it is this migration's and of the planned version. */
function adopted({ ref, spec }: ResolvedInput, cluster: ClusterDescription): GreenCluster {
  if (!isOurs(ref, cluster.tags))
    throw new CutoverFailure(
      'stranger-resource',
      'a cluster of this name is not of this migration',
      {
        resource: cluster.arn,
      },
    );
  if (cluster.version !== spec.green.version)
    throw new CutoverFailure(
      'unexpected-shape',
      `green of an earlier attempt is at ${cluster.version}, the plan wants ${spec.green.version}: delete it first`,
      { resource: cluster.arn },
    );
  const { name, arn, createdAt, version } = cluster;
  return { name, arn, createdAt, version };
}

function identityOf({ ref }: ResolvedInput, step: string): CreationIdentity {
  return { clientToken: clientToken(ref, step), tags: ownershipTags(ref) };
}
