import { CutoverFailure } from '#domain/failures.ts';
import { moveAbout } from '#domain/health-moves.ts';
import { clientToken, isOurs, ownershipTags } from '#domain/identity.ts';
import type { GreenCluster } from '#domain/migration-state.ts';
import { blueRef, greenRef } from './access.ts';
import { thisRun } from './activity-run.ts';
import { describeSame } from './cluster-identity.ts';
import type { MigrationActivities, ResolvedInput } from './contract.ts';
import { findTrust } from './find-trust.ts';
import type { ClusterDescription, CreationIdentity } from './ports.ts';
import type { Tools } from './tools.ts';

/**
 * Green comes into being: control plane, access, nodes. Everything is find-or-create (I6): client tokens and names
 * derive from the migration, and a green of the same workflow line is adopted, a stranger's refused.
 */
export function greenCluster(
  tools: Tools,
): Pick<MigrationActivities, 'createGreen' | 'awaitGreen' | 'furnishGreen' | 'awaitNodegroups'> {
  const { ports } = tools;
  return {
    createGreen: async (input) => {
      const { signal } = thisRun(tools);
      const { spec } = input;
      const green = { ...greenRef(spec), version: spec.green.version };
      const existing = await ports.clusters.describe(green, signal);
      if (existing !== null) return adopted(input, existing);
      const identity = identityOf(input, 'green');
      const made = await ports.clusters.createLike(blueRef(spec), green, identity, signal);
      // A client token of ours can only find our own cluster; the tags prove it.
      return adopted(input, made);
    },

    awaitGreen: async ({ spec, green }) => {
      const run = thisRun(tools);
      const now = await describeSame(tools, greenRef(spec), green, run.signal);
      if (now === null || now.status === 'FAILED' || now.status === 'DELETING')
        throw new CutoverFailure(
          'cluster-failed',
          now === null ? 'green is gone' : `green is ${now.status}: ${now.issues.join('; ')}`,
          { resource: green.arn, nextMove: moveAbout(now?.issues ?? []) },
        );
      if (now.status !== 'ACTIVE') throw run.waiting(`green is ${now.status}`, green.arn);
    },

    furnishGreen: async (input) => {
      const { signal } = thisRun(tools);
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
      const nodegroups = await ports.nodegroups.list(blue, signal);
      await Promise.all(
        nodegroups.map(async ({ name }) => {
          const identity = identityOf(input, `nodegroup-${name}`);
          await ports.nodegroups.createLike(blue, green, name, identity, signal);
        }),
      );
      const trust = await findTrust(tools, input, signal);
      return {
        accessEntries,
        podIdentities,
        nodegroups: nodegroups.length,
        ...(trust === undefined ? {} : { trust }),
      };
    },

    awaitNodegroups: async ({ spec, green }) => {
      const run = thisRun(tools);
      const [wanted, present] = await Promise.all([
        ports.nodegroups.list(blueRef(spec), run.signal),
        ports.nodegroups.list(greenRef(spec), run.signal),
      ]);
      for (const { name } of wanted) {
        const twin = present.find((candidate) => candidate.name === name);
        if (twin?.failed === true)
          throw new CutoverFailure(
            'nodegroup-failed',
            `${twin.status}: ${twin.issues.join('; ')}`,
            { resource: `${green.name}/${name}`, nextMove: moveAbout(twin.issues) },
          );
        if (twin?.ready !== true)
          throw run.waiting(`node group is ${twin?.status ?? 'absent'}`, `${green.name}/${name}`);
      }
      const kubernetes = await ports.kubernetes.connect(greenRef(spec), green, run.signal);
      if (!(await kubernetes.isReady(run.signal)))
        throw run.waiting('the API server is not ready', green.arn);
      return { nodegroups: wanted.length };
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
