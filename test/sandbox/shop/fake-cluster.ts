/** A cluster reduced to its pods: what a watch of a real API server would tell, in the hands of a test. */
import { pods } from '#sandbox/kubernetes/resources.ts';
import type { KubernetesObject, Resource } from '#sandbox/kubernetes/kubernetes-object.ts';
import type { WatchEvent } from '#sandbox/kubernetes/watch-objects.ts';
import type { ClusterClient } from '#sandbox/shop/shop.ts';

export interface PodShape {
  readonly name: string;
  readonly address?: string;
  readonly service?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly terminating?: boolean;
  readonly hostNetwork?: boolean;
}

export class FakeCluster {
  #pods: readonly PodShape[];
  readonly #waiting: (() => void)[] = [];
  readonly #events: WatchEvent<unknown>[] = [];
  closed = false;

  constructor(initial: readonly PodShape[]) {
    this.#pods = initial;
  }

  readonly client: ClusterClient = {
    watch: (resource, _scope, signal) => this.#watch(resource, signal),
    close: () => {
      this.closed = true;
      return Promise.resolve();
    },
  };

  tell(kind: 'added' | 'modified' | 'deleted', pod: PodShape): void {
    this.#events.push({ kind, object: podObject(pod) });
    this.#waiting.splice(0).forEach((wake) => wake());
  }

  /** What a watch does after a break: everything is listed again. */
  relist(current: readonly PodShape[]): void {
    this.#pods = current;
    this.#events.push({ kind: 'snapshot', objects: current.map(podObject) });
    this.#waiting.splice(0).forEach((wake) => wake());
  }

  async *#watch<T extends KubernetesObject>(
    resource: Resource<T>,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    signal.addEventListener('abort', () => this.#waiting.splice(0).forEach((wake) => wake()));
    if (resource.plural !== pods.plural) throw new Error(`unexpected watch of ${resource.plural}`);
    yield { kind: 'snapshot', objects: this.#pods.map((pod) => resource.parse(podObject(pod))) };
    while (!signal.aborted) {
      const event = this.#events.shift();
      if (event === undefined) {
        await new Promise<void>((resolve) => {
          this.#waiting.push(resolve);
        });
      } else if (event.kind === 'snapshot') {
        yield { kind: 'snapshot', objects: event.objects.map((pod) => resource.parse(pod)) };
      } else {
        yield { kind: event.kind, object: resource.parse(event.object) };
      }
    }
  }
}

function podObject(pod: PodShape): unknown {
  return {
    metadata: {
      name: pod.name,
      namespace: 'shop',
      uid: `uid-${pod.name}`,
      labels: { 'app.kubernetes.io/name': pod.service ?? 'web' },
      ...(pod.terminating === true ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: {
      hostNetwork: pod.hostNetwork ?? false,
      containers: [{ name: 'c', image: 'shop/web:2.4.1', ports: [{ containerPort: 8080 }] }],
    },
    status: {
      phase: pod.phase ?? 'Running',
      ...(pod.address === undefined ? {} : { podIP: pod.address }),
      conditions: [{ type: 'Ready', status: (pod.ready ?? true) ? 'True' : 'False' }],
    },
  };
}
