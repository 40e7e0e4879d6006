/**
 * Which pod lives at which address: what makes one shop process able to answer for all pods of all clusters. Fed by
 * pod-watcher.ts with what each API server says; asked by shop-server.ts for every request. Invariants: an address belongs
 * to at most one pod, the one that came last; a pod that is gone never answers again.
 */

/** One pod that has an address, as the API server describes it. */
export interface PodRecord {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly address: string;
  /** Ports its containers declare; anything else refuses connections. */
  readonly ports: readonly number[];
  /** Value of `app.kubernetes.io/name`, empty where the label is missing: which service of the shop this pod plays. */
  readonly service: string;
  readonly image: string;
  /** Its containers run; before that nothing listens. */
  readonly running: boolean;
  readonly ready: boolean;
  /** Deletion was asked for; it still answers users, but calls itself unhealthy. */
  readonly terminating: boolean;
}

export class PodDirectory {
  readonly #byAddress = new Map<string, PodRecord>();

  put(pod: PodRecord): void {
    this.remove(pod);
    this.#byAddress.set(pod.address, pod);
  }

  /** Forgets the pod by its uid, wherever it was; an address that another pod took over stays with that one. */
  remove(pod: Pick<PodRecord, 'cluster' | 'uid'>): void {
    for (const [address, known] of this.#byAddress) {
      if (known.uid === pod.uid && known.cluster === pod.cluster) this.#byAddress.delete(address);
    }
  }

  /** Replaces everything known of the cluster. */
  replaceCluster(cluster: string, pods: readonly PodRecord[]): void {
    for (const [address, known] of this.#byAddress) {
      if (known.cluster === cluster) this.#byAddress.delete(address);
    }
    for (const pod of pods) this.put(pod);
  }

  find(address: string): PodRecord | undefined {
    return this.#byAddress.get(address);
  }

  all(): readonly PodRecord[] {
    return [...this.#byAddress.values()];
  }

  /** Pods of one service in one cluster that may be asked. */
  readyPods(cluster: string, service: string): readonly PodRecord[] {
    return this.all().filter(
      (pod) => pod.cluster === cluster && pod.service === service && pod.ready && !pod.terminating,
    );
  }
}
