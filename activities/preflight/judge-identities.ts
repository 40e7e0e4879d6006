import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { identityHazards, type IdentityFacts } from '#domain/workload-hazards/blue-identity.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { DEPLOYMENTS, NAMESPACES } from '#activities/kinds.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';

/** So many namespaces are read at once. */
const AT_ONCE = 8;
const COPIED: ReadonlySet<string> = new Set(['Deployment', 'CronJob']);

/** Who works with blue's identity (I13): among what is copied, and among the Deployments of all other namespaces. Reads only. */
export async function judgeIdentities(
  kubernetes: KubernetesCluster,
  copied: readonly KubernetesObject[],
  plan: Pick<IdentityFacts, 'blue' | 'singletons'> & { readonly namespaces: readonly string[] },
  signal: AbortSignal,
): Promise<readonly ObjectFinding[]> {
  const all = await kubernetes.list(NAMESPACES, null, signal);
  const names = all.map(({ metadata }) => metadata.name);
  const facts = { ...plan, otherNames: new Set(names) };
  const findings = copied
    .filter(({ kind }) => COPIED.has(kind))
    .flatMap((workload) => identityHazards(workload, true, facts));
  const others = names.filter((name) => !plan.namespaces.includes(name));
  for (let from = 0; from < others.length; from += AT_ONCE) {
    const some = others.slice(from, from + AT_ONCE).map(async (namespace) => {
      const deployments = await kubernetes.list(DEPLOYMENTS, namespace, signal);
      return deployments.flatMap((one) => identityHazards(one, false, facts));
    });
    findings.push(...(await Promise.all(some)).flat());
  }
  return findings;
}
