import type { CreationIdentity } from '#activities/ports/clusters.ts';

/**
 * Tags of green's things: blue's own minus whatever says "blue" to a machine, plus the migration's identity. Controllers
 * find subnets, groups and queues by such tags, and none may act on green with blue's identity (I13). Pure; called
 * by the makers of clusters, node groups, add-ons and access entries.
 */

/** Keys that AWS, Cutover or a cluster's controllers own. Sources: "Tag your resources" (Amazon EKS user guide), the load
 * balancer controller's, Karpenter's, Cluster Autoscaler's and eksctl's documentation. */
const MACHINE_KEY =
  /^(aws:|eks:|cutover\/|kubernetes\.io\/|k8s\.io\/|karpenter\.|elbv2\.k8s\.aws\/|(alpha\.eksctl|eksctl\.cluster\.k8s)\.io\/)/u;

/** @param blueName a tag whose key or value names blue stays behind, too */
export function copiedTags(
  blueTags: Readonly<Record<string, string>> | undefined,
  blueName: string,
  identity: CreationIdentity,
): Record<string, string> {
  const kept = Object.entries(blueTags ?? {}).filter(
    ([key, value]) =>
      !MACHINE_KEY.test(key) && !key.includes(blueName) && !value.includes(blueName),
  );
  return { ...Object.fromEntries(kept), ...identity.tags };
}
