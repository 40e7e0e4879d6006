import type { AddonDescription } from '#activities/ports/addons.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { ClusterDescription } from '#activities/ports/clusters.ts';
import type { PartDescription } from '#activities/ports/nodegroups.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { Access, ClusterRef } from '#activities/ports/refs.ts';
import type { AdmittingRule } from '#domain/preflight/admitting-groups.ts';
import type { SubnetRoom } from '#domain/preflight/address-room.ts';
import type { NodegroupShape } from '#domain/preflight/green-likeness.ts';
import type { Misfit } from '#domain/addon-probes/misfits.ts';
import type { OfferedVersion } from '#domain/addon-versions.ts';
import type { InsightsRefresh } from '#domain/preflight/insight-refresh.ts';
import type { QuotaFacts } from '#domain/preflight/quotas.ts';
import type { Insight } from '#domain/preflight/upgrade-insights.ts';
import type { OfferedKubernetes } from '#domain/preflight/version-support.ts';
import { CutoverFailure } from '#domain/failures.ts';

/**
 * EKS in memory: clusters, node groups and add-ons that take a few looks to become ready and to go away; client
 * tokens, deletion protection and refusals as EKS has them.
 */
interface FakePart {
  readonly name: string;
  version: string;
  status: 'CREATING' | 'ACTIVE' | 'DELETING' | 'CREATE_FAILED' | 'DEGRADED';
  /** Looks until the next status. */
  looksLeft: number;
  issues: readonly string[];
}

export interface FakeCluster {
  readonly arn: string;
  readonly name: string;
  createdAt: string;
  version: string;
  status: ClusterDescription['status'];
  issues: readonly string[];
  deletionProtection: boolean;
  tags: Readonly<Record<string, string>>;
  token: string;
  looksLeft: number;
  readonly nodegroups: Map<string, FakePart>;
  readonly addons: Map<string, FakePart>;
  /** Principals with an access entry, by ARN. */
  readonly entries: Map<string, 'people' | 'node'>;
  /** Role of each service account, `namespace/name`. */
  readonly podIdentities: Map<string, string>;
}

