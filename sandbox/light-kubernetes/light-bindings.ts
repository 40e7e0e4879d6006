/**
 * The load balancer controller's part in light clusters: target groups hold the ready pods that bindings name, by the very
 * reconciler that the sandbox's stand-in uses, and through the account's own API. Bindings are looked at when something of their
 * cluster changes, not again and again: what strangers do to a target group stays until then.
 */
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { BindingReconciler } from '#sandbox/load-balancer-controller/binding-reconciler.ts';
import type { PodTarget } from '#sandbox/load-balancer-controller/service-endpoints.ts';
import {
  targetGroupBindingDefinition,
  targetGroupBindings,
} from '#sandbox/load-balancer-controller/target-group-binding.ts';
import { WorkQueue } from '#sandbox/load-balancer-controller/work-queue.ts';
import type { Place } from './cluster-objects.ts';
import type { LightCluster } from './light-cluster.ts';
import { kubernetesTime, type LightObject } from './light-object.ts';

const FINALIZER = 'elbv2.k8s.aws/resources';
const MANAGER = 'elbv2.k8s.aws';
/** Kinds whose changes move targets. */
const WATCHED = new Set(['TargetGroupBinding', 'Service']);

interface Followed {
  readonly cluster: LightCluster;
  readonly reconciler: BindingReconciler;
}

export class LightBindings {
  readonly #elbv2: ElasticLoadBalancingV2Client;
  readonly #nowMs: () => number;
  readonly #clusters = new Map<string, Followed>();
  readonly #queue: WorkQueue;

  constructor(elbv2: ElasticLoadBalancingV2Client, nowMs: () => number) {
    this.#elbv2 = elbv2;
    this.#nowMs = nowMs;
    this.#queue = new WorkQueue((key) => this.#reconcile(key));
    this.#queue.start();
  }

  /** Why bindings are not followed now, by cluster and binding. */
  failures(): Readonly<Record<string, string>> {
    return this.#queue.failures();
  }

  /** Brings what the controller's chart brings. */
  follow(cluster: LightCluster): void {
    this.#clusters.set(cluster.name, {
      cluster,
      reconciler: new BindingReconciler(this.#elbv2),
    });
    cluster.apply(targetGroupBindingDefinition, MANAGER);
  }

  forget(cluster: string): void {
    this.#clusters.delete(cluster);
  }

  podsChanged(cluster: LightCluster): void {
    for (const { metadata } of bindingsOf(cluster)) this.#queue.add(keyOf(cluster, metadata));
  }

  objectChanged(cluster: LightCluster, { kind }: Place, object: LightObject | null): void {
    if (!WATCHED.has(kind.kind) || !this.#clusters.has(cluster.name)) return;
    if (kind.kind === 'Service') return this.podsChanged(cluster);
    if (object === null) return;
    // From its first moment on: one that is deleted before anybody looked takes its targets along, too.
    const { finalizers = [], deletionTimestamp } = object.metadata;
    if (deletionTimestamp === undefined && !finalizers.includes(FINALIZER))
      setFinalizers(cluster, object, [...finalizers, FINALIZER]);
    this.#queue.add(keyOf(cluster, object.metadata));
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #reconcile(key: string): Promise<void> {
    const [name = '', namespace = '', bindingName = ''] = key.split(' ');
    const followed = this.#clusters.get(name);
    if (followed === undefined) return;
    const { cluster, reconciler } = followed;
    const object = bindingsOf(cluster).find(
      ({ metadata }) => metadata.namespace === namespace && metadata.name === bindingName,
    );
    if (object === undefined) return;
    const binding = targetGroupBindings.parse(object);
    const wanted = wantedBy(cluster, object);
    if (object.metadata.deletionTimestamp !== undefined) {
      await reconciler.release(binding, wanted);
      const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== FINALIZER);
      setFinalizers(cluster, object, finalizers);
      return;
    }
    await reconciler.reconcile(binding, wanted);
    const { generation } = object.metadata;
    const place = placeOf(cluster, object);
    if (cluster.objects.find(place) === undefined) return;
    const known = fieldsOf(object['status']);
    if (known['observedGeneration'] === generation) return;
    cluster.objects.mergeStatus(place, {
      status: {
        observedGeneration: generation,
        conditions: [
          { type: 'Ready', status: 'True', lastTransitionTime: kubernetesTime(this.#nowMs()) },
        ],
      },
    });
  }
}

function bindingsOf(cluster: LightCluster): readonly LightObject[] {
  const kind = cluster.objects.kinds.served(
    targetGroupBindings.apiVersion,
    targetGroupBindings.plural,
  );
  return kind === undefined ? [] : cluster.objects.all(kind).map(({ object }) => object);
}

function placeOf(cluster: LightCluster, { apiVersion, kind, metadata }: LightObject): Place {
  return {
    kind: cluster.objects.kinds.ofKind(apiVersion, kind),
    namespace: metadata.namespace ?? null,
    name: metadata.name,
  };
}

function setFinalizers(
  cluster: LightCluster,
  object: LightObject,
  finalizers: readonly string[],
): void {
  const place = placeOf(cluster, object);
  if (cluster.objects.find(place) === undefined) return;
  cluster.objects.merge(place, { metadata: { finalizers } }, MANAGER);
}

/** Ready pods of the binding's Service, at the port that the Service's port leads to. */
function wantedBy(
  cluster: LightCluster,
  { metadata, ...binding }: LightObject,
): readonly PodTarget[] {
  const { namespace = '' } = metadata;
  const { name, port: wantedPort } = fieldsOf(fieldsOf(binding['spec'])['serviceRef']);
  const service = cluster.get('v1', 'Service', String(name), namespace);
  const spec = fieldsOf(service?.['spec']);
  const selector = Object.entries(fieldsOf(spec['selector']));
  const servicePort = listOf(spec['ports']).find(
    (one) => one['port'] === wantedPort || one['name'] === wantedPort,
  );
  if (servicePort === undefined || selector.length === 0) return [];
  const pods = cluster.list(cluster.objects.kinds.ofKind('v1', 'Pod'), namespace);
  return pods.flatMap((pod) => {
    const isSelected = selector.every(([label, value]) => pod.metadata.labels?.[label] === value);
    const { podIP, conditions } = fieldsOf(pod['status']);
    const isReady = listOf(conditions).some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    );
    const isLeaving = pod.metadata.deletionTimestamp !== undefined;
    const port = portOf(pod, servicePort['targetPort']);
    return isSelected && isReady && !isLeaving && typeof podIP === 'string' && port !== undefined
      ? [{ address: podIP, port }]
      : [];
  });
}

function portOf(pod: LightObject, targetPort: unknown): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const containers = listOf(fieldsOf(pod['spec'])['containers']);
  const named = containers
    .flatMap(({ ports }) => listOf(ports))
    .find(({ name }) => name === targetPort);
  return named === undefined ? undefined : Number(named['containerPort']);
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function keyOf({ name }: LightCluster, metadata: LightObject['metadata']): string {
  return `${name} ${metadata.namespace ?? ''} ${metadata.name}`;
}
