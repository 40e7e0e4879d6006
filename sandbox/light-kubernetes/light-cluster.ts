/**
 * One cluster in memory: its objects, and the controllers' part of what happens to them. Deployments get pods on its nodes, Jobs
 * end, definitions are served, DaemonSets run everywhere; what is not named here is kept and does nothing (CronJobs start no Jobs,
 * autoscalers scale nothing, Ingresses make no load balancer). The world's owner writes here directly; everybody else comes
 * through the API server.
 */
import type { AskedApi } from '#domain/preflight/asked-apis.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type {
  ClusterToStart,
  NodeToAdd,
  WorkloadHealth,
  WorkloadRef,
} from '#sandbox/aws/eks/cluster-backend.ts';
import type { PodRecord } from '#sandbox/shop/pod-directory.ts';
import { ClusterObjects, type Place } from './cluster-objects.ts';
import { jobObject } from './job-object.ts';
import { apiVersionOf, type ServedKind } from './kinds.ts';
import { objectSchema, type LightObject, type Stored } from './light-object.ts';
import { managedFields } from './merge.ts';
import { nodeObject, nodeStatus } from './node-object.ts';
import { podObject } from './pod-object.ts';
import { podRecords } from './pod-records.ts';
import { notFound, notPlayed } from './refusal.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';
import { statusOf } from './statuses.ts';
import { WorkloadPods, type PodHealth } from './workload-pods.ts';

export interface LightClusterParts {
  readonly nowMs: () => number;
  /** Of a pod, unique in the world. */
  readonly nextAddress: () => string;
  readonly readyAfterMs: () => number;
  readonly leaveAfterMs: number;
  /** Pods came, went, or became ready. */
  readonly onPods: (cluster: LightCluster) => void;
  /** After every change of an object; null: it is gone. */
  readonly onObject: (cluster: LightCluster, place: Place, object: LightObject | null) => void;
}

/** Who the world's owner is to field ownership. */
const OWNER = 'sandbox';

