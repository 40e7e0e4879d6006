import { contains, type Json, type JsonFields } from '#domain/json/json-value.ts';

/**
 * The capsule: a rollback written down while everything is well, so that it can be done without Temporal, without a worker and
 * without us (I1). For each route the exact calls that bring it to blue from whatever state it is in, and what reading it back
 * must answer then. It holds names and ARNs, never a secret (I10).
 */
export interface Capsule {
  readonly schema: 1;
  readonly workflowId: string;
  readonly migrationId: string;
  /** ISO time. */
  readonly writtenAt: string;
  readonly routes: readonly CapsuleRoute[];
}

export interface CapsuleRoute {
  readonly id: string;
  /** The place of its weights, as people know it: an ARN or a name. */
  readonly resource: string;
  /** Green's share in percent that was about to be written, or was there, when the capsule was; null: it could not be read. */
  readonly greenPercent: number | null;
  /** Whose account and which role the calls need. */
  readonly access: CapsuleAccess;
  /** Where blue's targets stand; null where the place has no target groups. A way back to nobody is refused (I2). */
  readonly blueTargetGroupArn: string | null;
  readonly wayBack: WayBack;
}

export interface CapsuleAccess {
  readonly account: string;
  readonly region: string;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
}

/** How a route gets to blue, literally. */
export interface WayBack {
  /** Sent one after the other, in this order. Sending them twice is harmless, and no answer of one is needed by the next. */
  readonly calls: readonly CapsuleCall[];
  /** All of them must be answered as expected once the route is on blue. */
  readonly readBack: readonly ReadBack[];
}

export interface ReadBack {
  readonly ask: CapsuleCall;
  /** Any one of these must be contained in the answer (see {@link contains}). */
  readonly accept: readonly Json[];
}

/**
 * Every call that a capsule may hold, and whether it changes something. A closed list: a capsule that somebody tampered
 * with can move weights, and nothing else. Services are named as in a signature's scope.
 */
export const CAPSULE_OPERATIONS = {
  elasticloadbalancing: {
    ModifyRule: 'write',
    ModifyListener: 'write',
    DescribeRules: 'read',
    DescribeListeners: 'read',
  },
  route53: { ChangeResourceRecordSets: 'write', ListResourceRecordSets: 'read' },
  kubernetes: { MergePatch: 'write', Get: 'read' },
} as const;

export type CapsuleCall = ElbCall | Route53Call | KubernetesCall;

export interface ElbCall {
  readonly service: 'elasticloadbalancing';
  readonly operation: keyof (typeof CAPSULE_OPERATIONS)['elasticloadbalancing'];
  /** As the SDK takes it; the same as for `aws … --cli-input-json`. */
  readonly input: JsonFields;
}

export interface Route53Call {
  readonly service: 'route53';
  readonly operation: keyof (typeof CAPSULE_OPERATIONS)['route53'];
  /** As the SDK takes it; the same as for `aws … --cli-input-json`. */
  readonly input: JsonFields;
}

/** A call to the API server of an EKS cluster; AWS credentials open it. */
export interface KubernetesCall {
  readonly service: 'kubernetes';
  readonly operation: keyof (typeof CAPSULE_OPERATIONS)['kubernetes'];
  readonly cluster: {
    readonly access: CapsuleAccess;
    readonly name: string;
    /** With the creation time (ISO) the cluster's identity: another one of that name is not touched (I5). */
    readonly arn: string;
    readonly createdAt: string;
  };
  /** As in `networking.k8s.io/v1`. */
  readonly apiVersion: string;
  /** As in `ingresses`. */
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
  /** JSON merge patch; empty for `Get`. */
  readonly patch: JsonFields;
}

/** Is the answer to a read-back one that says "on blue"? */
export function isAccepted(readBack: ReadBack, answer: Json): boolean {
  return readBack.accept.some((expected) => contains(answer, expected));
}

/** The capsule as text, one form for every place. */
export function capsuleText(capsule: Capsule): string {
  return `${JSON.stringify(capsule, null, 1)}\n`;
}
