import { ListResourceRecordSetsCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Access } from '#activities/ports/refs.ts';
import type { AwsClients } from './aws-clients.ts';

/** Record sets of a hosted zone, listed from one name and type on: Route 53 has no question for one name alone. */
export interface ZoneRef {
  readonly access: Access;
  readonly zoneId: string;
}

export interface RecordKey {
  readonly recordName: string;
  readonly recordType: 'A' | 'AAAA' | 'CNAME' | 'TXT';
}

/** All record sets of one name and type. */
export async function readRecords(
  clients: AwsClients,
  zone: ZoneRef,
  key: RecordKey,
  signal: AbortSignal,
): Promise<readonly ResourceRecordSet[]> {
  const listed = await listFrom(clients, zone, key, signal);
  return listed.filter((record) => isOf(key, record));
}

/** The first record set after all of this name and type; undefined at the end of the zone. */
export async function readNextRecord(
  clients: AwsClients,
  zone: ZoneRef,
  key: RecordKey,
  signal: AbortSignal,
): Promise<ResourceRecordSet | undefined> {
  const listed = await listFrom(clients, zone, key, signal);
  return listed.find((record) => !isOf(key, record));
}

/** Quota "Records with the same name and type" is 100; one more shows what follows. */
const RECORDS_OF_A_NAME = 101;

async function listFrom(
  clients: AwsClients,
  { access, zoneId }: ZoneRef,
  { recordName, recordType }: RecordKey,
  signal: AbortSignal,
): Promise<readonly ResourceRecordSet[]> {
  const { ResourceRecordSets } = await clients.route53(access).read.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      StartRecordName: recordName,
      StartRecordType: recordType,
      MaxItems: RECORDS_OF_A_NAME,
    }),
    { abortSignal: signal },
  );
  return ResourceRecordSets ?? [];
}

function isOf({ recordName, recordType }: RecordKey, { Name, Type }: ResourceRecordSet): boolean {
  return Name === recordName && Type === recordType;
}
