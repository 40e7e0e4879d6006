import { fieldsOf } from '#domain/json/json-fields.ts';
import { isOurs, ownershipTags, type MigrationRef } from '#domain/identity.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/**
 * How green's instance on the hub is called and known again (I6). Pure.
 */

/** kro writes an instance's name into a label of everything that it makes, and labels end here. */
export const LONGEST_INSTANCE_NAME = 63;

/** Name of green's instance: green's own, as far as Kubernetes allows it; null where it does not. */
export function instanceName(green: string): string | null {
  const name = dnsLabel(green);
  return name.length > LONGEST_INSTANCE_NAME || name === '' ? null : name;
}

/** Ids of node groups for objects of the hub, by their names; two never get the same. */
export function nodegroupIds(names: readonly string[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const name of names.toSorted()) {
    const plain = dnsLabel(name);
    const taken = new Set(ids.values());
    let id = plain === '' ? 'nodes' : plain;
    for (let next = 2; taken.has(id); next += 1) id = `${plain}-${next}`;
    ids.set(name, id);
  }
  return ids;
}

function dnsLabel(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/gu, '-')
    .replaceAll(/^-+|-+$/gu, '');
}

/** Annotations rather than labels: a workflow id has slashes. */
export function instanceAnnotations(ref: MigrationRef): Readonly<Record<string, string>> {
  return ownershipTags(ref);
}

/** Whose instance it is: this attempt's, an earlier one's of the same migration line, or a stranger's. */
export function ownerOfInstance(
  instance: KubernetesObject,
  ref: MigrationRef,
): 'this-attempt' | 'earlier-attempt' | 'stranger' {
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(fieldsOf(instance.metadata.annotations)))
    if (typeof value === 'string') annotations[key] = value;
  if (!isOurs(ref, annotations)) return 'stranger';
  const mine = Object.entries(instanceAnnotations(ref));
  return mine.every(([key, value]) => annotations[key] === value)
    ? 'this-attempt'
    : 'earlier-attempt';
}
