import { assertNever } from '#domain/assert-never.ts';

/** Where a route's weights live, by kind of router: everything a router needs to find them again without looking up a name. */
export type RoutePlace = AlbPlace | IngressPlace | NlbPlace | Route53Place | GatewayPlace;

/** A rule, or the default rule, of an ALB that nobody's controller owns. */
export interface AlbPlace {
  readonly with: 'alb';
  readonly ruleArn: string;
  /** The default rule is a part of its listener to everybody but DescribeRules. Absent: it is not, or nobody asked. */
  readonly isDefault?: true;
}

/** One service of an Ingress, on a load balancer that blue's controller made of it: its paths are rules there. */
export interface IngressPlace {
  readonly with: 'ingress';
  readonly namespace: string;
  readonly ingress: string;
  /** Name of the backend in the Ingress. */
  readonly service: string;
  /** The Service and port behind blue's target group, as the controller knows them; not always the backend's own name. */
  readonly backend: { readonly service: string; readonly port: number | string };
  readonly loadBalancerArn: string;
  /** Its rules: the controller may give a rule another ARN, but what a rule matches on a listener is its identity. */
  readonly rules: readonly { readonly listenerArn: string; readonly conditions: string }[];
}

/** The default action of a listener of a Network Load Balancer; weights steer new connections only. */
export interface NlbPlace {
  readonly with: 'nlb';
  readonly listenerArn: string;
  /** Source of the plan that counts new connections at the pods; absent: nobody counts them, and a person is asked. */
  readonly flows?: string;
}

/** The weighted records of one name and type; users follow as their resolvers and clients forget the old answer. */
export interface Route53Place {
  readonly with: 'route53';
  readonly zoneId: string;
  /** As Route 53 keeps it: lower case, with the final dot, `*` as `\\052`. */
  readonly recordName: string;
  readonly recordType: 'A' | 'AAAA' | 'CNAME';
  readonly blueTarget: DnsTarget;
  readonly greenTarget: DnsTarget;
  /** Green has a load balancer of its own; the route's `loadBalancerArn` is blue's. */
  readonly greenLoadBalancerArn: string;
  /** How long an answer may be kept: the least time in which users follow a weight. */
  readonly ttlSeconds: number;
  /** Name servers that anybody can ask; none of a private zone, whose answers only its VPCs see. */
  readonly nameServers: readonly string[];
}

/** The rules of an HTTPRoute that send to blue's backend; weights are drawn by whatever serves its Gateways. */
export interface GatewayPlace {
  readonly with: 'gateway';
  /** The cluster that holds the HTTPRoute; absent: blue. */
  readonly heldBy?: { readonly name: string; readonly arn: string; readonly createdAt: string };
  readonly namespace: string;
  readonly httpRoute: string;
  readonly blueBackend: BackendRef;
  readonly greenBackend: BackendRef;
  /** What each of its rules matches, shortened; rules have no other identity, and their order may change. */
  readonly rules: readonly string[];
  /** In front of green's target group; blue's own where green's has none yet. */
  readonly greenLoadBalancerArn: string;
  /** Source of the plan that counts its requests at the pods; absent: nobody counts them, and a person is asked. */
  readonly requests?: string;
}

/** A backend as an HTTPRoute names it. */
export interface BackendRef {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Absent: the HTTPRoute's own. */
  readonly namespace?: string;
  readonly port?: number;
}

/** A load balancer as a record names it. */
export interface DnsTarget {
  /** Lower case, with the final dot. */
  readonly dnsName: string;
  /** The zone of its DNS name, for aliases. */
  readonly hostedZoneId: string;
}

export type RouterKind = RoutePlace['with'];

/** The place in words, for messages: an ARN or a name that people can look up. */
export function nameOfPlace(
  place:
    | Exclude<RoutePlace, IngressPlace | GatewayPlace>
    | Pick<IngressPlace, 'with' | 'namespace' | 'ingress' | 'service'>
    | Pick<GatewayPlace, 'with' | 'namespace' | 'httpRoute'>,
): string {
  switch (place.with) {
    case 'alb':
      return place.ruleArn;
    case 'ingress':
      return `Ingress ${place.namespace}/${place.ingress}, service ${place.service}`;
    case 'nlb':
      return place.listenerArn;
    case 'route53':
      return `${place.recordName} ${place.recordType} in ${place.zoneId}`;
    case 'gateway':
      return `HTTPRoute ${place.namespace}/${place.httpRoute}`;
    default:
      return assertNever(place);
  }
}
