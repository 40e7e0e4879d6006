/**
 * What a watch has told so far, by namespace and name: the stand-in's small informer. Calls back after every change with
 * the changed object, or without one when everything was listed anew. Ends with the signal.
 */
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import type { KubernetesObject, Resource } from '#sandbox/kubernetes/kubernetes-object.ts';

export class ObjectCache<T extends KubernetesObject> {
  readonly #resource: Resource<T>;
  readonly #objects = new Map<string, T>();
  readonly #synced = Promise.withResolvers<void>();

  constructor(resource: Resource<T>) {
    this.#resource = resource;
  }

  async follow(
    client: Pick<AdminClient, 'watch'>,
    signal: AbortSignal,
    onChange: (changed: T | undefined) => void,
  ): Promise<void> {
    for await (const event of client.watch(this.#resource, {}, signal)) {
      if (event.kind === 'snapshot') {
        this.#objects.clear();
        for (const object of event.objects) this.#objects.set(keyOf(object), object);
        this.#synced.resolve();
        onChange(undefined);
      } else {
        if (event.kind === 'deleted') this.#objects.delete(keyOf(event.object));
        else this.#objects.set(keyOf(event.object), event.object);
        onChange(event.object);
      }
    }
  }

  /** Settles when everything has been listed once; before that, missing says nothing. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(`${namespace ?? ''}/${name}`);
  }

  all(): readonly T[] {
    return [...this.#objects.values()];
  }
}

export function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
