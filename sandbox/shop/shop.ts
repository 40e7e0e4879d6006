/** The running shop as those who started it see it, in process or through its control API. */
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import type { PodDirectory } from './pod-directory.ts';
import type { ShopFaults } from './shop-fault.ts';
import type { ShopMetrics } from './shop-metrics.ts';

/** A client given to the shop is the shop's: it is closed when the cluster is unregistered. */
export type ClusterClient = Pick<AdminClient, 'watch' | 'close'>;

export interface Shop {
  /** `http://127.0.0.1:PORT`, for the data plane's network and the control API. */
  readonly origin: string;
  readonly directory: PodDirectory;
  readonly faults: ShopFaults;
  readonly metrics: ShopMetrics | undefined;
  /** Watches the cluster's pods from now on; a name that is registered already gets the new client. */
  registerCluster(name: string, client: ClusterClient): Promise<void>;
  /** The cluster's pods stop answering. No-op for a cluster that is not known. */
  unregisterCluster(name: string): Promise<void>;
  /** Names of the watched clusters, each with the reason why its watch ended, if it did. */
  clusters(): Readonly<Record<string, { readonly failure: string | null }>>;
  close(): Promise<void>;
}
