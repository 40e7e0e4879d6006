/**
 * Hosted zones: created with their name servers, described, deleted when they are empty.
 * Source: docs Route53/latest/APIReference/API_CreateHostedZone.html, API_DeleteHostedZone.html
 */
import type * as sdk from '@aws-sdk/client-route-53';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { canonicalName } from './dns-names.ts';
import type { HostedZone, ZoneChange } from './hosted-zone.ts';
import type { Route53World } from './route53-world.ts';

export function zoneHandlers(world: Route53World): OperationHandlers<typeof sdk> {
  const { state, servers } = world;
  const delegation = { NameServers: servers.map(({ name }) => name) };

  return {
    CreateHostedZone: ({ Name = '', CallerReference = '', HostedZoneConfig, VPC }, call) => {
      world.takeRequest(call);
      const known = [...state.zones.values()].some((z) => z.callerReference === CallerReference);
      if (known)
        throw new AwsError(
          'HostedZoneAlreadyExists',
          'A hosted zone has already been created with this caller reference',
        );
      const zone: HostedZone = {
        id: world.nextId('Z'),
        name: canonicalName(Name),
        callerReference: CallerReference,
        isPrivate: HostedZoneConfig?.PrivateZone === true || VPC !== undefined,
        records: [],
        protections: new Map(),
        busy: false,
      };
      state.zones.set(zone.id, zone);
      return {
        HostedZone: described(zone),
        ChangeInfo: changeInfo(settledChange(world)),
        DelegationSet: delegation,
        Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
      };
    },

    GetHostedZone: ({ Id }, call) => {
      world.takeRequest(call);
      const zone = state.zone(Id);
      return {
        HostedZone: described(zone),
        ...(zone.isPrivate ? {} : { DelegationSet: delegation }),
      };
    },

    DeleteHostedZone: ({ Id }, call) => {
      world.takeRequest(call);
      const zone = state.zone(Id);
      if (zone.records.length > 0)
        throw new AwsError(
          'HostedZoneNotEmpty',
          'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
        );
      state.zones.delete(zone.id);
      return { ChangeInfo: changeInfo(settledChange(world)) };
    },
  };
}

function settledChange(world: Route53World): ZoneChange {
  const change = {
    id: world.nextId('C'),
    submittedAt: world.account.clock.now(),
    comment: undefined,
    inSync: true,
  };
  world.state.changes.set(change.id, change);
  return change;
}

export function changeInfo({ id, submittedAt, comment, inSync }: ZoneChange): sdk.ChangeInfo {
  return {
    Id: `/change/${id}`,
    Status: inSync ? 'INSYNC' : 'PENDING',
    SubmittedAt: submittedAt,
    ...(comment === undefined ? {} : { Comment: comment }),
  };
}

function described({ id, name, callerReference, isPrivate, records }: HostedZone): sdk.HostedZone {
  return {
    Id: `/hostedzone/${id}`,
    Name: name,
    CallerReference: callerReference,
    Config: { PrivateZone: isPrivate },
    ResourceRecordSetCount: records.length,
  };
}
