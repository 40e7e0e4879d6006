import type { ObjectFinding, ObjectFindingCode } from '#domain/api-removals/object-finding.ts';

/**
 * What stands against a migration before anything is touched: pure judgement of what preflight read. `block` ends
 * the run as `blocked`; `warn` and `info` are shown to the people at the gate. Codes are stable: runbooks and tests
 * cite them.
 */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'block' | 'warn' | 'info';
  /** The resource concerned, as people know it. */
  readonly resource: string;
  readonly title: string;
  /** What a person does about it, one sentence. */
  readonly remedy: string;
  /** Of a finding about a Kubernetes object. */
  readonly about?: Pick<ObjectFinding, 'resource' | 'evidence' | 'source'>;
}

/** Each has its section in `docs/findings.md`. */
export const FINDING_CODES = [
  'blue-not-active',
  'blue-health-issue',
  'target-not-offered',
  'target-not-newer',
  'insight-error',
  'insight-warning',
  'insight-unknown',
  'insights-not-refreshed',
  'version-support',
  'deprecated-api-asked',
  'deprecated-apis-unread',
  'green-name-taken',
  'green-adopted',
  'blue-unhealthy-targets',
  'load-balancer-owned-by-blue',
  'front-door-goes-with-blue',
  'route-owned-elsewhere',
  'weights-owner',
  'same-target-group',
  'users-on-green',
  'sticky-outlasts-bake',
  'no-traffic',
  'source-silent',
  'source-late',
  'bake-too-short',
  'truth-source-too-coarse',
  'no-truth-source',
  'namespace-missing',
  'namespace-empty',
  'singleton-missing',
  'floor-owned-elsewhere',
  'shed-slower-than-promised',
  'worker-in-blue',
  'launch-template',
  'node-image-gone',
  'aws-auth-only',
  'addon-unavailable',
  'addon-self-managed',
  'network-elsewhere',
  'addon-configuration',
  'subnet-full',
  'addresses-short',
  'subnets-unread',
  'quota-full',
  'quotas-unread',
  'group-admits-blue',
  'groups-unread',
  'blue-owned-elsewhere',
  'capsule-place',
  'hub-unreachable',
  'hub-namespace-missing',
  'kro-missing',
  'kro-definition-inactive',
  'kro-definition-unfit',
  'kro-instance-strange',
  'kro-leaves-out',
  'waiver-expired',
] as const;

type FindingCode = (typeof FINDING_CODES)[number] | ObjectFindingCode;

/** A finding in one line of the code that judges. */
export function finding(
  code: FindingCode,
  severity: Finding['severity'],
  resource: string,
  title: string,
  remedy: string,
): Finding {
  return { code, severity, resource, title, remedy };
}
