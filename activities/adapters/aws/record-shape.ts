import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { DnsTarget, Route53Place } from '#domain/traffic/route-place.ts';

/**
 * What the records of one name and type mean: blue alone, both colours by our weights, green alone, or something that we did
 * not make and do not touch forward. Pure; called by the Route 53 router.
 */
export type FoundRecords =
  | { readonly kind: 'simple'; readonly colour: Colour; readonly record: ResourceRecordSet }
  | {
      readonly kind: 'weighted';
      readonly blue: ResourceRecordSet;
      readonly green: ResourceRecordSet;
    }
  | { readonly kind: 'strange'; readonly why: string };

type Colour = 'blue' | 'green';
type Name = Pick<Route53Place, 'recordName' | 'recordType' | 'blueTarget' | 'greenTarget'>;

/** By these our records are known; Route 53 wants one for each record of a weighted name. */
const IDENTIFIERS = { blue: 'cutover-blue', green: 'cutover-green' } as const;

export function recognise(name: Name, records: readonly ResourceRecordSet[]): FoundRecords {
  const [first, second, ...more] = records;
  if (first === undefined) return strange('nothing is there');
  const special = records.map(specialOf).find((one) => one !== null) ?? null;
  if (special !== null) return strange(`it has ${special}`);
  if (second === undefined && first.SetIdentifier === undefined) {
    const colour = colourOf(name, first);
    return colour === null
      ? strange(`it points at ${targetOf(first) ?? 'addresses'}`)
      : { kind: 'simple', colour, record: first };
  }
  const [blue, green] = [ours(name, records, 'blue'), ours(name, records, 'green')];
  if (blue !== undefined && green !== undefined && more.length === 0)
    return { kind: 'weighted', blue, green };
  const ids = records.map(({ SetIdentifier }) => SetIdentifier ?? 'a simple one');
  return strange(`it has records that we did not make (${ids.join(', ')})`);
}

/** One colour's weighted record in the form of `like`, a record of either colour: alias or CNAME, health and TTL as there. */
export function weighted(
  name: Name,
  like: ResourceRecordSet,
  colour: Colour,
  weight: number,
): ResourceRecordSet {
  const { SetIdentifier: _, Weight: __, ...simple } = pointedAt(name, like, colour);
  return { ...simple, SetIdentifier: IDENTIFIERS[colour], Weight: weight };
}

/** One colour's simple record in the form of `like`; without it as an alias that minds the target's health. */
export function simple(
  name: Name,
  like: ResourceRecordSet | undefined,
  colour: Colour,
  ttlSeconds: number,
): ResourceRecordSet {
  const { recordName: Name, recordType: Type } = name;
  const formless: ResourceRecordSet =
    Type === 'CNAME'
      ? { Name, Type, TTL: ttlSeconds, ResourceRecords: [] }
      : {
          Name,
          Type,
          AliasTarget: { HostedZoneId: '', DNSName: '', EvaluateTargetHealth: true },
        };
  const isUsable = like !== undefined && (like.AliasTarget === undefined) === (Type === 'CNAME');
  const {
    SetIdentifier: _,
    Weight: __,
    ...rest
  } = pointedAt(name, isUsable ? like : formless, colour);
  return rest;
}

function pointedAt(name: Name, like: ResourceRecordSet, colour: Colour): ResourceRecordSet {
  const target = colour === 'blue' ? name.blueTarget : name.greenTarget;
  // Its own record is left as it was written, down to the last letter.
  if (colourOf(name, like) === colour) return like;
  if (like.AliasTarget === undefined)
    return { ...like, ResourceRecords: [{ Value: target.dnsName }] };
  const { DNSName = '', EvaluateTargetHealth } = like.AliasTarget;
  const prefix = DNSName.startsWith(DUAL_STACK) ? DUAL_STACK : '';
  return {
    ...like,
    AliasTarget: {
      HostedZoneId: target.hostedZoneId,
      DNSName: `${prefix}${target.dnsName}`,
      EvaluateTargetHealth,
    },
  };
}

/** What the console puts in front of a load balancer's name in an alias; it means the same load balancer. */
const DUAL_STACK = 'dualstack.';

function ours(
  name: Name,
  records: readonly ResourceRecordSet[],
  colour: Colour,
): ResourceRecordSet | undefined {
  return records.find(
    (record) => record.SetIdentifier === IDENTIFIERS[colour] && colourOf(name, record) === colour,
  );
}

function colourOf(name: Name, record: ResourceRecordSet): Colour | null {
  const target = targetOf(record);
  if (target === null) return null;
  if (isSame(target, name.blueTarget)) return 'blue';
  return isSame(target, name.greenTarget) ? 'green' : null;
}

function targetOf({ AliasTarget, ResourceRecords = [] }: ResourceRecordSet): string | null {
  if (AliasTarget !== undefined) return AliasTarget.DNSName ?? null;
  return ResourceRecords.length === 1 ? (ResourceRecords[0]?.Value ?? null) : null;
}

function isSame(name: string, { dnsName }: DnsTarget): boolean {
  const bare = name.toLowerCase().replace(DUAL_STACK, '').replace(/\.$/u, '');
  return bare === dnsName.replace(/\.$/u, '');
}

/** A routing policy or health check of its own, which our records would silently drop; null for none. */
function specialOf(record: ResourceRecordSet): string | null {
  const { Region, GeoLocation, Failover, MultiValueAnswer, HealthCheckId } = record;
  const { TrafficPolicyInstanceId, CidrRoutingConfig, GeoProximityLocation } = record;
  if (HealthCheckId !== undefined) return 'a health check of its own';
  if (TrafficPolicyInstanceId !== undefined) return 'a traffic policy';
  const others = [Region, GeoLocation, Failover, CidrRoutingConfig, GeoProximityLocation];
  return MultiValueAnswer === true || others.some((one) => one !== undefined)
    ? 'another routing policy than simple'
    : null;
}

function strange(why: string): FoundRecords {
  return { kind: 'strange', why };
}
