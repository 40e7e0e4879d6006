import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { hazard, ofKind, type HazardFacts } from './hazard.ts';

/** Karpenter on blue: capacity that green is not made with, and classes that would find blue's subnets and groups (I13). */
export function karpenterHazards(
  facts: HazardFacts & { readonly blue: string },
): readonly ObjectFinding[] {
  return [
    ...ofKind(facts, 'NodePool').map((pool) =>
      hazard(pool, 'karpenter-capacity', 'warn', {
        title: 'green is not made with the nodes that Karpenter gives blue',
        evidence: `NodePool ${pool.metadata.name}; green gets node groups like blue’s managed ones alone`,
        remedy:
          'install Karpenter on green with its own role, queue and NodePools before the shift; before blue is retired delete its NodePools, or their instances outlive it',
        source: 'https://karpenter.sh/docs/concepts/nodepools/',
      }),
    ),
    ...ofKind(facts, 'EC2NodeClass').flatMap((nodeClass) => {
      const places = fieldsThatName(nodeClass, facts.blue);
      if (places.length === 0) return [];
      return [
        hazard(nodeClass, 'node-class-names-blue', 'warn', {
          title: 'brought to green as it is, it would make nodes as blue’s',
          evidence: `${places.join(', ')} ${places.length === 1 ? 'names' : 'name'} ${facts.blue}`,
          remedy:
            'write green’s with a discovery tag, role and instance profile of green’s own; tag green’s cluster security group with it',
          source: 'https://karpenter.sh/docs/concepts/nodeclasses/; I13',
        }),
      ];
    }),
  ];
}

/** Fields of its spec in which the name stands. */
function fieldsThatName(nodeClass: KubernetesObject & Fields, blue: string): readonly string[] {
  return Object.entries(fieldsOf(nodeClass['spec']))
    .filter(([, value]) => holds(value, blue))
    .map(([name]) => `spec.${name}`);
}

/** As a word of its own: `shop-blue` is not in `shop-blue-2`, and is in `KarpenterNodeRole-shop-blue`. */
function holds(value: unknown, name: string): boolean {
  if (typeof value === 'string') {
    const at = value.indexOf(name);
    return at >= 0 && !/[\w-]/u.test(value.charAt(at + name.length));
  }
  if (Array.isArray(value)) return value.some((item: unknown) => holds(item, name));
  return Object.entries(fieldsOf(value)).some(
    ([key, inside]) => holds(key, name) || holds(inside, name),
  );
}
