import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { AwsClients } from './aws-clients.ts';
import { readRecords, type ZoneRef } from './record-list.ts';

/**
 * Who else writes a name: external-dns marks what it owns by TXT records beside it, of the name itself (until v0.17) and of
 * the name with the record's type in front (`a-`, `cname-`, since v0.12). A prefix of the installation's own cannot be known
 * from here. Source: kubernetes-sigs/external-dns, docs/registry/txt.md.
 */
const HERITAGE = 'heritage=external-dns';

export interface DnsOwner {
  /** The ownership records, to be taken away and put back. */
  readonly records: readonly ResourceRecordSet[];
  /** `--txt-owner-id` of the installation. */
  readonly owner: string;
  /** The object that wants the record, such as `ingress/shop/web`. */
  readonly resource: string;
}

/** Null when no ownership record is there. */
export async function readDnsOwner(
  clients: AwsClients,
  zone: ZoneRef,
  recordName: string,
  signal: AbortSignal,
): Promise<DnsOwner | null> {
  const found: ResourceRecordSet[] = [];
  // One after the other: five requests a second is all an account has.
  for (const name of registryNames(recordName)) {
    const records = await readRecords(
      clients,
      zone,
      { recordName: name, recordType: 'TXT' },
      signal,
    );
    found.push(...records.filter((record) => textOf(record).includes(HERITAGE)));
  }
  const [first] = found;
  if (first === undefined) return null;
  return {
    records: found,
    owner: labelOf(first, 'external-dns/owner'),
    resource: labelOf(first, 'external-dns/resource'),
  };
}

function registryNames(recordName: string): readonly string[] {
  return ['', 'a-', 'aaaa-', 'cname-'].map((prefix) => `${prefix}${recordName}`);
}

function textOf({ ResourceRecords = [] }: ResourceRecordSet): string {
  return ResourceRecords.map(({ Value = '' }) => Value).join(',');
}

function labelOf(record: ResourceRecordSet, label: string): string {
  const text = textOf(record).replaceAll('"', '');
  const pair = text.split(',').find((one) => one.startsWith(`${label}=`));
  return pair?.slice(label.length + 1) ?? 'unknown';
}
