import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { budgetHazards } from './disruption-budgets.ts';
import type { HazardFacts } from './hazard.ts';
import { leftBehind } from './left-behind.ts';
import { podHazards } from './pods.ts';
import { runOnceHazards } from './run-once.ts';
import { volumeHazards } from './volumes.ts';

/** Everything about blue's workloads that a move would meet; each subject has its file. Pure. */
export function workloadHazards(facts: HazardFacts): readonly ObjectFinding[] {
  return [
    ...leftBehind(facts),
    ...podHazards(facts),
    ...budgetHazards(facts),
    ...runOnceHazards(facts),
    ...volumeHazards(facts),
  ];
}

/** Kinds that the files of this folder look at; others need not be kept in memory. */
export const HAZARDOUS: ReadonlySet<string> = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'EC2NodeClass',
  'Ingress',
  'Lease',
  'MutatingWebhookConfiguration',
  'NodePool',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'PodDisruptionBudget',
  'StatefulSet',
  'ValidatingWebhookConfiguration',
]);

/** Kinds that are looked at beside those of `api-removals/judged-kinds.ts`. */
export const HAZARD_KINDS = [
  { apiVersion: 'coordination.k8s.io/v1', plural: 'leases', isNamespaced: true },
  { apiVersion: 'v1', plural: 'persistentvolumeclaims', isNamespaced: true },
  { apiVersion: 'v1', plural: 'persistentvolumes', isNamespaced: false },
  { apiVersion: 'karpenter.sh/v1', plural: 'nodepools', isNamespaced: false },
  { apiVersion: 'karpenter.k8s.aws/v1', plural: 'ec2nodeclasses', isNamespaced: false },
] as const;
