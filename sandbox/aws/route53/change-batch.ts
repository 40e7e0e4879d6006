/**
 * One change batch: all of it or nothing, in the order given, with Route 53's rules about which records may stand beside each
 * other. Pure. Called by the ChangeResourceRecordSets handler.
 * Source: docs Route53/latest/APIReference/API_ChangeResourceRecordSets.html, API_ResourceRecordSet.html; wordings as
 * commonly reported.
 */
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { canonicalName, liesWithin } from './dns-names.ts';
import { protectionKey, type HostedZone } from './hosted-zone.ts';

type Outcome =
  | { readonly kind: 'changed'; readonly records: readonly ResourceRecordSet[] }
  | { readonly kind: 'refused'; readonly messages: readonly string[] };

export function applyBatch(
  zone: Pick<HostedZone, 'name' | 'records' | 'protections'>,
  changes: readonly Change[],
): Outcome {
  const messages: string[] = [];
  let records = zone.records;
  for (const { Action, ResourceRecordSet: raw } of changes) {
    if (raw === undefined) continue;
    const set = canonicalSet(raw);
    const problem = problemOf(zone, records, Action, set);
    if (problem !== null) {
      messages.push(problem);
      continue;
    }
    const others = records.filter((record) => !isSameKey(record, set));
    records = Action === 'DELETE' ? others : [...others, set];
  }
  return messages.length > 0 ? { kind: 'refused', messages } : { kind: 'changed', records };
}

function problemOf(
  zone: Pick<HostedZone, 'name' | 'protections'>,
  records: readonly ResourceRecordSet[],
  action: Change['Action'],
  set: ResourceRecordSet,
): string | null {
  const label = `RRSet with DNS name ${set.Name}, type ${set.Type}`;
  const identified =
    set.SetIdentifier === undefined ? label : `${label}, SetIdentifier ${set.SetIdentifier}`;
  if (!liesWithin(set.Name ?? '', zone.name))
    return `${label} is not permitted in zone ${zone.name}`;
  const key = protectionKey(set.Name, set.Type);
  if (zone.protections.has(key)) {
    const comment = zone.protections.get(key);
    return `${label} is protected${comment === undefined ? '' : `: ${comment}`}`;
  }
  const present = records.find((record) => isSameKey(record, set));
  const named = `resource record set [name='${set.Name}', type='${set.Type}'${set.SetIdentifier === undefined ? '' : `, set identifier='${set.SetIdentifier}'`}]`;
  if (action === 'DELETE') {
    if (present === undefined) return `Tried to delete ${named} but it was not found`;
    return JSON.stringify(inOrder(present)) === JSON.stringify(inOrder(set))
      ? null
      : `Tried to delete ${named} but the values provided do not match the current values`;
  }
  if (action === 'CREATE' && present !== undefined)
    return `Tried to create ${named} but it already exists`;
  return (
    malformed(set, identified) ??
    misplaced(
      records.filter((record) => !isSameKey(record, set)),
      set,
      identified,
    )
  );
}

function malformed(set: ResourceRecordSet, label: string): string | null {
  const { AliasTarget, ResourceRecords, TTL, Weight, SetIdentifier } = set;
  if ((AliasTarget === undefined) === (ResourceRecords === undefined))
    return `Invalid request: expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]] in ${label}`;
  if (AliasTarget === undefined && TTL === undefined) return `Missing field 'TTL' in ${label}`;
  if (AliasTarget !== undefined && TTL !== undefined) return `Alias with a TTL in ${label}`;
  if ((Weight === undefined) !== (SetIdentifier === undefined))
    return `Missing field 'SetIdentifier' or its routing policy in ${label}`;
  if (Weight !== undefined && (!Number.isInteger(Weight) || Weight < 0 || Weight > 255))
    return `Weight ${Weight} is not between 0 and 255 in ${label}`;
  return null;
}

function misplaced(
  others: readonly ResourceRecordSet[],
  set: ResourceRecordSet,
  label: string,
): string | null {
  const beside = others.filter(({ Name, Type }) => Name === set.Name && Type === set.Type);
  const weighted = set.Weight !== undefined;
  if (weighted && beside.some(({ Weight }) => Weight === undefined))
    return `${label} cannot be created as a non-weighted set exists with the same name and type.`;
  if (!weighted && beside.length > 0)
    return `${label} cannot be created as other RRSets exist with the same name and type.`;
  if (beside.some(({ TTL }) => TTL !== set.TTL))
    return `${label} cannot be created as weighted sets must contain the same TTL.`;
  const conflict = others.find(
    ({ Name, Type }) =>
      Name === set.Name && Type !== set.Type && (Type === 'CNAME' || set.Type === 'CNAME'),
  );
  return conflict === undefined
    ? null
    : `${label} is not permitted as it conflicts with other records with the same DNS name`;
}

function canonicalSet(set: ResourceRecordSet): ResourceRecordSet {
  const { AliasTarget: alias } = set;
  const named = { ...set, Name: canonicalName(set.Name ?? '') };
  if (alias === undefined) return named;
  return { ...named, AliasTarget: { ...alias, DNSName: canonicalName(alias.DNSName ?? '') } };
}

function isSameKey(one: ResourceRecordSet, other: ResourceRecordSet): boolean {
  return (
    one.Name === other.Name && one.Type === other.Type && one.SetIdentifier === other.SetIdentifier
  );
}

/** Only what is set, in an order that does not depend on who wrote it. */
function inOrder(set: ResourceRecordSet): readonly unknown[] {
  const { TTL, Weight, ResourceRecords = [], AliasTarget: alias } = set;
  return [
    TTL ?? null,
    Weight ?? null,
    ResourceRecords.map(({ Value = '' }) => Value).toSorted((a, b) => a.localeCompare(b)),
    [alias?.HostedZoneId, alias?.DNSName, alias?.EvaluateTargetHealth],
  ];
}
