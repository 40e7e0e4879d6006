/**
 * What EKS remembers: one record per cluster with everything that lives and dies with it. Resources are kept in the SDK's own
 * shapes and replaced as a whole, so that a describe call hands out a value nobody changes afterwards.
 */
import type {
  AccessEntry,
  Addon,
  AssociatedAccessPolicy,
  Cluster,
  Insight,
  InsightsRefreshStatus,
  Nodegroup,
  PodIdentityAssociation,
  Update,
} from '@aws-sdk/client-eks';
import type { AwsAccount, DelayClass } from '../account.ts';
import { AwsError } from '../core/aws-error.ts';
import type { ClusterBackend } from './cluster-backend.ts';
import { Outcomes, type Transition } from './outcomes.ts';
import { RequestTokens } from './request-tokens.ts';

export interface AccessRecord {
  readonly entry: AccessEntry;
  /** By policy ARN. */
  readonly policies: ReadonlyMap<string, AssociatedAccessPolicy>;
}

export interface UpdateRecord {
  readonly update: Update;
  readonly nodegroupName?: string;
  readonly addonName?: string;
}

interface InsightsRefresh {
  readonly status: InsightsRefreshStatus;
  readonly startedAt: Date;
  readonly endedAt?: Date;
}

export interface ClusterRecord {
  cluster: Cluster;
  /** Principal that called CreateCluster. */
  readonly creatorArn: string;
  /** Minor version at creation: in-place rollback below it does not exist. */
  readonly createdVersion: string;
  readonly nodegroups: Map<string, Nodegroup>;
  /** Names of a node group's nodes, by node group. */
  readonly nodes: Map<string, readonly string[]>;
  readonly addons: Map<string, Addon>;
  /** Names of add-ons whose workloads were installed outside the add-on API (bootstrap). */
  readonly selfManagedAddons: Set<string>;
  readonly updates: Map<string, UpdateRecord>;
  readonly access: Map<string, AccessRecord>;
  readonly podIdentities: Map<string, PodIdentityAssociation>;
  insights: readonly Insight[];
  insightsRefresh: InsightsRefresh | undefined;
}

export interface EksParts {
  readonly account: AwsAccount;
  readonly backend: ClusterBackend;
  /** URL of the token webhook of a cluster, on the emulator itself. */
  readonly tokenWebhookUrl: (clusterName: string) => string;
}

export class EksState {
  readonly parts: EksParts;
  readonly clusters = new Map<string, ClusterRecord>();
  readonly tokens = new RequestTokens();
  readonly outcomes = new Outcomes();

  constructor(parts: EksParts) {
    this.parts = parts;
  }

  /** Throws `ResourceNotFoundException`. */
  require(clusterName: string | undefined): ClusterRecord {
    const record = this.clusters.get(clusterName ?? '');
    if (record === undefined) {
      throw new AwsError(
        'ResourceNotFoundException',
        `No cluster found for name: ${clusterName}.`,
        {
          fields: { clusterName },
        },
      );
    }
    return record;
  }

  /** Throws `InvalidRequestException` unless the cluster can be worked with. */
  requireActive(clusterName: string | undefined): ClusterRecord {
    const record = this.require(clusterName);
    if (record.cluster.status !== 'ACTIVE' && record.cluster.status !== 'UPDATING') {
      const what = `Cluster '${clusterName}' is not in ACTIVE status: ${record.cluster.status}`;
      throw new AwsError('InvalidRequestException', what, { fields: { clusterName } });
    }
    return record;
  }

  arn(kind: string, path: string): string {
    const { region, accountId } = this.parts.account;
    return `arn:aws:eks:${region}:${accountId}:${kind}/${path}`;
  }

  now(): Date {
    return this.parts.account.clock.now();
  }

  /**
   * Plays a transition: after its delay it ends by `settle`, fails by `fail`, or waits until told, as `outcomes` says. What
   * `settle` throws fails the transition too and is a defect of the emulator, unless the cluster has gone meanwhile: then its
   * parts simply end with it.
   */
  play(
    transition: Transition,
    delay: DelayClass,
    settle: () => Promise<void>,
    fail: (code: string, message: string) => void,
  ): void {
    const { physics, clock, defects } = this.parts.account;
    const record = this.clusters.get(transition.cluster);
    const ownCluster = transition.kind.startsWith('cluster-');
    const overtaken = (): boolean =>
      !ownCluster &&
      (record?.cluster.status === 'DELETING' || this.clusters.get(transition.cluster) !== record);

    const finish = async (): Promise<void> => {
      if (overtaken()) return;
      try {
        await settle();
      } catch (cause) {
        if (overtaken()) return;
        defects.report(`${transition.kind} ${transition.cluster} ${transition.name ?? ''}`, cause);
        fail('InternalFailure', String(cause));
      }
    };
    physics.later(delay, () => {
      const outcome = this.outcomes.decide(transition);
      if (outcome.kind === 'normal') return finish();
      if (outcome.kind === 'fail')
        return overtaken() ? undefined : fail(outcome.code, outcome.message);
      return this.outcomes.park(transition, () => clock.after(0, finish));
    });
  }
}
