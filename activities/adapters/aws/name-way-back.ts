import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { WayBack } from '#domain/capsule/capsule.ts';
import { jsonFieldsOf } from '#domain/json/json-value.ts';
import type { Route53Place } from '#domain/traffic/route-place.ts';

/**
 * The way back of a name as literal calls: both weighted records, blue with everything. Further records that somebody put beside
 * them meanwhile stay, because a literal call cannot name what nobody knew; the read-back does not accept them: it asks for the
 * two records and for what follows them in the zone, which must not be one more of this name.
 * @param next the first record after all of this name and type, as the zone is now; undefined at its end
 */
export function nameWayBack(
  { zoneId: HostedZoneId, recordName, recordType }: Route53Place,
  wanted: readonly ResourceRecordSet[],
  next: ResourceRecordSet | undefined,
): WayBack {
  const service = 'route53';
  const Changes = wanted.map((record) => ({ Action: 'UPSERT', ResourceRecordSet: record }));
  const after =
    next === undefined
      ? { IsTruncated: false }
      : { IsTruncated: true, NextRecordName: next.Name, NextRecordType: next.Type };
  return {
    calls: [
      {
        service,
        operation: 'ChangeResourceRecordSets',
        input: jsonFieldsOf({ HostedZoneId, ChangeBatch: { Comment: 'cutover', Changes } }),
      },
    ],
    readBack: [
      {
        ask: {
          service,
          operation: 'ListResourceRecordSets',
          input: {
            HostedZoneId,
            StartRecordName: recordName,
            StartRecordType: recordType,
            MaxItems: wanted.length,
          },
        },
        accept: [jsonFieldsOf({ ResourceRecordSets: wanted, ...after })],
      },
    ],
  };
}
