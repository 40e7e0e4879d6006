import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { listIn, podSpecOf } from '#domain/workloads/pod-spec.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { hazard, ofKind, placeOf, type HazardFacts } from './hazard.ts';

/** What the pods of blue's Deployments lack for a move that nobody notices. */
export function podHazards(facts: HazardFacts): readonly ObjectFinding[] {
  return ofKind(facts, 'Deployment')
    .filter((deployment) => replicasOf(deployment) > 0)
    .flatMap((deployment) => [...unprobed(deployment), ...alone(deployment, facts)]);
}

export function replicasOf(object: KubernetesObject & Fields): number {
  const { replicas } = fieldsOf(object['spec']);
  return typeof replicas === 'number' ? replicas : 1;
}

function unprobed(deployment: KubernetesObject & Fields): readonly ObjectFinding[] {
  const names = listIn(podSpecOf(deployment), 'containers')
    .filter(({ readinessProbe }) => readinessProbe === undefined || readinessProbe === null)
    .map(({ name }) => String(name));
  if (names.length === 0) return [];
  return [
    hazard(deployment, 'probe-missing', 'warn', {
      title: 'pods count as ready before they can serve',
      evidence: `no readinessProbe in ${names.join(', ')}`,
      remedy: 'add a readinessProbe: green gets users as soon as its pods say that they are ready',
      source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes',
    }),
  ];
}

function alone(
  deployment: KubernetesObject & Fields,
  { singletons }: HazardFacts,
): readonly ObjectFinding[] {
  if (replicasOf(deployment) !== 1 || singletons.includes(placeOf(deployment))) return [];
  return [
    hazard(deployment, 'single-replica', 'info', {
      title: 'one pod serves alone',
      evidence: 'spec.replicas is 1, and it is no singleton of the plan',
      remedy:
        'list it under `singletons.deployments` if it may run in one cluster only; otherwise run two',
      source: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/',
    }),
  ];
}
