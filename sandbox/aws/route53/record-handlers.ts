/**
 * Record sets: listed in their order, changed by whole batches. A zone works on one change at a time; its name servers take
 * the change over each at its own time, and until the last one has, the change is PENDING although lists show it at once.
 * Source: docs Route53/latest/APIReference/API_ChangeResourceRecordSets.html, API_ListResourceRecordSets.html, API_GetChange.html
 */
import type * as sdk from '@aws-sdk/client-route-53';
import type { RRType } from '@aws-sdk/client-route-53';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { applyBatch } from './change-batch.ts';
import { canonicalName, compareNames } from './dns-names.ts';
import { bareId, sorted, type HostedZone, type ZoneChange } from './hosted-zone.ts';
import type { Route53World } from './route53-world.ts';
import { changeInfo } from './zone-handlers.ts';

const LISTED_AT_MOST = 300;

export function recordHandlers(world: Route53World): OperationHandlers<typeof sdk> {
  const { state, account } = world;

  return {
    ChangeResourceRecordSets: async ({ HostedZoneId, ChangeBatch }, call) => {
      world.takeRequest(call);
      const zone = state.zone(HostedZoneId);
      if (zone.busy)
        throw new AwsError(
          'PriorRequestNotComplete',
          'The request was rejected because Route 53 was still processing a prior request.',
        );
      const outcome = applyBatch(zone, ChangeBatch?.Changes ?? []);
      if (outcome.kind === 'refused')
        throw new AwsError('InvalidChangeBatch', `[${outcome.messages.join(', ')}]`, {
          httpStatus: 400,
        });
      zone.busy = true;
      await new Promise<void>((resolve) => {
        account.physics.later('dnsChange', () => resolve());
      });
      zone.busy = false;
      zone.records = sorted(outcome.records);
      const change: ZoneChange = {
        id: world.nextId('C'),
        submittedAt: account.clock.now(),
        comment: ChangeBatch?.Comment,
        inSync: false,
      };
      state.changes.set(change.id, change);
      spread(world, zone, change);
      return { ChangeInfo: changeInfo(change) };
    },

    GetChange: ({ Id }, call) => {
      world.takeRequest(call);
      const change = state.changes.get(bareId(Id));
      if (change === undefined)
        throw new AwsError('NoSuchChange', `A change with id ${Id} was not found`, {
          httpStatus: 404,
        });
      return { ChangeInfo: changeInfo(change) };
    },

    ListResourceRecordSets: (input, call) => {
      world.takeRequest(call);
      const { HostedZoneId, StartRecordName, StartRecordType, StartRecordIdentifier } = input;
      const { records } = state.zone(HostedZoneId);
      const limit = Math.min(input.MaxItems ?? LISTED_AT_MOST, LISTED_AT_MOST);
      const from = records.filter(
        (record) =>
          StartRecordName === undefined ||
          isFrom(record, StartRecordName, StartRecordType, StartRecordIdentifier),
      );
      const next = from[limit];
      return {
        ResourceRecordSets: from.slice(0, limit),
        IsTruncated: next !== undefined,
        MaxItems: limit,
        ...(next === undefined
          ? {}
          : {
              NextRecordName: next.Name,
              NextRecordType: next.Type,
              NextRecordIdentifier: next.SetIdentifier,
            }),
      };
    },
  };
}

/** Whatever a server learned later stays: an older change never overwrites a newer one. */
function spread({ servers, account }: Route53World, zone: HostedZone, change: ZoneChange): void {
  const { records } = zone;
  let left = servers.length;
  for (const server of servers)
    account.physics.later('dnsPropagation', () => {
      if (zone.records === records) server.learn(zone.id, records);
      left -= 1;
      if (left === 0) change.inSync = true;
    });
}

function isFrom(
  record: sdk.ResourceRecordSet,
  name: string,
  type: RRType | undefined,
  identifier: string | undefined,
): boolean {
  const byName = compareNames(record.Name ?? '', canonicalName(name));
  if (byName !== 0 || type === undefined) return byName >= 0;
  const byType = (record.Type ?? '').localeCompare(type);
  if (byType !== 0 || identifier === undefined) return byType >= 0;
  return (record.SetIdentifier ?? '').localeCompare(identifier) >= 0;
}
