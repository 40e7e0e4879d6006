/**
 * Protections of record sets: while one exists, no batch may create, update or delete sets of that name and type.
 * Source: the SDK's model (client-route-53, CreateResourceRecordSetProtections); the wording of the refusal is assumed.
 */
import type * as sdk from '@aws-sdk/client-route-53';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { compareNames } from './dns-names.ts';
import { protectionKey } from './hosted-zone.ts';
import type { Route53World } from './route53-world.ts';

export function protectionHandlers(world: Route53World): OperationHandlers<typeof sdk> {
  const { state } = world;
  return {
    CreateResourceRecordSetProtections: ({ HostedZoneId, Protections = [] }, call) => {
      world.takeRequest(call);
      const { protections } = state.zone(HostedZoneId);
      for (const { RecordName, RecordType, Comment } of Protections)
        protections.set(protectionKey(RecordName, RecordType), Comment);
      return {};
    },

    DeleteResourceRecordSetProtections: ({ HostedZoneId, Protections = [] }, call) => {
      world.takeRequest(call);
      const { protections } = state.zone(HostedZoneId);
      for (const { RecordName, RecordType } of Protections)
        protections.delete(protectionKey(RecordName, RecordType));
      return {};
    },

    ListResourceRecordSetProtections: ({ HostedZoneId, StartRecordName, NextToken }, call) => {
      world.takeRequest(call);
      if (NextToken !== undefined)
        throw new AwsError('NotImplementedException', 'pages of protections are not emulated', {
          httpStatus: 501,
        });
      const all = [...state.zone(HostedZoneId).protections].map(([key, Comment]) => {
        const [RecordName = '', type = ''] = key.split(' ');
        return {
          RecordName,
          RecordType: recordType(type),
          ...(Comment === undefined ? {} : { Comment }),
        };
      });
      return {
        ResourceRecordSetProtections: all
          .filter(
            ({ RecordName }) =>
              StartRecordName === undefined ||
              compareNames(RecordName, protectionKey(StartRecordName, '').trim()) >= 0,
          )
          .toSorted((one, other) => compareNames(one.RecordName, other.RecordName)),
      };
    },
  };
}

/** Only types that came in through the model are kept. */
function recordType(text: string): sdk.RRType {
  const known: readonly sdk.RRType[] = [
    'A',
    'AAAA',
    'CNAME',
    'TXT',
    'NS',
    'SOA',
    'MX',
    'SRV',
    'CAA',
    'PTR',
  ];
  return known.find((type) => type === text) ?? 'A';
}
