import { compareVersions } from '#domain/addon-versions.ts';
import { fieldsOf, isFields, type Fields } from '#domain/json/json-fields.ts';
import { listIn, podSpecOf } from '#domain/workloads/pod-spec.ts';
import type { Span } from './api-removals.ts';
import type { ObjectFinding, ObjectFindingCode } from './object-finding.ts';

/** What Kubernetes still accepts but no longer does as before, as data: the version it begins with, and how it shows in an object. */
interface BehaviourChange {
  readonly code: ObjectFindingCode;
  /** First minor that behaves so. */
  readonly since: string;
  /** Nothing breaks at `since`: it is as true of a blue that is past it, and still to be done. */
  readonly isStanding: boolean;
  readonly severity: ObjectFinding['severity'];
  readonly title: string;
  readonly remedy: string;
  readonly source: string;
  /** What is affected in the object, for people; null: nothing. */
  readonly seen: (object: Fields) => string | null;
}

const CHANGES: readonly BehaviourChange[] = [
  {
    code: 'git-repo-volume',
    since: '1.36',
    isStanding: false,
    severity: 'block',
    title: 'pods with a gitRepo volume are accepted and then refused by the kubelet',
    remedy: 'clone in an init container into an emptyDir',
    source: 'https://kubernetes.io/docs/concepts/storage/volumes/#gitrepo',
    seen: (object) => {
      const names = listIn(podSpecOf(object), 'volumes')
        .filter(({ gitRepo }) => isFields(gitRepo))
        .map(({ name }) => String(name));
      return names.length === 0 ? null : `volumes ${names.join(', ')} are gitRepo`;
    },
  },
  {
    code: 'service-external-ips',
    since: '1.36',
    isStanding: true,
    severity: 'info',
    title: 'externalIPs of Services are deprecated',
    remedy: 'use a load balancer or a Gateway instead',
    source: 'https://kubernetes.io/docs/concepts/services-networking/service/#external-ips',
    seen: (object) => {
      const { externalIPs } = fieldsOf(object['spec']);
      return object['kind'] === 'Service' && Array.isArray(externalIPs) && externalIPs.length > 0
        ? `spec.externalIPs has ${externalIPs.length} addresses`
        : null;
    },
  },
  {
    code: 'endpoints-written',
    since: '1.33',
    isStanding: true,
    severity: 'info',
    title: 'the Endpoints API is deprecated',
    remedy: 'write an EndpointSlice of discovery.k8s.io/v1 instead',
    source: 'https://kubernetes.io/blog/2025/04/24/endpoints-deprecation/',
    seen: (object) =>
      object['kind'] === 'Endpoints' && object['apiVersion'] === 'v1' && !isControllers(object)
        ? 'an Endpoints object is written by hand'
        : null,
  },
  {
    code: 'ingress-nginx',
    since: '1.35',
    isStanding: true,
    severity: 'warn',
    title: 'ingress-nginx is retired since March 2026 and gets no security fixes',
    remedy: 'move to another controller before or after the migration',
    source: 'https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/',
    seen: (object) =>
      object['kind'] === 'IngressClass' &&
      fieldsOf(object['spec'])['controller'] === 'k8s.io/ingress-nginx'
        ? 'an IngressClass names k8s.io/ingress-nginx'
        : null,
  },
];

/** Changes that are in force at the end of the way and were not at its beginning, and what stands all the way. */
export function changedBehaviour(
  object: Fields,
  { from, to }: Span,
): readonly Omit<ObjectFinding, 'resource'>[] {
  return CHANGES.flatMap(({ since, isStanding, seen, ...finding }) => {
    const isNew = from === null || compareVersions(since, from) > 0;
    const matters = compareVersions(since, to) <= 0 && (isNew || isStanding);
    const evidence = matters ? seen(object) : null;
    return evidence === null ? [] : [{ ...finding, evidence }];
  });
}

/** Kubernetes writes Endpoints for every Service with a selector itself (its endpoints controller, with this label since 1.33). */
function isControllers(object: Fields): boolean {
  const { labels, annotations } = fieldsOf(object['metadata']);
  return (
    fieldsOf(labels)['endpoints.kubernetes.io/managed-by'] !== undefined ||
    fieldsOf(annotations)['endpoints.kubernetes.io/last-change-trigger-time'] !== undefined
  );
}
