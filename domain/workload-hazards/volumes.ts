import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { listIn } from '#domain/workloads/pod-spec.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { hazard, ofKind, placeOf, type HazardFacts } from './hazard.ts';

/**
 * Volumes behind the claims of the plan's namespaces: what becomes of the data when a claim goes, and where it can be mounted at all.
 * Retirement deletes node groups and the control plane and never a claim, so that a volume outlives blue with nobody to name it; what
 * empties blue before that (a GitOps prune, a deleted namespace) takes it away where its policy is `Delete`.
 */
export function volumeHazards(facts: HazardFacts): readonly ObjectFinding[] {
  return ofKind(facts, 'PersistentVolumeClaim').flatMap((claim) => {
    const volume = volumeOf(claim, facts);
    return volume === undefined ? [] : [...deleted(claim, volume), ...bound(claim, volume)];
  });
}

function volumeOf(
  claim: KubernetesObject & Fields,
  facts: HazardFacts,
): (KubernetesObject & Fields) | undefined {
  const { volumeName } = fieldsOf(claim['spec']);
  return ofKind(facts, 'PersistentVolume').find(({ metadata, spec }) => {
    const { namespace, name } = fieldsOf(fieldsOf(spec)['claimRef']);
    return (
      metadata.name === volumeName || `${String(namespace)}/${String(name)}` === placeOf(claim)
    );
  });
}

function deleted(
  claim: KubernetesObject,
  volume: KubernetesObject & Fields,
): readonly ObjectFinding[] {
  if (fieldsOf(volume['spec'])['persistentVolumeReclaimPolicy'] !== 'Delete') return [];
  const { name } = volume.metadata;
  return [
    hazard(claim, 'volume-goes-with-claim', 'warn', {
      title: 'its data is deleted as soon as the claim is',
      evidence: `PersistentVolume ${name} has persistentVolumeReclaimPolicy Delete`,
      remedy: `keep it before anybody empties blue: kubectl patch pv ${name} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
      source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming',
    }),
  ];
}

/** Of Kubernetes and of the EBS driver. */
const ZONE_KEYS: readonly unknown[] = [
  'topology.kubernetes.io/zone',
  'topology.ebs.csi.aws.com/zone',
];

function bound(
  claim: KubernetesObject,
  volume: KubernetesObject & Fields,
): readonly ObjectFinding[] {
  const zones = zonesOf(volume);
  if (zones.length === 0) return [];
  return [
    hazard(claim, 'volume-zone-bound', 'info', {
      title: `only nodes in ${zones.join(', ')} can mount its volume, one cluster at a time`,
      evidence: `PersistentVolume ${volume.metadata.name} is bound to ${zones.join(', ')}`,
      remedy: 'if you move the volume itself, have nodes of green there; blue must let it go first',
      source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity',
    }),
  ];
}

function zonesOf(volume: KubernetesObject & Fields): readonly string[] {
  const required = fieldsOf(fieldsOf(fieldsOf(volume['spec'])['nodeAffinity'])['required']);
  const values = listIn(required, 'nodeSelectorTerms')
    .flatMap((term) => listIn(term, 'matchExpressions'))
    .filter(({ key }) => ZONE_KEYS.includes(key))
    .flatMap((expression): readonly unknown[] =>
      Array.isArray(expression['values']) ? expression['values'] : [],
    );
  const label = volume.metadata.labels?.['topology.kubernetes.io/zone'];
  return [...new Set([...values, ...(label === undefined ? [] : [label])].map(String))].toSorted();
}
