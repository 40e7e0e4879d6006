/**
 * A stand-in for the AWS Load Balancer Controller in one cluster, because the real one cannot be had here. It brings the
 * TargetGroupBinding definition and the class `alb`, follows bindings, Services and EndpointSlices, and keeps target groups as the bindings say
 * (binding-reconciler.ts); and it follows Ingresses and keeps a load balancer for each of their groups
 * (ingress/ingress-reconciler.ts), whatever others do to it. Invariants: bindings are reconciled one at a time, and so are
 * groups; what fails is tried again; nothing of AWS is touched that no binding names and no tag marks as the group's own.
 */
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { installDefinition } from '#sandbox/kubernetes/custom-resource-definitions.ts';
import { KubernetesApiError } from '#sandbox/kubernetes/kubernetes-api-error.ts';
import { BindingReconciler } from './binding-reconciler.ts';
import { finalizedGroupsOf, groupIdOf } from './ingress/ingress-group.ts';
import { albIngressClass, ingressClasses, ingresses } from './ingress/ingress-objects.ts';
import { IngressReconciler } from './ingress/ingress-reconciler.ts';
import { addFinalizer, removeFinalizer, writeStatus } from './binding-status.ts';
import { keyOf, ObjectCache } from './object-cache.ts';
import { endpointSlices, readyTargets, services, type PodTarget } from './service-endpoints.ts';
import {
  targetGroupBindingDefinition,
  targetGroupBindings,
  type TargetGroupBinding,
} from './target-group-binding.ts';
import { WorkQueue } from './work-queue.ts';

export interface LoadBalancerControllerOptions {
  /** In the tags of what is made for Ingresses. */
  readonly clusterName: string;
  /** Stays the caller's. */
  readonly client: AdminClient;
  /** Stays the caller's. */
  readonly elbv2: ElasticLoadBalancingV2Client;
  /** All bindings and Ingresses are looked at again after this long, so that what strangers did does not stay. @default 15000 */
  readonly resyncMs?: number;
}

export interface LoadBalancerController {
  /** The last failure of each binding (`namespace/name`) and each Ingress group (`ingress ID`) that is not followed now. */
  failures(): Readonly<Record<string, string>>;
  /** Has it done everything that it has been told of? */
  idle(): boolean;
  /** Stops following. Targets stay registered, as they do when the real controller is stopped. */
  stop(): Promise<void>;
}

const DEFAULT_RESYNC_MS = 15_000;
const DEFINITION_TIMEOUT_MS = 20_000;

/**
 * Returns once the definition is served and everything has been listed once.
 * @throws WaitTimeoutError, or what the watch throws for a client without rights.
 */
export async function startLoadBalancerController(
  options: LoadBalancerControllerOptions,
): Promise<LoadBalancerController> {
  const { clusterName, client, elbv2, resyncMs = DEFAULT_RESYNC_MS } = options;
  await installWhatItNeeds(client);

  const bindings = new ObjectCache(targetGroupBindings);
  const serviceCache = new ObjectCache(services);
  const slices = new ObjectCache(endpointSlices);
  const ingressCache = new ObjectCache(ingresses);
  const classes = new ObjectCache(ingressClasses);
  const reconciler = new BindingReconciler(elbv2);
  const view = {
    ingresses: () => ingressCache.all(),
    ingressClasses: () => classes.all(),
    service: (namespace: string, name: string) => serviceCache.get(namespace, name),
  };
  const ingressReconciler = new IngressReconciler({ clusterName, client, elbv2, view });
  const stop = new AbortController();

  const wantedBy = (binding: TargetGroupBinding): readonly PodTarget[] | undefined => {
    const { name, port } = binding.spec.serviceRef;
    const service = serviceCache.get(binding.metadata.namespace, name);
    return service === undefined ? undefined : readyTargets(service, slices.all(), port);
  };

  const reconcile = async (key: string): Promise<void> => {
    const binding = bindings.all().find((candidate) => keyOf(candidate) === key);
    if (binding === undefined) return;
    const wanted = wantedBy(binding);
    if (binding.metadata.deletionTimestamp !== undefined) {
      await reconciler.release(binding, wanted ?? []);
      await removeFinalizer(client, binding);
      return;
    }
    try {
      await addFinalizer(client, binding);
      // A Service that is missing or lost its port has no endpoints: its targets are taken out.
      await reconciler.reconcile(binding, wanted ?? []);
    } catch (cause) {
      if (!(cause instanceof KubernetesApiError))
        await writeStatus(client, binding, false, String(cause));
      throw cause;
    }
    await writeStatus(client, binding, true, 'Successfully reconciled');
  };

  const queue = new WorkQueue(reconcile);
  const dirty = (namespace: string | undefined): void => {
    for (const binding of bindings.all()) {
      if (namespace === undefined || binding.metadata.namespace === namespace)
        queue.add(keyOf(binding));
    }
  };
  const groups = new WorkQueue((groupId) => ingressReconciler.reconcile(groupId));
  const dirtyGroups = (): void => {
    for (const ingress of ingressCache.all()) {
      for (const groupId of [groupIdOf(ingress), ...finalizedGroupsOf(ingress)])
        groups.add(groupId);
    }
  };
  const broken = new Map<string, string>();
  const caches = [bindings, serviceCache, slices, ingressCache, classes] as const;
  const follows = [
    bindings.follow(client, stop.signal, (changed) =>
      changed === undefined ? dirty(undefined) : queue.add(keyOf(changed)),
    ),
    serviceCache.follow(client, stop.signal, (changed) => {
      dirty(changed?.metadata.namespace);
      dirtyGroups();
    }),
    ingressCache.follow(client, stop.signal, dirtyGroups),
    classes.follow(client, stop.signal, dirtyGroups),
    slices.follow(client, stop.signal, (changed) => dirty(changed?.metadata.namespace)),
  ];
  const ended = Promise.all(follows);
  ended.catch((cause: unknown) => broken.set('watch', String(cause)));
  // Working on half a picture would deregister pods whose Service has only not been listed yet.
  await Promise.race([Promise.all(caches.map((cache) => cache.synced)), ended]);
  queue.start();
  groups.start();
  const resync = setInterval(() => {
    dirty(undefined);
    dirtyGroups();
  }, resyncMs);

  return {
    failures: () => ({
      ...queue.failures(),
      ...Object.fromEntries(
        Object.entries(groups.failures()).map(([id, why]) => [`ingress ${id}`, why]),
      ),
      ...Object.fromEntries(broken),
    }),
    idle: () => queue.idle && groups.idle,
    stop: async () => {
      clearInterval(resync);
      stop.abort();
      await Promise.allSettled(follows);
      await Promise.all([queue.stop(), groups.stop()]);
    },
  };
}

/** What its chart brings. */
async function installWhatItNeeds(client: AdminClient): Promise<void> {
  await client.apply(ingressClasses, albIngressClass);
  await installDefinition(client, targetGroupBindingDefinition, DEFINITION_TIMEOUT_MS);
}
