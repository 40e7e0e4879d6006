import {
  GetHostedZoneCommand,
  ListResourceRecordSetProtectionsCommand,
} from '@aws-sdk/client-route-53';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ALIAS_TTL_SECONDS } from '#domain/traffic/dns-speed.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { Route53Place } from '#domain/traffic/route-place.ts';
import type { PlannedRouteRef, RouteDescription } from '#activities/ports/traffic-router.ts';
import type { AwsClients } from './aws-clients.ts';
import { readDnsOwner, type DnsOwner } from './dns-owner.ts';
import { readRecords, type ZoneRef } from './record-list.ts';
import { writeDnsNote } from './dns-note.ts';
import { recognise } from './record-shape.ts';

/**
 * A name in preflight: what it points at, who owns it, and both load balancers behind it. Refused here, before anything is
 * written, is what would fail or be reverted later: other records than one simple record to blue, a protected name, a name
 * that external-dns owns unless the plan takes it over. Called by the Route 53 router.
 */
type Planned = PlannedRouteRef<'route53'>;

export async function describeName(
  clients: AwsClients,
  route: Planned,
  signal: AbortSignal,
): Promise<RouteDescription<Route53Place>> {
  const zone = { access: route.dns ?? route.access, zoneId: route.zoneId };
  const [{ blue, green }, nameServers] = await Promise.all([
    readLoadBalancers(clients, route, signal),
    readNameServers(clients, zone, signal),
  ]);
  const { zoneId, recordName, recordType, greenLoadBalancerArn } = route;
  const name = { recordName, recordType, blueTarget: targetOf(blue), greenTarget: targetOf(green) };
  const resource = `${recordName} ${recordType} in ${zoneId}`;
  const records = await readRecords(clients, zone, route, signal);
  if (records.length === 0)
    throw new CutoverFailure('not-found', 'there is no such record', { resource });
  const found = recognise(name, records);
  if (found.kind !== 'simple' || found.colour !== 'blue')
    throw unexpectedName(
      route,
      resource,
      found.kind === 'strange' ? found.why : 'it is split already',
    );
  await refuseProtected(clients, zone, route, resource, signal);
  const owner = await readDnsOwner(clients, zone, recordName, signal);
  if (owner !== null && !route.takeFromExternalDns) throw owned(owner, resource);
  const frontDoorUrl = await readDoor(clients, route, green, signal);
  return {
    place: {
      with: 'route53',
      zoneId,
      ...name,
      greenLoadBalancerArn,
      ttlSeconds: found.record.TTL ?? ALIAS_TTL_SECONDS,
      nameServers,
    },
    blueTargetGroupArn: route.blueTargetGroupArn,
    greenTargetGroupArn: route.greenTargetGroupArn,
    loadBalancerArn: route.blueLoadBalancerArn,
    frontDoorUrl,
    securityGroupIds: green.SecurityGroups ?? [],
    // Names leave a load balancer that blue's controller owns: here that is no obstacle but the reason.
    ownedByCluster: null,
    stickySeconds: null,
    // A name that is split already was refused above.
    greenPercent: null,
    before: writeDnsNote({ record: found.record, ownership: owner?.records ?? [] }, resource),
  };
}

/** What is there, and what the plan needs. */
export function unexpectedName(
  { id }: { readonly id: string },
  resource: string,
  what: string,
): CutoverFailure {
  return new CutoverFailure(
    'unexpected-shape',
    `the name is not as route ${id} needs it: ${what}; expected is one simple record to blue's load balancer, or our two weighted ones`,
    { resource },
  );
}

function owned({ owner, resource: object }: DnsOwner, resource: string): CutoverFailure {
  return new CutoverFailure(
    'stranger-resource',
    `external-dns (owner ${owner}) keeps this name for ${object} and would put it back; let it go there, or say takeFromExternalDns: true to move its ownership records away for the migration`,
    { resource },
  );
}

async function readLoadBalancers(
  clients: AwsClients,
  { access, blueLoadBalancerArn, greenLoadBalancerArn }: Planned,
  signal: AbortSignal,
): Promise<{ readonly blue: LoadBalancer; readonly green: LoadBalancer }> {
  const LoadBalancerArns = [blueLoadBalancerArn, greenLoadBalancerArn];
  const { LoadBalancers = [] } = await clients
    .elb(access)
    .read.send(new DescribeLoadBalancersCommand({ LoadBalancerArns }), { abortSignal: signal });
  const of = (arn: string): LoadBalancer => {
    const found = LoadBalancers.find(({ LoadBalancerArn }) => LoadBalancerArn === arn);
    if (found !== undefined) return found;
    throw new CutoverFailure('not-found', 'there is no such load balancer', { resource: arn });
  };
  return { blue: of(blueLoadBalancerArn), green: of(greenLoadBalancerArn) };
}

function targetOf({ DNSName = '', CanonicalHostedZoneId = '' }: LoadBalancer) {
  return { dnsName: `${DNSName.toLowerCase()}.`, hostedZoneId: CanonicalHostedZoneId };
}

async function readNameServers(
  clients: AwsClients,
  { access, zoneId }: ZoneRef,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { DelegationSet } = await clients
    .route53(access)
    .read.send(new GetHostedZoneCommand({ Id: zoneId }), { abortSignal: signal });
  return DelegationSet?.NameServers ?? [];
}

async function refuseProtected(
  clients: AwsClients,
  { access, zoneId }: ZoneRef,
  route: Planned,
  resource: string,
  signal: AbortSignal,
): Promise<void> {
  const { recordName, recordType } = route;
  const { ResourceRecordSetProtections } = await clients.route53(access).read.send(
    new ListResourceRecordSetProtectionsCommand({
      HostedZoneId: zoneId,
      StartRecordName: recordName,
      MaxResults: 20,
    }),
    { abortSignal: signal },
  );
  const protection = (ResourceRecordSetProtections ?? []).find(
    ({ RecordName, RecordType }) => RecordName === recordName && RecordType === recordType,
  );
  if (protection === undefined) return;
  const comment = protection.Comment === undefined ? '' : ` ("${protection.Comment}")`;
  const what = `it is protected${comment}; delete the record set protection first`;
  throw unexpectedName(route, resource, what);
}

/** Where green answers by itself: HTTPS before HTTP, as its users come. */
async function readDoor(
  clients: AwsClients,
  { access, greenLoadBalancerArn }: Planned,
  { DNSName = '' }: LoadBalancer,
  signal: AbortSignal,
): Promise<string> {
  const { Listeners = [] } = await clients
    .elb(access)
    .read.send(new DescribeListenersCommand({ LoadBalancerArn: greenLoadBalancerArn }), {
      abortSignal: signal,
    });
  const secure = Listeners.find(({ Protocol }) => Protocol === 'HTTPS' || Protocol === 'TLS');
  const listener = secure ?? Listeners[0];
  if (listener?.Port === undefined)
    throw new CutoverFailure('not-found', "green's load balancer has no listener", {
      resource: greenLoadBalancerArn,
    });
  return `${secure === undefined ? 'http' : 'https'}://${DNSName}:${listener.Port}`;
}
