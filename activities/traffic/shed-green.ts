import { MIGRATION_ID_TAG } from '#domain/identity.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { accessOf, greenRef } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { GreenInput, MigrationActivities } from '#activities/contract.ts';
import { TARGET_GROUP_BINDINGS } from '#activities/kinds.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Connections that outlive weights leave green (I1): WebSockets, streams and flows stay with their target until it has left
 * its target group. Green's bindings go first, because its controller would register the pods again; then the targets, and the
 * load balancer ends what is still open after its deregistration delay.
 */
export function shedGreen(tools: Tools): Pick<MigrationActivities, 'shedGreen'> {
  return {
    shedGreen: async (input) => {
      const run = thisRun(tools);
      await deleteBindings(tools, input, run);
      const access = accessOf(input.spec, 'loadBalancer');
      const leaving = await Promise.all(
        greenGroups(input).map(async (arn) => ({
          arn,
          ...(await tools.ports.targetGroups.deregisterAll(access, arn, run.signal)),
        })),
      );
      const late = leaving.find((group) => group.leaving > 0);
      if (late !== undefined)
        throw run.waiting(`${late.leaving} targets of green are still leaving`, late.arn);
    },
  };
}

function greenGroups({ resolved }: GreenInput): readonly string[] {
  return [...new Set(resolved.routes.map(({ greenTargetGroupArn }) => greenTargetGroupArn))];
}

/** Only what a migration of ours brought; a green that is gone has none. */
async function deleteBindings(tools: Tools, input: GreenInput, run: ActivityRun): Promise<void> {
  const { ports } = tools;
  const ref = greenRef(input.spec);
  if ((await ports.clusters.describe(ref, run.signal)) === null) return;
  const green = await ports.kubernetes.connect(ref, input.green, run.signal);
  const groups = greenGroups(input);
  for (const namespace of input.spec.workloads.namespaces)
    for (const binding of await green.list(TARGET_GROUP_BINDINGS, namespace, run.signal)) {
      run.heartbeat();
      const group = groupOf(binding);
      if (!isOurs(binding) || isLeaving(binding)) continue;
      if (group === null || !groups.includes(group)) continue;
      await green.delete(TARGET_GROUP_BINDINGS, namespace, binding.metadata.name, run.signal);
    }
}

function isOurs({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.[MIGRATION_ID_TAG] !== undefined;
}

/** Deleted already; its controller's finalizer keeps it until the targets are out. */
function isLeaving({ metadata }: KubernetesObject): boolean {
  return metadata['deletionTimestamp'] !== undefined;
}

function groupOf(binding: KubernetesObject): string | null {
  const { targetGroupARN } = fieldsOf(binding['spec']);
  return typeof targetGroupARN === 'string' ? targetGroupARN : null;
}
