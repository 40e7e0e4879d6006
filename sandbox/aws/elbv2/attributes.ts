/**
 * Attributes of load balancers, listeners and target groups: their defaults, and which values are taken. All are kept and
 * described; the data plane acts on `idle_timeout.timeout_seconds`, `deregistration_delay.timeout_seconds` and the API on
 * `deletion_protection.enabled`. Source: docs elasticloadbalancing/latest/APIReference/API_{LoadBalancer,Listener,TargetGroup}Attribute.html
 */
import { AwsError } from '../core/aws-error.ts';

export type Attributes = ReadonlyMap<string, string>;

type Check = (value: string) => boolean;
interface Known {
  readonly byDefault: string;
  readonly accepts: Check;
}
type Catalogue = Readonly<Record<string, Known>>;

const seconds =
  (min: number, max: number): Check =>
  (value) =>
    /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value);
const boolean = oneOf('true', 'false');
const anything: Check = () => true;

export const LOAD_BALANCER_ATTRIBUTES: Catalogue = {
  'access_logs.s3.enabled': { byDefault: 'false', accepts: boolean },
  'access_logs.s3.bucket': { byDefault: '', accepts: anything },
  'access_logs.s3.prefix': { byDefault: '', accepts: anything },
  'deletion_protection.enabled': { byDefault: 'false', accepts: boolean },
  'idle_timeout.timeout_seconds': { byDefault: '60', accepts: seconds(1, 4_000) },
  'client_keep_alive.seconds': { byDefault: '3600', accepts: seconds(60, 604_800) },
  'load_balancing.cross_zone.enabled': { byDefault: 'true', accepts: oneOf('true') },
  'routing.http.desync_mitigation_mode': {
    byDefault: 'defensive',
    accepts: oneOf('monitor', 'defensive', 'strictest'),
  },
  'routing.http.drop_invalid_header_fields.enabled': { byDefault: 'false', accepts: boolean },
  'routing.http.preserve_host_header.enabled': { byDefault: 'false', accepts: boolean },
  'routing.http2.enabled': { byDefault: 'true', accepts: boolean },
  'zonal_shift.config.enabled': { byDefault: 'false', accepts: boolean },
};

/** Source: docs elasticloadbalancing/latest/network/network-load-balancers.html */
export const NETWORK_LOAD_BALANCER_ATTRIBUTES: Catalogue = {
  'access_logs.s3.enabled': { byDefault: 'false', accepts: boolean },
  'deletion_protection.enabled': { byDefault: 'false', accepts: boolean },
  'load_balancing.cross_zone.enabled': { byDefault: 'false', accepts: boolean },
  'zonal_shift.config.enabled': { byDefault: 'false', accepts: boolean },
};

export const LISTENER_ATTRIBUTES: Catalogue = {
  'routing.http.response.server.enabled': { byDefault: 'true', accepts: boolean },
};

export const TARGET_GROUP_ATTRIBUTES: Catalogue = {
  'deregistration_delay.timeout_seconds': { byDefault: '300', accepts: seconds(0, 3_600) },
  'slow_start.duration_seconds': {
    byDefault: '0',
    accepts: (value) => value === '0' || seconds(30, 900)(value),
  },
  'load_balancing.algorithm.type': {
    byDefault: 'round_robin',
    accepts: oneOf('round_robin', 'least_outstanding_requests', 'weighted_random'),
  },
  'load_balancing.algorithm.anomaly_mitigation': { byDefault: 'off', accepts: oneOf('on', 'off') },
  'load_balancing.cross_zone.enabled': {
    byDefault: 'use_load_balancer_configuration',
    accepts: oneOf('true', 'false', 'use_load_balancer_configuration'),
  },
  'stickiness.enabled': { byDefault: 'false', accepts: boolean },
  'stickiness.type': { byDefault: 'lb_cookie', accepts: oneOf('lb_cookie', 'app_cookie') },
  'stickiness.lb_cookie.duration_seconds': { byDefault: '86400', accepts: seconds(1, 604_800) },
  'target_group_health.dns_failover.minimum_healthy_targets.count': {
    byDefault: '1',
    accepts: anything,
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': {
    byDefault: '1',
    accepts: anything,
  },
};

/** Of a Network Load Balancer's listener: how long a silent flow is remembered. */
export const TCP_LISTENER_ATTRIBUTES: Catalogue = {
  'tcp.idle_timeout.seconds': { byDefault: '350', accepts: seconds(60, 6_000) },
};

/** Source: docs elasticloadbalancing/latest/network/edit-target-group-attributes.html */
export const TCP_TARGET_GROUP_ATTRIBUTES: Catalogue = {
  'deregistration_delay.timeout_seconds': { byDefault: '300', accepts: seconds(0, 3_600) },
  'load_balancing.cross_zone.enabled': {
    byDefault: 'use_load_balancer_configuration',
    accepts: oneOf('true', 'false', 'use_load_balancer_configuration'),
  },
  'stickiness.enabled': { byDefault: 'false', accepts: oneOf('false') },
  'stickiness.type': { byDefault: 'source_ip', accepts: oneOf('source_ip') },
};

export function defaultAttributes(catalogue: Catalogue): Attributes {
  return new Map(Object.entries(catalogue).map(([key, { byDefault }]) => [key, byDefault]));
}

interface AttributeChange {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** @throws AwsError InvalidConfigurationRequest for a key that is not known or a value that is not taken. */
export function changedAttributes(
  catalogue: Catalogue,
  current: Attributes,
  changes: readonly AttributeChange[],
): Attributes {
  const next = new Map(current);
  for (const { Key = '', Value = '' } of changes) {
    const known = catalogue[Key];
    if (known === undefined || !known.accepts(Value)) {
      const what = `Load balancer attribute '${Key}' with value '${Value}' is not valid`;
      throw new AwsError('InvalidConfigurationRequestException', what);
    }
    next.set(Key, Value);
  }
  return next;
}

export function attributeList(attributes: Attributes): { Key: string; Value: string }[] {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }));
}

/** A whole number that the catalogue has checked before. */
export function secondsOf(attributes: Attributes, key: string): number {
  return Number(attributes.get(key) ?? 0);
}
