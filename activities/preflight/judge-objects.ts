import type { Span } from '#domain/api-removals/api-removals.ts';
import { judgeObject } from '#domain/api-removals/judge-object.ts';
import { JUDGED_KINDS } from '#domain/api-removals/judged-kinds.ts';
import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { karpenterHazards } from '#domain/workload-hazards/karpenter.ts';
import { answeringServices, webhookHazards } from '#domain/workload-hazards/webhooks.ts';
import {
  HAZARD_KINDS,
  HAZARDOUS,
  workloadHazards,
} from '#domain/workload-hazards/workload-hazards.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import { judgeCustomResources } from './judge-custom-resources.ts';
import { judgeIdentities } from './judge-identities.ts';
import { ENDPOINT_SLICES } from '#activities/kinds.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * What stands against blue's own objects on the way to green's version, and what a move of them would meet: everything of the plan's
 * namespaces, and what Helm keeps of its releases there. Kinds one after the other; Secrets are opened and not kept.
 */
export async function judgeObjects(
  { ports }: Tools,
  kubernetes: KubernetesCluster,
  { spec, resolved }: Pick<ResolvedInput, 'spec' | 'resolved'>,
  signal: AbortSignal,
): Promise<readonly ObjectFinding[]> {
  const { namespaces } = spec.workloads;
  const span = { from: resolved.blue.version, to: spec.green.version };
  const findings: ObjectFinding[] = [];
  const kept: KubernetesObject[] = [];
  const look = (objects: readonly KubernetesObject[]): void => {
    for (const object of objects) {
      findings.push(...judgeObject(object, span), ...inRelease(ports.helm, object, span));
      if (HAZARDOUS.has(object.kind)) kept.push(withoutHistory(object));
    }
  };
  for (const { isNamespaced, ...kind } of [...JUDGED_KINDS, ...HAZARD_KINDS])
    for (const some of chunks<string | null>(isNamespaced ? namespaces : [null]))
      await Promise.all(
        some.map(async (namespace) => look(await kubernetes.list(kind, namespace, signal))),
      );
  const facts = {
    objects: kept,
    singletons: spec.singletons.deployments,
    cronJobs: spec.singletons.cronJobs,
    plannedIngresses: plannedIngresses(spec),
  };
  const answering = answeringServices(await kubernetes.list(ENDPOINT_SLICES, null, signal));
  const blue = resolved.blue.name;
  const plan = { blue, singletons: facts.singletons, namespaces };
  return [
    ...findings,
    ...workloadHazards(facts),
    ...karpenterHazards({ ...facts, blue }),
    ...webhookHazards(facts, answering),
    ...(await judgeCustomResources(kubernetes, spec, answering, signal)),
    ...(await judgeIdentities(kubernetes, kept, plan, signal)),
  ];
}

/** So many namespaces are read at once: what has been read and not yet looked at is in memory. */
const AT_ONCE = 8;

function chunks<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, index) =>
    items.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
}

/** Field managers are half of a live object, and are looked at by then. */
function withoutHistory(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = { managedFields: null, ...object.metadata };
  return { ...object, metadata };
}

function plannedIngresses({ traffic }: ResolvedInput['spec']): readonly string[] {
  return traffic.groups
    .flatMap(({ routes }) => routes)
    .flatMap((route) => (route.with === 'ingress' ? [`${route.namespace}/${route.ingress}`] : []));
}

function inRelease(
  helm: Tools['ports']['helm'],
  secret: KubernetesObject,
  span: Span,
): readonly ObjectFinding[] {
  const release = helm.open(secret);
  if (release === null) return [];
  const { name, objects, unreadable } = release;
  const { apiVersion, kind, metadata } = secret;
  return [
    ...objects
      .flatMap((object) => judgeObject(object, span))
      .map((found) => ({ ...found, evidence: `${found.evidence}, in Helm release ${name}` })),
    ...unreadable.map((why): ObjectFinding => ({
      code: 'manifest-unreadable',
      severity: 'warn',
      title: `Helm release ${name} cannot be read`,
      resource: { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name },
      evidence: why,
      remedy: 'look at the release with `helm get manifest`',
      source: 'https://helm.sh/docs/topics/advanced/#storage-backends',
    })),
  ];
}
