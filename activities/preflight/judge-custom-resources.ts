import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import {
  customHazards,
  customKind,
  type CustomKind,
  type CustomObjects,
} from '#domain/workload-hazards/custom-resources.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '#activities/kinds.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';

/** So many kinds are asked for at once. */
const AT_ONCE = 8;

/** What stands against the custom resources of the plan's namespaces. Reads only; keeps nothing but names. */
export async function judgeCustomResources(
  kubernetes: KubernetesCluster,
  spec: MigrationPlan['spec'],
  answering: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly ObjectFinding[]> {
  // Definitions are not kept: their schemas are megabytes.
  const kinds = (await kubernetes.list(CUSTOM_RESOURCE_DEFINITIONS, null, signal)).flatMap(
    (definition) => customKind(definition) ?? [],
  );
  const routes = new Set(httpRoutes(spec));
  const findings: ObjectFinding[] = [];
  for (let from = 0; from < kinds.length; from += AT_ONCE) {
    const some = kinds.slice(from, from + AT_ONCE).map(async (kind) => {
      const held: CustomObjects[] = [];
      for (const namespace of spec.workloads.namespaces)
        held.push(await namesOf(kubernetes, kind, namespace, routes, signal));
      return customHazards(kind, held, answering);
    });
    findings.push(...(await Promise.all(some)).flat());
  }
  return findings;
}

/** What a controller made is made again on green by its controller; routes of the plan are moved by the migration. */
async function namesOf(
  kubernetes: KubernetesCluster,
  { apiVersion, plural, kind }: CustomKind,
  namespace: string,
  routes: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<CustomObjects> {
  const objects = await kubernetes.list({ apiVersion, plural }, namespace, signal);
  const names = objects
    .filter(({ metadata }) => (metadata.ownerReferences ?? []).length === 0)
    .map(({ metadata }) => metadata.name)
    .filter((name) => !routes.has(`${kind} ${namespace}/${name}`));
  return { namespace, names };
}

function httpRoutes({ traffic }: MigrationPlan['spec']): readonly string[] {
  return traffic.groups
    .flatMap(({ routes }) => routes)
    .flatMap((route) =>
      route.with === 'gateway' ? [`HTTPRoute ${route.namespace}/${route.httpRoute}`] : [],
    );
}
