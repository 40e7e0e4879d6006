import type { AddonFit } from './addon-findings.ts';
import type { AddressFacts } from './address-room.ts';
import type { AdmittingFacts } from './admitting-groups.ts';
import type { AskedFacts } from './asked-apis.ts';
import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import type { HubFacts } from './hub-findings.ts';
import type { BlueShape } from './green-likeness.ts';
import type { ObjectOwner } from '#domain/workloads/object-owner.ts';
import type { RouterKind } from '#domain/traffic/route-place.ts';
import type { Bake, SourceLag } from './source-findings.ts';
import type { WeightsField, WeightsOwner } from '#domain/traffic/weights-owner.ts';
import type { QuotaFacts } from './quotas.ts';
import type { SelfManaged } from './self-managed-findings.ts';
import type { SheddingFacts } from './shedding-findings.ts';
import type { InsightFacts } from './upgrade-insights.ts';
import type { OfferedKubernetes } from './version-support.ts';
import type { Waiver } from './waivers.ts';

/** Everything preflight read, in the words of the judgement. */
export interface ReadinessFacts {
  readonly blue: {
    readonly name: string;
    readonly version: string;
    readonly status: string;
    readonly issues: readonly string[];
    readonly tags: Readonly<Record<string, string>>;
  };
  readonly targetVersion: string;
  /** Every Kubernetes version that EKS names. */
  readonly versions: readonly OfferedKubernetes[];
  readonly insights: InsightFacts;
  readonly askedApis: AskedFacts;
  /** A cluster that has green's name already; null when the name is free. */
  readonly green: { readonly name: string; readonly ours: boolean } | null;
  readonly routes: readonly {
    readonly id: string;
    readonly with: RouterKind;
    /** The cluster, other than blue, that holds the object with the weights; absent where none does. */
    readonly heldBy?: object;
    readonly blueTargetGroupArn: string;
    readonly greenTargetGroupArn: string;
    readonly loadBalancerArn: string;
    readonly ownedByCluster: string | null;
    /** Who else writes the object that holds the weights (I15); null: nobody is known. */
    readonly owner: ObjectOwner | null;
    /** Whose files hold the weights too, and how they call them; absent where no tag tells. */
    readonly owned?: { readonly by: WeightsOwner; readonly as: WeightsField };
    /** Green's share now, percent; null where green is not on it. */
    readonly greenPercent: number | null;
    /** How long a session sticks to a side, seconds; null where it does not. */
    readonly stickySeconds: number | null;
    readonly bakeSeconds: number;
    /** The plan says that sessions may outlast the bake. */
    readonly acceptsSticky: boolean;
    readonly healthy: number;
    readonly total: number;
  }[];
  readonly requestsPerSecond: number;
  /** How late each source is, measured on blue. */
  readonly lags: readonly SourceLag[];
  readonly missingDataSeconds: number;
  /** Of the groups that are proven by counting requests. */
  readonly bakes: readonly Bake[];
  /** Can a source of the plan tell each group's share? */
  readonly sharesAreVisible: boolean;
  /** Routes of which nothing can tell whether users follow the weights, with the reason. */
  readonly askedOfPeople: readonly { readonly routeIds: readonly string[]; readonly why: string }[];
  readonly namespaces: readonly {
    readonly name: string;
    readonly exists: boolean;
    readonly deployments: number;
  }[];
  /** `namespace/name` of listed singletons that blue does not have. */
  readonly missingSingletons: readonly string[];
  /** Floors of blue's autoscalers that somebody else owns: who, and what they would have to write. */
  readonly floorsLeftAlone: readonly string[];
  readonly addresses: AddressFacts;
  /** Blue's, for the target. */
  readonly addons: readonly AddonFit[];
  readonly selfManaged: SelfManaged;
  readonly admitting: AdmittingFacts;
  readonly quotas: QuotaFacts;
  readonly shape: BlueShape;
  readonly isWorkerInBlue: boolean;
  /** Of blue's own objects, on the way to the target. */
  readonly objects: readonly ObjectFinding[];
  readonly waivers: readonly Waiver[];
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
  readonly shedding: SheddingFacts;
  /** Why the rollback cannot be written down where the plan wants it; null: it can. */
  readonly noCapsule: string | null;
  /** The hub that is to make green; null where EKS is asked itself. */
  readonly hub: HubFacts | null;
}
