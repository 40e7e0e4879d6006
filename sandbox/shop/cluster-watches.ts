/**
 * The pod watches of a running shop, one per cluster. Invariant: at most one watch per cluster name, and its pods are in the
 * directory exactly as long as it runs. Owned by shop-server.ts.
 */
import type { PodDirectory } from './pod-directory.ts';
import { watchPods } from './pod-watcher.ts';
import type { ClusterClient, Shop } from './shop.ts';

interface Watch {
  readonly client: ClusterClient;
  readonly stop: AbortController;
  readonly done: Promise<void>;
  failure: string | null;
}

export class ClusterWatches {
  readonly #directory: PodDirectory;
  readonly #watches = new Map<string, Watch>();

  constructor(directory: PodDirectory) {
    this.#directory = directory;
  }

  async start(cluster: string, client: ClusterClient): Promise<void> {
    await this.stop(cluster);
    const stop = new AbortController();
    const watch: Watch = {
      client,
      stop,
      failure: null,
      done: watchPods(cluster, client, this.#directory, stop.signal).catch((cause: unknown) => {
        watch.failure = String(cause);
      }),
    };
    this.#watches.set(cluster, watch);
  }

  async stop(cluster: string): Promise<void> {
    const watch = this.#watches.get(cluster);
    if (watch === undefined) return;
    this.#watches.delete(cluster);
    watch.stop.abort();
    await watch.done;
    await watch.client.close();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#watches.keys()].map((cluster) => this.stop(cluster)));
  }

  list(): ReturnType<Shop['clusters']> {
    return Object.fromEntries(
      [...this.#watches].map(([cluster, { failure }]) => [cluster, { failure }]),
    );
  }
}
