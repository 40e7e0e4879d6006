import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '#activities/ports/clock.ts';
import type { KubernetesCluster, ObjectKind } from '#activities/ports/kubernetes.ts';
import type { AskedApi } from '#domain/preflight/asked-apis.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { REAL_CLOCK } from './fake-clock.ts';
import { nameOf, podsOf } from './fake-pods.ts';
import { probeStatus } from './fake-probes.ts';
import { mergePatch } from './merge-patch.ts';

/**
 * One cluster's API server with a tiny controller: what is applied gets an identity and a generation, Deployments get
 * their status and pods, definitions become established. What a real server refuses is refused.
 */
const CLUSTER_SCOPED = new Set([
  'namespaces',
  'customresourcedefinitions',
  'nodes',
  'ingressclasses',
  'gatewayclasses',
  'storageclasses',
  'persistentvolumes',
  'apiservices',
]);
const SERVER_FIELDS = [
  'uid',
  'resourceVersion',
  'managedFields',
  'creationTimestamp',
  'generation',
];

export class FakeKubernetes implements KubernetesCluster {
  ready = true;
  /** `namespace/name` of Deployments whose pods never become ready. */
  readonly broken = new Set<string>();
  /** `namespace/name` of Deployments whose pods stay when they are scaled down. */
  readonly lingering = new Set<string>();
  /** Why probes' Jobs fail, by the probe's name. */
  readonly failingProbes = new Map<string, string>();
  /** Deprecated APIs that somebody asked for. */
  askedApis: readonly AskedApi[] = [];
  /** Called after every change. */
  onChange: () => void = () => undefined;
  readonly #objects = new Map<
    string,
    { readonly plural: string; readonly object: KubernetesObject }
  >();
  readonly #clock: Pick<Clock, 'nowMs'>;
  #version = 0;

  constructor(clock: Pick<Clock, 'nowMs'> = REAL_CLOCK) {
    this.#clock = clock;
  }

  async list(kind: ObjectKind, namespace: string | null): Promise<readonly KubernetesObject[]> {
    if (kind.plural === 'pods') return this.#pods(namespace);
    return this.all(kind.plural).filter(
      (object) => namespace === null || object.metadata.namespace === namespace,
    );
  }

  async get(
    kind: ObjectKind,
    namespace: string | null,
    name: string,
  ): Promise<KubernetesObject | null> {
    return this.#objects.get(keyOf(kind.plural, namespace, name))?.object ?? null;
  }

  async apply(kind: ObjectKind, object: KubernetesObject): Promise<void> {
    const { name, namespace } = object.metadata;
    const resource = `${kind.plural} ${namespace ?? ''}/${name}`;
    for (const field of SERVER_FIELDS)
      if (field in object.metadata)
        throw new CutoverFailure('invalid-request', `metadata.${field} must not be set`, {
          resource,
        });
    this.#assertPlace(kind, namespace, resource);
    const before = this.#objects.get(keyOf(kind.plural, namespace ?? null, name))?.object;
    const { labels, annotations } = object.metadata;
    const metadata = {
      ...before?.metadata,
      ...object.metadata,
      labels: { ...before?.metadata.labels, ...labels },
      annotations: { ...before?.metadata.annotations, ...annotations },
    };
    this.#store(kind.plural, { ...before, ...object, metadata }, before);
  }

