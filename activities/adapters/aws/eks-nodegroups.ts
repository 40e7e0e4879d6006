import {
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  type Nodegroup,
} from '@aws-sdk/client-eks';
import { CutoverFailure } from '#domain/failures.ts';
import type { NodegroupShape } from '#domain/preflight/green-likeness.ts';
import type { Nodegroups, PartDescription } from '#activities/ports/nodegroups.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { asFailure, isAwsError, isNotFound } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';
import { clusterResource } from './found-cluster.ts';
import { eachNodegroup, findNodegroup } from './found-nodegroups.ts';
import { issuesOf } from './health-issues.ts';
import { nodegroupLike } from './nodegroup-like.ts';

/**
 * Managed node groups. A node group on green is found again by its name, which is blue's: green holds nothing that the
 * migration did not put there.
 */
export function createEksNodegroups({ clients }: { readonly clients: AwsClients }): Nodegroups {
  return {
    list: (cluster, signal) =>
      asFailure(clusterResource(cluster), signal, async () => {
        const parts: PartDescription[] = [];
        for await (const [name, found] of eachNodegroup(clients, cluster, signal))
          parts.push(described(name, found));
        return parts;
      }),

    shapes: (cluster, signal) =>
      asFailure(clusterResource(cluster), signal, async () => {
        const shapes: NodegroupShape[] = [];
        for await (const [name, { amiType = '', launchTemplate }] of eachNodegroup(
          clients,
          cluster,
          signal,
        ))
          shapes.push({ name, amiType, hasLaunchTemplate: launchTemplate !== undefined });
        return shapes;
      }),

    createLike: (blue, green, name, identity, signal) =>
      asFailure(nodegroupResource(green, name), signal, async () => {
        const { read, write } = clients.eks(green.access);
        if ((await findNodegroup(read, green.name, name, signal)) !== null) return;
        const model = await findNodegroup(clients.eks(blue.access).read, blue.name, name, signal);
        if (model === null)
          throw new CutoverFailure('not-found', 'blue has no such node group', {
            resource: nodegroupResource(blue, name),
          });
        try {
          await write.send(new CreateNodegroupCommand(nodegroupLike(model, green.name, identity)), {
            abortSignal: signal,
          });
        } catch (error) {
          // "In use" also means a cluster that is busy: only an existing node group makes this a repeat.
          if (!isAwsError(error, 'ResourceInUse')) throw error;
          if ((await findNodegroup(read, green.name, name, signal)) === null) throw error;
        }
      }),

    delete: (cluster, name, signal) =>
      asFailure(nodegroupResource(cluster, name), signal, async () => {
        const { read, write } = clients.eks(cluster.access);
        const found = await findNodegroup(read, cluster.name, name, signal);
        if (found === null || found.status === 'DELETING') return;
        try {
          await write.send(
            new DeleteNodegroupCommand({ clusterName: cluster.name, nodegroupName: name }),
            { abortSignal: signal },
          );
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
  };
}

/** A degraded node group may recover (its health issues say why it is not ready); a failed creation never does. */
function described(name: string, { status, health }: Nodegroup): PartDescription {
  return {
    name,
    status: status ?? 'UNKNOWN',
    ready: status === 'ACTIVE',
    failed: status === 'CREATE_FAILED' || status === 'DELETE_FAILED',
    issues: issuesOf(health),
  };
}

function nodegroupResource(cluster: ClusterRef, name: string): string {
  return `node group ${name} of ${clusterResource(cluster)}`;
}
