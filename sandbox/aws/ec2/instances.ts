/** Instances that run in the account, as far as quotas count them: started and ended with the nodes of node groups. */
import { vcpusOf } from './instance-types.ts';

export type Market = 'on-demand' | 'spot';

interface Instance {
  readonly instanceType: string;
  readonly market: Market;
}

export class Instances {
  readonly #running = new Map<string, Instance>();
  readonly #vcpus: Record<Market, number> = { 'on-demand': 0, spot: 0 };
  readonly #listeners: (() => void)[] = [];

  /** @param id unique in the account, as a node's name is */
  start(id: string, instance: Instance): void {
    this.#running.set(id, instance);
    this.#count(instance, 1);
  }

  end(id: string): void {
    const instance = this.#running.get(id);
    if (instance === undefined) return;
    this.#running.delete(id);
    this.#count(instance, -1);
  }

  vcpus(market: Market): number {
    return this.#vcpus[market];
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #count({ market, instanceType }: Instance, sign: 1 | -1): void {
    this.#vcpus[market] += sign * (vcpusOf(instanceType) ?? 0);
    for (const listener of this.#listeners) listener();
  }
}