  async merge(
    kind: ObjectKind,
    namespace: string | null,
    name: string,
    patch: Fields,
  ): Promise<void> {
    const before = this.#objects.get(keyOf(kind.plural, namespace, name))?.object;
    if (before === undefined)
      throw new CutoverFailure('not-found', 'no such object', { resource: `${namespace}/${name}` });
    const { resourceVersion = before.metadata['resourceVersion'] } = fieldsOf(patch['metadata']);
    if (resourceVersion !== before.metadata['resourceVersion'])
      throw new CutoverFailure('conflict', 'the object has been modified', {
        resource: `${namespace}/${name}`,
      });
    const { apiVersion, kind: kindName, metadata } = before;
    const merged = mergePatch(
      { ...before, metadata: undefined },
      { ...patch, metadata: undefined },
    );
    const patchedMeta = mergePatch(metadata, fieldsOf(patch['metadata']));
    this.#store(
      kind.plural,
      { ...merged, apiVersion, kind: kindName, metadata: { ...patchedMeta, name } },
      before,
    );
  }

  async delete(kind: ObjectKind, namespace: string | null, name: string): Promise<void> {
    this.#objects.delete(keyOf(kind.plural, namespace, name));
    this.onChange();
  }

  async askedDeprecatedApis(): Promise<readonly AskedApi[]> {
    return this.askedApis;
  }

  async isReady(): Promise<boolean> {
    return this.ready;
  }

  all(plural: string): readonly KubernetesObject[] {
    return [...this.#objects.values()]
      .filter((stored) => stored.plural === plural)
      .map((stored) => stored.object);
  }

  /** Puts an object there as if it had always been. */
  seed(plural: string, object: KubernetesObject): void {
    this.#store(plural, object, undefined);
  }

  /** As `kubectl delete`. */
  remove(plural: string, namespace: string, name: string): void {
    this.#objects.delete(keyOf(plural, namespace, name));
    this.onChange();
  }

  /** A Job of this CronJob starts now and runs until it is finished. */
  startJob(namespace: string, cronJob: string): { readonly finish: () => void } {
    const job: KubernetesObject = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: `${cronJob}-${this.#version}`,
        namespace,
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cronJob }],
      },
      status: { active: 1 },
    };
    this.seed('jobs', job);
    const finished = { conditions: [{ type: 'Complete', status: 'True' }] };
    return { finish: () => this.seed('jobs', { ...job, status: finished }) };
  }

  /** Pods that linger after a scale-down go now. */
  endLingering(deployment: string): void {
    this.lingering.delete(deployment);
    this.onChange();
  }

  /** What could do a singleton's work here now, as `Kind namespace/name`. */
  running(): readonly string[] {
    const pods = this.#pods(null);
    const deployments = this.all('deployments').filter((deployment) =>
      pods.some((pod) => pod.metadata.labels?.['of'] === nameOf(deployment)),
    );
    const cronJobs = this.all('cronjobs').filter((cronJob) => {
      const unfinished = this.all('jobs').some(
        (job) =>
          fieldsOf((job.metadata.ownerReferences ?? [])[0])['name'] === cronJob.metadata.name &&
          fieldsOf(job['status'])['active'] === 1,
      );
      return unfinished || fieldsOf(cronJob['spec'])['suspend'] !== true;
    });
    return [...deployments, ...cronJobs].map((object) => `${object.kind} ${nameOf(object)}`);
  }

  /** Ready pods behind this cluster's binding of the target group. */
  targetsOf(targetGroupArn: string): { readonly healthy: number; readonly total: number } {
    let [healthy, total] = [0, 0];
    for (const binding of this.all('targetgroupbindings')) {
      const spec = fieldsOf(binding['spec']);
      if (spec['targetGroupARN'] !== targetGroupArn) continue;
      const { namespace } = binding.metadata;
      const service = this.all('services').find(
        ({ metadata }) =>
          metadata.namespace === namespace &&
          metadata.name === fieldsOf(spec['serviceRef'])['name'],
      );
      const selector = fieldsOf(fieldsOf(service?.['spec'])['selector']);
      for (const deployment of this.all('deployments')) {
        const template = fieldsOf(fieldsOf(deployment['spec'])['template']);
        const labels = fieldsOf(fieldsOf(template['metadata'])['labels']);
        if (deployment.metadata.namespace !== namespace || !covers(labels, selector)) continue;
        healthy += Number(fieldsOf(deployment['status'])['availableReplicas']);
        total += Number(fieldsOf(deployment['status'])['replicas']);
      }
    }
    return { healthy, total };
  }

  #assertPlace(kind: ObjectKind, namespace: string | undefined, resource: string): void {
    const place =
      namespace === undefined || this.#objects.has(keyOf('namespaces', null, namespace));
    const served =
      kind.plural !== 'targetgroupbindings' ||
      this.#objects.has(
        keyOf('customresourcedefinitions', null, 'targetgroupbindings.elbv2.k8s.aws'),
      );
    if (CLUSTER_SCOPED.has(kind.plural) || (place && served)) return;
    throw new CutoverFailure('not-found', place ? 'no such kind' : 'no such namespace', {
      resource,
    });
  }

  #store(plural: string, object: KubernetesObject, before: KubernetesObject | undefined): void {
    if (before !== undefined && isDeepStrictEqual(written(object), written(before))) return;
    this.#version += 1;
    const { name, namespace } = object.metadata;
    const changed =
      before === undefined || JSON.stringify(before['spec']) !== JSON.stringify(object['spec']);
    const generation = Number(before?.metadata['generation'] ?? 0) + (changed ? 1 : 0);
    const metadata = {
      ...object.metadata,
      uid: before?.metadata['uid'] ?? `uid-${this.#version}`,
      creationTimestamp:
        before?.metadata['creationTimestamp'] ?? new Date(this.#clock.nowMs()).toISOString(),
      resourceVersion: String(this.#version),
      generation,
      managedFields: object.metadata['managedFields'] ?? [{ manager: 'fake' }],
    };
    const stored = { ...object, metadata };
    const withStatus = { ...stored, ...this.#statusOf(stored) };
    this.#objects.set(keyOf(plural, namespace ?? null, name), { plural, object: withStatus });
    this.onChange();
  }

  #statusOf(object: KubernetesObject): Fields {
    if (object.kind === 'CustomResourceDefinition')
      return { status: { conditions: [{ type: 'Established', status: 'True' }] } };
    if (object.kind !== 'Deployment') return probeStatus(object, this.failingProbes);
    const replicas = Number(fieldsOf(object['spec'])['replicas'] ?? 1);
    const availableReplicas = this.broken.has(nameOf(object)) ? 0 : replicas;
    const observedGeneration = object.metadata['generation'];
    return { status: { observedGeneration, replicas, availableReplicas } };
  }

  #pods(namespace: string | null): readonly KubernetesObject[] {
    return this.all('deployments')
      .filter(({ metadata }) => namespace === null || metadata.namespace === namespace)
      .flatMap((deployment) => podsOf(deployment, this.lingering.has(nameOf(deployment)) ? 1 : 0));
  }
}

/** What a writer decides about; a server takes a write that changes nothing of it for none. */
function written({ metadata, ...rest }: KubernetesObject): unknown {
  const own = Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.includes(field));
  return { ...rest, metadata: Object.fromEntries(own) };
}

function keyOf(plural: string, namespace: string | null, name: string): string {
  return `${plural} ${CLUSTER_SCOPED.has(plural) ? '' : (namespace ?? '')}/${name}`;
}

function covers(labels: Fields, selector: Fields): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}
