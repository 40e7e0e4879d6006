import { isProbeOf, labelsOf, type ProbeSetting } from '#domain/addon-probes/probe-setting.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import {
  DEPLOYMENTS,
  JOBS,
  NAMESPACES,
  SERVICES,
  VOLUME_CLAIMS,
  VOLUMES,
} from '#activities/kinds.ts';
import type { KubernetesCluster, ObjectKind } from '#activities/ports/kubernetes.ts';

/** The probes' objects on a cluster: made once, taken away by label. */
const KINDS: Readonly<Record<string, ObjectKind>> = {
  Job: JOBS,
  Service: SERVICES,
  PersistentVolumeClaim: VOLUME_CLAIMS,
  Deployment: DEPLOYMENTS,
};

/** The namespace that the plan names; waits while an earlier one of that name is going. */
export async function makeNamespace(
  kubernetes: KubernetesCluster,
  setting: ProbeSetting,
  run: ActivityRun,
): Promise<void> {
  const { namespace } = setting;
  const found = await kubernetes.get(NAMESPACES, null, namespace, run.signal);
  if (found?.metadata['deletionTimestamp'] !== undefined)
    throw run.waiting('the namespace of earlier probes is going', namespace);
  if (found !== null) return;
  const labels = labelsOf(setting, 'namespace');
  const metadata = { name: namespace, labels };
  await kubernetes.apply(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata }, run.signal);
}

/** Templates of Jobs never change, and a later worker's may differ: what is there is left as it is. */
export async function makeOnce(
  kubernetes: KubernetesCluster,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<void> {
  const kind = KINDS[object.kind];
  if (kind === undefined) throw new Error(`probes make no ${object.kind}`);
  const { name, namespace = null } = object.metadata;
  const found = await kubernetes.get(kind, namespace, name, signal);
  if (found === null) await kubernetes.apply(kind, object, signal);
}

/** Everything of this migration's, and the namespace where it was made for it. Doing it twice does nothing more. */
export async function takeAway(
  kubernetes: KubernetesCluster,
  setting: ProbeSetting,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = setting;
  // Volumes first: a class whose volumes outlive their claims would leave a paid one behind.
  for (const claim of await ours(kubernetes, setting, VOLUME_CLAIMS, signal)) {
    const { volumeName } = fieldsOf(claim['spec']);
    if (typeof volumeName === 'string')
      await kubernetes.merge(
        VOLUMES,
        null,
        volumeName,
        { spec: { persistentVolumeReclaimPolicy: 'Delete' } },
        signal,
      );
  }
  for (const kind of [JOBS, DEPLOYMENTS, SERVICES, VOLUME_CLAIMS])
    for (const { metadata } of await ours(kubernetes, setting, kind, signal))
      await kubernetes.delete(kind, namespace, metadata.name, signal);
  const place = await kubernetes.get(NAMESPACES, null, namespace, signal);
  if (place !== null && isProbeOf(setting, place.metadata.labels))
    await kubernetes.delete(NAMESPACES, null, namespace, signal);
}

async function ours(
  kubernetes: KubernetesCluster,
  setting: ProbeSetting,
  kind: ObjectKind,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const all = await kubernetes.list(kind, setting.namespace, signal);
  return all.filter(({ metadata }) => isProbeOf(setting, metadata.labels));
}