export interface FakeEksOptions {
  /** Looks at a cluster, node group or add-on until it is ready. */
  readonly readyAfterLooks: number;
  /** Looks until something deleted is gone. */
  readonly goneAfterLooks: number;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export class FakeEks {
  readonly clusters = new Map<string, FakeCluster>();
  /** Without those that are only said to pass; null: EKS has none at all. */
  insights: readonly Partial<Insight>[] | null = [];
  /** When EKS last looked, epoch milliseconds; null: a moment ago, whenever it is asked. */
  insightsAtMs: number | null = null;
  refresh: InsightsRefresh | null = null;
  /** How a refresh ends that is asked for; `in-progress`: never. */
  refreshEnds: InsightsRefresh['status'] = 'completed';
  /** Of versions that are not in standard support. */
  readonly support = new Map<string, OfferedKubernetes['support']>();
  offeredVersions: readonly string[] = ['1.34', '1.35', '1.36'];
  /** The account that the engine's credentials are really of; without it the one that is asked for. */
  engineAccount: string | null = null;
  /** Of every node group. */
  nodegroupShape: Omit<NodegroupShape, 'name'> = {
    amiType: 'AL2023_x86_64_STANDARD',
    hasLaunchTemplate: false,
  };
  /** Of every cluster. */
  subnets: readonly SubnetRoom[] = [
    { id: 'subnet-a', zone: 'eu-west-1a', free: 4_000, ofControlPlane: true },
    { id: 'subnet-b', zone: 'eu-west-1b', free: 4_000, ofControlPlane: true },
  ];
  /** Rules of other security groups that admit any cluster. */
  admittingRules: readonly AdmittingRule[] = [];
  /** What the account's quotas have room for. */
  quotas: QuotaFacts = { rooms: [], unread: [] };
  /** The next cluster that is created fails with this health issue. */
  nextClusterIssue: string | null = null;
  /** The next node group that is created fails with this health issue. */
  nextNodegroupIssue: string | null = null;
  /** By add-on; without an entry {@link DEFAULT_OFFER}. */
  readonly offers = new Map<string, readonly OfferedVersion[]>();
  /** By add-on: where blue's configuration does not fit, whatever the version. */
  readonly addonMisfits = new Map<string, readonly Misfit[]>();
  readonly #options: FakeEksOptions;
  #lastCreationMs = 0;

  constructor(options: FakeEksOptions) {
    this.#options = options;
  }

  /** The named cluster; tests only look at clusters that exist. */
  cluster(ref: ClusterRef): FakeCluster {
    const cluster = this.clusters.get(arnOf(ref));
    if (cluster !== undefined) return cluster;
    throw new CutoverFailure('not-found', 'no such cluster', { resource: ref.name });
  }

  addCluster(ref: ClusterRef, version: string): FakeCluster {
    const cluster: FakeCluster = {
      arn: arnOf(ref),
      name: ref.name,
      createdAt: this.#nextCreationTime(),
      version,
      status: 'ACTIVE',
      issues: [],
      deletionProtection: false,
      tags: {},
      token: '',
      looksLeft: 0,
      nodegroups: new Map(),
      addons: new Map(),
      entries: new Map(),
      podIdentities: new Map(),
    };
    this.clusters.set(cluster.arn, cluster);
    return cluster;
  }

  addPart(parts: Map<string, FakePart>, name: string, version = ''): void {
    parts.set(name, { name, version, status: 'ACTIVE', looksLeft: 0, issues: [] });
  }

  readonly clustersPort: Ports['clusters'] = {
    describe: async (ref) => {
      const cluster = this.clusters.get(arnOf(ref));
      if (cluster === undefined) return null;
      this.#look(cluster);
      return this.clusters.has(cluster.arn) ? describe(cluster) : null;
    },
    createLike: async (blue, green, identity) => {
      this.cluster(blue);
      const existing = this.clusters.get(arnOf(green));
      if (existing !== undefined) {
        if (existing.token === identity.clientToken) return describe(existing);
        throw new CutoverFailure('conflict', 'the name is taken', { resource: existing.arn });
      }
      const made = this.addCluster(green, green.version);
      made.status = 'CREATING';
      made.looksLeft = this.#options.readyAfterLooks;
      made.tags = identity.tags;
      made.token = identity.clientToken;
      if (this.nextClusterIssue !== null) made.issues = [this.nextClusterIssue];
      this.nextClusterIssue = null;
      return describe(made);
    },
    versions: async () =>
      this.offeredVersions.map((version) => ({
        version,
        support: this.support.get(version) ?? 'standard',
        endOfStandard: '2027-03-27',
        endOfExtended: '2028-03-27',
      })),
    insights: async () =>
      this.insights === null
        ? []
        : [PASSING, ...this.insights].map((insight) => ({
            ...PASSING,
            refreshedAtMs: this.insightsAtMs ?? this.#options.clock.nowMs(),
            ...insight,
          })),
    insightsRefresh: async () => this.refresh,
    startInsightsRefresh: async () => {
      const startedAtMs = this.#options.clock.nowMs();
      this.refresh = { status: this.refreshEnds, startedAtMs, message: 'as the test wants it' };
      if (this.refreshEnds === 'completed') this.insightsAtMs = startedAtMs;
    },
    subnets: async () => this.subnets,
    admittingRules: async () => ({ own: 'sg-of-cluster', rules: this.admittingRules }),
    allowDeletion: async (ref) => {
      this.cluster(ref).deletionProtection = false;
      return { updating: false };
    },
    delete: async (ref) => {
      const cluster = this.clusters.get(arnOf(ref));
      if (cluster === undefined || cluster.status === 'DELETING') return;
      if (cluster.nodegroups.size > 0)
        refuse('conflict', 'the cluster has node groups', cluster.arn);
      if (cluster.deletionProtection)
        refuse('invalid-request', 'deletion protection is on', cluster.arn);
      cluster.status = 'DELETING';
      cluster.looksLeft = this.#options.goneAfterLooks;
    },
  };

  readonly nodegroupsPort: Ports['nodegroups'] = {
    list: async (ref) => this.#lookAtParts(this.cluster(ref).nodegroups).map(describePart),
    shapes: async (ref) =>
      [...this.cluster(ref).nodegroups.keys()].map((name) => ({ name, ...this.nodegroupShape })),
    createLike: async (blue, green, name) => {
      if (!this.cluster(blue).nodegroups.has(name)) refuse('not-found', 'no such node group', name);
      this.#createPart(green, 'nodegroups', name, '');
    },
    delete: async (ref, name) => {
      const part = this.cluster(ref).nodegroups.get(name);
      if (part === undefined || part.status === 'DELETING') return;
      part.status = 'DELETING';
      part.looksLeft = this.#options.goneAfterLooks;
    },
  };

  readonly addonsPort: Ports['addons'] = {
    list: async (ref) =>
      this.#lookAtParts(this.cluster(ref).addons).map((part): AddonDescription => ({
        ...describePart(part),
        version: part.version,
      })),
    offered: async (_access, addon) => this.offers.get(addon) ?? DEFAULT_OFFER,
    misfits: async (_blue, { name }) => this.addonMisfits.get(name) ?? [],
    installLike: async (_blue, green, { name, version }) => {
      this.#createPart(green, 'addons', name, version);
    },
  };

  readonly quotasPort: Ports['quotas'] = { read: async () => this.quotas };

  readonly accessPort: Ports['clusterAccess'] = {
    whoAmI: async (access: Access) => {
      const account = this.engineAccount ?? access.account;
      return { account, arn: `arn:aws:iam::${account}:role/cutover-engine` };
    },
    admitAdmin: async (ref, principalArn) => {
      this.cluster(ref).entries.set(principalArn, 'people');
    },
    copyEntries: async (blue, green) => {
      const target = this.cluster(green).entries;
      const people = [...this.cluster(blue).entries].filter(([, kind]) => kind === 'people');
      for (const [arn, kind] of people) if (!target.has(arn)) target.set(arn, kind);
      return people.length;
    },
    podIdentities: async (cluster, namespaces) =>
      [...this.cluster(cluster).podIdentities].flatMap(([place, roleArn]) => {
        const [namespace = '', name = ''] = place.split('/');
        return namespaces.includes(namespace) ? [{ namespace, name, roleArn }] : [];
      }),
    copyPodIdentities: async (blue, green) => {
      const { podIdentities } = this.cluster(blue);
      const target = this.cluster(green).podIdentities;
      for (const [place, roleArn] of podIdentities)
        if (!target.has(place)) target.set(place, roleArn);
      return podIdentities.size;
    },
  };

  #createPart(
    ref: ClusterRef,
    parts: 'nodegroups' | 'addons',
    name: string,
    version: string,
  ): void {
    const cluster = this.cluster(ref);
    if (cluster.status !== 'ACTIVE') refuse('conflict', 'the cluster is not ACTIVE', cluster.arn);
    const existing = cluster[parts].get(name);
    if (existing !== undefined && existing.version === version) return;
    const looksLeft = this.#options.readyAfterLooks;
    const issue = parts === 'nodegroups' ? this.nextNodegroupIssue : null;
    if (parts === 'nodegroups') this.nextNodegroupIssue = null;
    const issues = issue === null ? [] : [issue];
    cluster[parts].set(name, { name, version, status: 'CREATING', looksLeft, issues });
  }

  /** No two creations at the same time, so that an identity is one. */
  #nextCreationTime(): string {
    this.#lastCreationMs = Math.max(this.#options.clock.nowMs(), this.#lastCreationMs + 1);
    return new Date(this.#lastCreationMs).toISOString();
  }

  #look(cluster: FakeCluster): void {
    if (cluster.status !== 'CREATING' && cluster.status !== 'DELETING') return;
    cluster.looksLeft -= 1;
    if (cluster.looksLeft >= 0) return;
    if (cluster.status === 'DELETING') this.clusters.delete(cluster.arn);
    else cluster.status = cluster.issues.length > 0 ? 'FAILED' : 'ACTIVE';
  }

  #lookAtParts(parts: Map<string, FakePart>): readonly FakePart[] {
    for (const part of parts.values()) {
      if (part.status !== 'CREATING' && part.status !== 'DELETING') continue;
      part.looksLeft -= 1;
      if (part.looksLeft >= 0) continue;
      if (part.status === 'DELETING') parts.delete(part.name);
      else part.status = part.issues.length > 0 ? 'CREATE_FAILED' : 'ACTIVE';
    }
    return [...parts.values()];
  }
}

