import { CutoverFailure } from '#domain/failures.ts';
import { moveAbout } from '#domain/health-moves.ts';
import { clientToken, isOurs, ownershipTags } from '#domain/identity.ts';
import type { CreationIdentity } from '#activities/ports/clusters.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { EksWay, GreenOrder, Provisioner } from '#activities/ports/provisioner.ts';
import { hasAckTag } from '#activities/adapters/kro/ack-tag.ts';
import { removeControlPlane, removeNodegroups } from '#activities/retirement/remove-cluster.ts';

/** Green through the EKS API: one call for the control plane, one for each node group. */

type EksOrder = GreenOrder<EksWay>;

export function createEksProvisioner(
  eks: Pick<Ports, 'clusters' | 'nodegroups'>,
): Provisioner<EksWay> {
  const { clusters, nodegroups } = eks;
  return {
    survey: async () => null,

    create: async (order, signal) => {
      const { blue, green, ref } = order;
      const existing = await clusters.describe(green, signal);
      if (existing !== null && isOurs(ref, existing.tags) && hasAckTag(existing.tags))
        throw new CutoverFailure(
          'unexpected-shape',
          'green of an earlier attempt is kept by ACK, which would undo what we do: delete its instance on the hub first',
          { resource: existing.arn },
        );
      const cluster =
        existing ?? (await clusters.createLike(blue, green, identityOf(order, 'green'), signal));
      return { kind: 'made', cluster };
    },

    furnish: async (order, signal) => {
      const { blue, green } = order;
      const wanted = await nodegroups.list(blue, signal);
      await Promise.all(
        wanted.map(async ({ name }) =>
          nodegroups.createLike(blue, green, name, identityOf(order, `nodegroup-${name}`), signal),
        ),
      );
      return wanted.length;
    },

    progress: async ({ blue, green }, until, signal) => {
      if (until === 'control-plane') {
        const now = await clusters.describe(green, signal);
        if (now === null || now.status === 'FAILED' || now.status === 'DELETING')
          throw new CutoverFailure(
            'cluster-failed',
            now === null ? 'green is gone' : `green is ${now.status}: ${now.issues.join('; ')}`,
            { resource: now?.arn ?? green.name, nextMove: moveAbout(now?.issues ?? []) },
          );
        return now.status === 'ACTIVE'
          ? null
          : { kind: 'waiting', what: `green is ${now.status}`, resource: now.arn };
      }
      const [wanted, present] = await Promise.all([
        nodegroups.list(blue, signal),
        nodegroups.list(green, signal),
      ]);
      for (const { name } of wanted) {
        const resource = `${green.name}/${name}`;
        const twin = present.find((candidate) => candidate.name === name);
        if (twin?.failed === true)
          throw new CutoverFailure(
            'nodegroup-failed',
            `${twin.status}: ${twin.issues.join('; ')}`,
            { resource, nextMove: moveAbout(twin.issues) },
          );
        if (twin?.ready !== true)
          return { kind: 'waiting', what: `node group is ${twin?.status ?? 'absent'}`, resource };
      }
      return null;
    },

    remove: async ({ green, ref }, signal) => {
      const now = await clusters.describe(green, signal);
      // A stranger's cluster of that name was never ours to undo.
      if (now === null || !isOurs(ref, now.tags)) return null;
      const token = clientToken(ref, 'allow-deletion-green');
      const left = now.status === 'DELETING' ? null : await removeNodegroups(eks, green, signal);
      return left ?? removeControlPlane(eks, green, now, token, signal);
    },
  };
}

function identityOf({ ref }: EksOrder, step: string): CreationIdentity {
  return { clientToken: clientToken(ref, step), tags: ownershipTags(ref) };
}