export class LightCluster {
  readonly name: string;
  readonly tokenWebhookUrl: string;
  /** Deprecated APIs that somebody asked for, as its metrics say. */
  askedApis: readonly AskedApi[] = [];
  readonly objects: ClusterObjects;
  readonly tokens: ServiceAccountTokens;
  readonly #parts: LightClusterParts;
  readonly #pods: WorkloadPods;
  readonly #serviceNetwork: string;
  /** For namespaces that are not there yet. */
  readonly #waiting: LightObject[] = [];
  #services = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(cluster: ClusterToStart, parts: LightClusterParts) {
    this.name = cluster.name;
    this.tokenWebhookUrl = cluster.tokenWebhookUrl;
    this.tokens = new ServiceAccountTokens(cluster.issuer, parts.nowMs);
    this.#parts = parts;
    this.#serviceNetwork = cluster.serviceCidr.split('.').slice(0, 2).join('.');
    this.objects = new ClusterObjects({
      nowMs: parts.nowMs,
      clusterIp: () => this.#nextServiceAddress(),
      onChange: (place, object) => this.#react(place, object),
    });
    this.#pods = new WorkloadPods({
      nowMs: parts.nowMs,
      nextAddress: parts.nextAddress,
      readyAfterMs: parts.readyAfterMs,
      leaveAfterMs: parts.leaveAfterMs,
      nodes: () => this.#nodes(),
    });
    for (const name of ['default', 'kube-system'])
      this.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }

  /** Creates or changes an object as somebody of the world would. @throws Refusal @throws Error for a kind that is not served */
  apply(manifest: unknown, manager = OWNER): LightObject {
    const object = objectSchema.parse(manifest);
    return this.objects.apply(this.#placeOf(object), object, manager).object;
  }

  /** The same, once its namespace is there: EKS grants rights in namespaces that are still to come. */
  applyWhenPossible(manifest: unknown): void {
    const object = objectSchema.parse(manifest);
    const { namespace } = this.#placeOf(object);
    if (namespace === null || this.get('v1', 'Namespace', namespace) !== undefined)
      this.apply(object);
    else this.#waiting.push(object);
  }

  /** False where there is no such object. */
  remove(manifest: unknown): boolean {
    const object = objectSchema.parse(manifest);
    const place = this.#placeOf(object);
    const waits = this.#waiting.findIndex(
      ({ kind, metadata }) =>
        kind === object.kind &&
        metadata.name === object.metadata.name &&
        metadata.namespace === object.metadata.namespace,
    );
    if (waits >= 0) this.#waiting.splice(waits, 1);
    if (this.objects.find(place) === undefined) return false;
    this.objects.delete(place);
    return true;
  }

  /** As the API server shows it; undefined where there is none. */
  get(apiVersion: string, kind: string, name: string, namespace?: string): LightObject | undefined {
    const served = this.objects.kinds.ofKind(apiVersion, kind);
    return this.list(served, namespace ?? null).find(({ metadata }) => metadata.name === name);
  }

  /** As the API server shows them, in order. @param namespace null: of all */
  list(kind: ServedKind, namespace: string | null): readonly LightObject[] {
    if (kind.kind === 'Pod') return this.#podObjects(namespace);
    return this.objects.all(kind, namespace).map((stored) => this.show(kind, stored));
  }

  /** @throws Refusal 404 */
  read(place: Place): LightObject {
    if (place.kind.kind !== 'Pod') return this.show(place.kind, this.objects.require(place));
    const found = this.#podObjects(place.namespace).find(
      ({ metadata }) => metadata.name === place.name,
    );
    if (found === undefined) throw notFound(place.kind, place.name);
    return found;
  }

  /** With what its controllers and the server would have written. */
  show(kind: ServedKind, { object, claims }: Stored): LightObject {
    const pods = object.kind === 'Deployment' ? this.#pods.of(nameOf(object)) : [];
    const around = { pods, nodes: this.#nodes().length, nowMs: this.#parts.nowMs() };
    const status = { ...fieldsOf(object['status']), ...statusOf(object, around) };
    return {
      ...object,
      metadata: {
        ...object.metadata,
        managedFields: managedFields(claims, apiVersionOf(kind)),
      },
      ...(Object.keys(status).length === 0 ? {} : { status }),
    };
  }

  /** @throws Refusal */
  delete(place: Place): void {
    if (place.kind.kind !== 'Pod') {
      this.objects.delete(place);
      return;
    }
    const owner = this.#deployments().find((deployment) =>
      this.#pods.remove(nameOf(deployment), place.name),
    );
    if (owner === undefined) throw notFound(place.kind, place.name);
    this.#followAll();
  }

  /** @throws Refusal for what is made of something else. */
  assertWritable({ kind }: ServedKind): void {
    if (kind === 'Pod') throw notPlayed('pods that no Deployment owns');
  }

  addNodes(nodes: readonly NodeToAdd[]): void {
    const kind = this.objects.kinds.ofKind('v1', 'Node');
    for (const node of nodes) {
      const place = { kind, namespace: null, name: node.name };
      if (this.objects.find(place) !== undefined) continue;
      this.objects.apply(place, nodeObject(node), OWNER);
      this.objects.mergeStatus(place, { status: nodeStatus(node, this.#parts.nowMs()) });
    }
    this.#followAll();
  }

  removeNodes(names: readonly string[]): void {
    const kind = this.objects.kinds.ofKind('v1', 'Node');
    for (const name of names) {
      const place = { kind, namespace: null, name };
      if (this.objects.find(place) !== undefined) this.objects.delete(place);
    }
    this.#followAll();
  }

  /** Undefined when there is no such workload. */
  workloadHealth({ kind, namespace, name }: WorkloadRef): WorkloadHealth | undefined {
    const object = this.get('apps/v1', kind, name, namespace);
    if (object === undefined) return undefined;
    const status = fieldsOf(object['status']);
    if (kind === 'DaemonSet') {
      const desired = Number(status['desiredNumberScheduled']);
      return { desired, available: desired };
    }
    const available = Math.min(
      Number(status['availableReplicas']),
      Number(status['updatedReplicas']),
    );
    return { desired: Number(fieldsOf(object['spec'])['replicas']), available };
  }

  /** Of a Deployment, `namespace/name`: its pods from now on, those that are there too. */
  setPods(deployment: string, health: PodHealth): void {
    this.#pods.setHealth(deployment, health);
    this.#podsChanged();
  }

  /** A Job of this CronJob starts now. @param runMs until it succeeds, from this whole second on */
  startJob(namespace: string, cronJob: string, runMs: number): void {
    const kind = this.objects.kinds.ofKind('batch/v1', 'CronJob');
    const { object } = this.objects.require({ kind, namespace, name: cronJob });
    this.apply(jobObject(object, this.objects.resourceVersion, runMs));
  }

  /** Its pods as the demo shop's server knows them. */
  podRecords(): readonly PodRecord[] {
    return podRecords(this.name, this.list(this.objects.kinds.ofKind('v1', 'Pod'), null));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #placeOf({ apiVersion, kind, metadata }: LightObject): Place {
    const served = this.objects.kinds.ofKind(apiVersion, kind);
    const namespace = served.namespaced ? (metadata.namespace ?? 'default') : null;
    return { kind: served, namespace, name: metadata.name };
  }

  #react(place: Place, object: LightObject | null): void {
    switch (place.kind.kind) {
      case 'Namespace':
        if (object?.metadata.generation === 1) this.#furnish(place.name);
        if (object === null) this.#followAll();
        break;
      case 'Deployment':
        if (object === null) this.#pods.forget(`${place.namespace ?? ''}/${place.name}`);
        else this.#pods.follow(nameOf(object), object);
        this.#podsChanged();
        break;
      default:
        break;
    }
    this.#parts.onObject(this, place, object);
  }

  /** What every namespace has from its first moment. */
  #furnish(namespace: string): void {
    const of = (kind: string, name: string): object => ({
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace },
    });
    this.apply(of('ServiceAccount', 'default'), 'kube-controller-manager');
    this.apply(
      { ...of('ConfigMap', 'kube-root-ca.crt'), data: { 'ca.crt': '' } },
      'kube-controller-manager',
    );
    const isFor = ({ metadata }: LightObject): boolean => metadata.namespace === namespace;
    const possible = this.#waiting.filter(isFor);
    for (const object of possible) {
      this.#waiting.splice(this.#waiting.indexOf(object), 1);
      this.apply(object);
    }
  }

  #followAll(): void {
    this.#pods.placeAnew();
    const deployments = this.#deployments();
    for (const deployment of deployments) this.#pods.follow(nameOf(deployment), deployment);
    this.#podsChanged();
  }

  #podsChanged(): void {
    if (this.#stopped) return;
    // Before anybody looks: what changes while they do is a change to come.
    const nextMs = this.#pods.nextChangeMs();
    this.#parts.onPods(this);
    clearTimeout(this.#timer);
    const inMs = nextMs - this.#parts.nowMs();
    if (inMs === Number.POSITIVE_INFINITY) return;
    // A moment later, so that what is due then is over.
    this.#timer = setTimeout(() => this.#podsChanged(), Math.max(0, inMs) + 1);
  }

  #podObjects(namespace: string | null): readonly LightObject[] {
    const nowMs = this.#parts.nowMs();
    return this.#deployments(namespace).flatMap((deployment) => {
      const name = nameOf(deployment);
      const health = this.#pods.healthOf(name);
      return this.#pods.of(name).map((pod) => podObject(deployment, pod, health, nowMs));
    });
  }

  #deployments(namespace: string | null = null): readonly LightObject[] {
    const kind = this.objects.kinds.ofKind('apps/v1', 'Deployment');
    return this.objects.all(kind, namespace).map(({ object }) => object);
  }

  /** Those that take pods. */
  #nodes(): readonly string[] {
    const kind = this.objects.kinds.ofKind('v1', 'Node');
    return this.objects
      .all(kind)
      .filter(({ object }) => fieldsOf(object['spec'])['unschedulable'] !== true)
      .map(({ object }) => object.metadata.name);
  }

  #nextServiceAddress(): string {
    this.#services += 1;
    return `${this.#serviceNetwork}.${this.#services >> 8}.${this.#services & 0xff}`;
  }
}

/** `namespace/name` */
function nameOf({ metadata }: LightObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
