import type { Span } from '#domain/api-removals/api-removals.ts';
import { judgeObject } from '#domain/api-removals/judge-object.ts';
import { JUDGED_KINDS } from '#domain/api-removals/judged-kinds.ts';
import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import type { KubernetesObject } from '#domain/workload-copy.ts';
import { listInNamespaces } from './list-in-namespaces.ts';
import type { KubernetesCluster } from './ports.ts';
import type { Tools } from './tools.ts';

/**
 * What stands against blue's own objects on the way to green's version: everything of the plan's namespaces that can be written in a
 * removed version, and what Helm keeps of its releases there. Kinds one after the other, so that a large cluster is never in
 * memory whole.
 */
export async function judgeObjects(
  { ports }: Tools,
  kubernetes: KubernetesCluster,
  namespaces: readonly string[],
  span: Span,
  signal: AbortSignal,
): Promise<readonly ObjectFinding[]> {
  const findings: ObjectFinding[] = [];
  for (const { isNamespaced, ...kind } of JUDGED_KINDS) {
    const objects = isNamespaced
      ? await listInNamespaces(kubernetes, kind, namespaces, signal)
      : await kubernetes.list(kind, null, signal);
    for (const object of objects)
      findings.push(...judgeObject(object, span), ...inRelease(ports.helm, object, span));
  }
  return findings;
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
