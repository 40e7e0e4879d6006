import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { isFields, type Fields } from '#domain/json/json-fields.ts';
import { listIn, podSpecOf } from '#domain/workloads/pod-spec.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { hazard, ofKind, placeOf, type HazardFacts } from './hazard.ts';
import { replicasOf } from './pods.ts';

/** What the copy of namespaces does not bring to green: data, and kinds that it does not know. */
export function leftBehind(facts: HazardFacts): readonly ObjectFinding[] {
  return [...stateful(facts), ...notCopied(facts)];
}

const NOT_BY_THIS_VERSION =
  'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations';

/** Volumes do not move with traffic; whoever decides what becomes of the data is a person. */
function stateful(facts: HazardFacts): readonly ObjectFinding[] {
  const sets = ofKind(facts, 'StatefulSet')
    .filter((set) => replicasOf(set) > 0)
    .map((set) => ({ object: set, evidence: 'a StatefulSet is not carried over' }));
  const claimants = ofKind(facts, 'Deployment').flatMap((deployment) => {
    const claims = claimsOf(deployment);
    return claims.length === 0
      ? []
      : [{ object: deployment, evidence: `mounts the volume claims ${claims.join(', ')}` }];
  });
  return [...sets, ...claimants].map(({ object, evidence }) =>
    hazard(object, 'stateful-workload', 'block', {
      title: 'it keeps data in volumes, which stay on blue',
      evidence,
      remedy:
        'move its data by its own means, or keep it outside of both clusters; then say so with a waiver',
      source: NOT_BY_THIS_VERSION,
    }),
  );
}

function claimsOf(deployment: KubernetesObject & Fields): readonly string[] {
  return listIn(podSpecOf(deployment), 'volumes').flatMap(({ persistentVolumeClaim: claim }) =>
    isFields(claim) ? [String(claim['claimName'])] : [],
  );
}

function notCopied(facts: HazardFacts): readonly ObjectFinding[] {
  const ingresses = ofKind(facts, 'Ingress').filter(
    (ingress) => !facts.plannedIngresses.includes(placeOf(ingress)),
  );
  return [...ofKind(facts, 'DaemonSet'), ...ingresses].map((object) =>
    hazard(object, 'not-copied', 'warn', {
      title: `green will not have this ${object.kind}`,
      evidence: 'the copy of namespaces does not carry its kind over',
      remedy: 'bring it to green yourself before the shift, if green needs it',
      source: 'README.md, “Limits of this version”',
    }),
  );
}
