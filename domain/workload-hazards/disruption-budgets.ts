import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { hazard, ofKind, type HazardFacts } from './hazard.ts';
import { replicasOf } from './pods.ts';

/** Disruption budgets that let no pod go: nodes of that side can never be emptied. */
export function budgetHazards(facts: HazardFacts): readonly ObjectFinding[] {
  return ofKind(facts, 'PodDisruptionBudget').flatMap((budget) => {
    const why = whyNone(budget, facts);
    if (why === null) return [];
    return [
      hazard(budget, 'pdb-blocks', 'warn', {
        title: 'the budget lets no pod be evicted',
        evidence: why,
        remedy:
          'allow one pod to go (maxUnavailable 1, or fewer in minAvailable), or nodes are emptied by force',
        source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
      }),
    ];
  });
}

function whyNone(budget: KubernetesObject & Fields, facts: HazardFacts): string | null {
  const { maxUnavailable, minAvailable, selector } = fieldsOf(budget['spec']);
  if (maxUnavailable === 0 || maxUnavailable === '0%')
    return `maxUnavailable is ${String(maxUnavailable)}`;
  if (minAvailable === '100%') return 'minAvailable is 100%';
  if (typeof minAvailable !== 'number') return null;
  const wanted = fieldsOf(fieldsOf(selector)['matchLabels']);
  if (Object.keys(wanted).length === 0) return null;
  const guarded = ofKind(facts, 'Deployment').find(
    (one) =>
      one.metadata.namespace === budget.metadata.namespace &&
      Object.entries(wanted).every(([label, value]) => labelsOf(one)[label] === value),
  );
  if (guarded === undefined || minAvailable < replicasOf(guarded)) return null;
  return `minAvailable is ${minAvailable}, and ${guarded.metadata.name} has ${replicasOf(guarded)} pods`;
}

/** Of its pods. */
function labelsOf(deployment: KubernetesObject & Fields): Fields {
  const template = fieldsOf(fieldsOf(deployment['spec'])['template']);
  return fieldsOf(fieldsOf(template['metadata'])['labels']);
}
