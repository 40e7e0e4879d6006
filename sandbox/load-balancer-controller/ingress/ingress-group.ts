/**
 * Which Ingresses are ours, and which of them share a load balancer: those with the same `group.name`, in the order of
 * `group.order`; every other one has its own. An Ingress that goes, or that is no longer ours, stays in its group until its
 * finalizer is off. Pure. Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, docs/guide/ingress/annotations.md#ingressgroup
 */
import { numberOf, textOf } from './annotations.ts';
import { ingressKey, type Ingress, type IngressClass } from './ingress-objects.ts';

const CONTROLLER = 'ingress.k8s.aws/alb';
const LEGACY_CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const LEGACY_CLASS = 'alb';
const LONE_FINALIZER = 'ingress.k8s.aws/resources';
const GROUP_FINALIZER = 'group.ingress.k8s.aws/';

export interface IngressGroup {
  /** Value of the tag `ingress.k8s.aws/stack`: the group's name, or `namespace/name` of a lone Ingress. */
  readonly id: string;
  /** Null for a lone Ingress. */
  readonly name: string | null;
  readonly finalizer: string;
  readonly members: readonly Ingress[];
  /** Those that leave. */
  readonly leaving: readonly Ingress[];
}

export function groupIdOf(ingress: Ingress): string {
  return textOf(ingress.metadata.annotations, 'group.name') ?? ingressKey(ingress);
}

/** Groups of which an Ingress still has a finalizer. */
export function finalizedGroupsOf(ingress: Ingress): readonly string[] {
  return ingress.metadata.finalizers.flatMap((finalizer) => {
    if (finalizer === LONE_FINALIZER) return [ingressKey(ingress)];
    return finalizer.startsWith(GROUP_FINALIZER) ? [finalizer.slice(GROUP_FINALIZER.length)] : [];
  });
}

export function groupOf(
  id: string,
  all: readonly Ingress[],
  classes: readonly IngressClass[],
): IngressGroup {
  const name = id.includes('/') ? null : id;
  const finalizer = name === null ? LONE_FINALIZER : `${GROUP_FINALIZER}${name}`;
  const named = all.filter((ingress) => groupIdOf(ingress) === id);
  const members = named.filter(
    (ingress) => ingress.metadata.deletionTimestamp === undefined && isOurs(ingress, classes),
  );
  return {
    id,
    name,
    finalizer,
    members: members.toSorted(byOrder),
    leaving: all.filter(
      (ingress) =>
        ingress.metadata.finalizers.includes(finalizer) &&
        (name !== null || ingressKey(ingress) === id) &&
        !members.includes(ingress),
    ),
  };
}

function isOurs({ metadata, spec }: Ingress, classes: readonly IngressClass[]): boolean {
  const legacy = metadata.annotations[LEGACY_CLASS_ANNOTATION];
  if (legacy !== undefined) return legacy === LEGACY_CLASS;
  const found = classes.find((one) => one.metadata.name === spec.ingressClassName);
  return found?.spec.controller === CONTROLLER;
}

function byOrder(one: Ingress, other: Ingress): number {
  const order = (ingress: Ingress): number =>
    numberOf(ingress.metadata.annotations, 'group.order', 0);
  return order(one) - order(other) || ingressKey(one).localeCompare(ingressKey(other));
}