const PASSING: Omit<Insight, 'refreshedAtMs'> = {
  name: 'Deprecated APIs',
  kubernetesVersion: '1.35',
  status: 'PASSING',
  reason: '',
  recommendation: '',
  deprecations: [],
};

const DEFAULT_OFFER: readonly OfferedVersion[] = [
  { version: 'v1.20.1-eksbuild.3', isDefault: true },
  { version: 'v1.21.0-eksbuild.1', isDefault: false },
  { version: 'v1.19.0-eksbuild.1', isDefault: false },
];

function arnOf({ access, name }: ClusterRef): string {
  return `arn:aws:eks:${access.region}:${access.account}:cluster/${name}`;
}

function describe(cluster: FakeCluster): ClusterDescription {
  const { arn, name, createdAt, version, status, issues, deletionProtection, tags } = cluster;
  return {
    arn,
    name,
    createdAt,
    version,
    status,
    issues,
    deletionProtection,
    issuer: issuerOf(name),
    admitsByConfigMapAlone: false,
    tags,
  };
}

function describePart({ name, status, issues }: FakePart): PartDescription {
  return { name, status, ready: status === 'ACTIVE', failed: status === 'CREATE_FAILED', issues };
}

function refuse(
  type: 'conflict' | 'invalid-request' | 'not-found',
  what: string,
  resource: string,
): never {
  throw new CutoverFailure(type, what, { resource });
}

/** Who signs tokens in a cluster of that name. */
export function issuerOf(cluster: string): string {
  return `https://oidc.eks.eu-west-1.amazonaws.com/id/${cluster.toUpperCase()}`;
}
