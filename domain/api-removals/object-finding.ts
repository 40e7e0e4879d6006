/** What stands against an object that somebody wrote, in a file, a Helm release or a cluster. Pure values. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty where it has none, or where none was written. */
  readonly namespace: string;
  readonly name: string;
}

/** Each has its section in `docs/findings.md`. */
export const OBJECT_FINDING_CODES = [
  'api-removed',
  'api-removed-before',
  'api-deprecated',
  'git-repo-volume',
  'service-external-ips',
  'endpoints-written',
  'ingress-nginx',
  'manifest-unreadable',
  'stateful-workload',
  'not-copied',
  'probe-missing',
  'single-replica',
  'pdb-blocks',
  'leader-unlisted',
  'cron-job-sleeps',
  'role-trusts-blue',
  'role-not-extendable',
  'role-refuses-blue',
  'trust-policy-long',
  'trust-names-blue',
  'webhook-deaf',
  'custom-not-copied',
  'crd-conversion-webhook',
  'crd-stored-version',
  'volume-goes-with-claim',
  'volume-zone-bound',
  'names-blue',
  'dns-owner-shared',
  'karpenter-capacity',
  'node-class-names-blue',
] as const;

export type ObjectFindingCode = (typeof OBJECT_FINDING_CODES)[number];

export interface ObjectFinding {
  readonly code: ObjectFindingCode;
  /** `block`: it will not work on the target; `warn`: somebody must look; `info`: good to know. */
  readonly severity: 'block' | 'warn' | 'info';
  readonly title: string;
  readonly resource: ObjectRef;
  /** What was seen, and where. */
  readonly evidence: string;
  /** What a person does about it, one sentence. */
  readonly remedy: string;
  /** The page that says so. */
  readonly source: string;
}

const ORDER = ['block', 'warn', 'info'] as const;

/** Blocks first; among equals by code, then by name. */
export function inOrder<Found extends ObjectFinding>(findings: readonly Found[]): readonly Found[] {
  const keyOf = ({ severity, code, resource }: ObjectFinding): string =>
    [ORDER.indexOf(severity), code, resource.kind, resource.namespace, resource.name].join('\n');
  return findings.toSorted((one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)];
    return a < b ? -1 : Number(a > b);
  });
}
