/**
 * What stands around a blue cluster, as far as a plan is about it: found by a program that reads AWS and Kubernetes alone, and made a
 * draft of a plan by the command line. JSON-safe.
 */
export interface Inventory {
  readonly cluster: {
    readonly name: string;
    readonly version: string;
    readonly access: {
      readonly account: string;
      readonly region: string;
      readonly roleArn?: string | undefined;
      readonly externalId?: string | undefined;
    };
  };
  /** Kubernetes versions that EKS offers, unordered. */
  readonly offeredVersions: readonly string[];
  readonly nodegroups: readonly string[];
  readonly addons: readonly { readonly name: string; readonly version: string }[];
  /** Namespaces with workloads, without those of Kubernetes itself. */
  readonly namespaces: readonly string[];
  readonly routes: readonly FoundRoute[];
  /** CronJobs that are not suspended, `namespace/name`. */
  readonly cronJobs: readonly string[];
  /** Deployments that hold a Lease in their namespace, `namespace/name`. */
  readonly leaders: readonly string[];
  /** StatefulSets, `namespace/name`: their data does not move. */
  readonly stateful: readonly string[];
  /** What could not be read, one sentence each. */
  readonly unread: readonly string[];
}

/** A place that sends users to blue. */
export interface FoundRoute {
  readonly with: 'alb' | 'nlb' | 'ingress';
  /** ARN of the rule, or of the listener where it is a Network Load Balancer's. */
  readonly place: string;
  /** What the rule matches, in words; empty where everything else comes by. */
  readonly matches: string;
  readonly blueTargetGroupArn: string;
  readonly loadBalancer: { readonly arn: string; readonly name: string };
  /** The Service on blue whose pods are its targets, `namespace/name`; null where nothing on blue says so. */
  readonly service: string | null;
  /** Of an Ingress: `namespace/name`. */
  readonly ingress: string | null;
  /** Who else writes the rule from files of its own, as a tag tells; null where none does. */
  readonly weightsOwner: string | null;
  /** What keeps it from being a route of a plan as it is, one sentence each. */
  readonly obstacles: readonly string[];
  /** The command that makes a target group like blue's, for green. */
  readonly twinCommand: string;
}
