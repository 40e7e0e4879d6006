/**
 * Trouble of the shop on demand: all pods of one cluster answer wrongly, slowly or not at all. By default faults spare
 * health checks and smoke requests, which is the case that matters: a green that looks well until it has users. Set in
 * process or over HTTP (shop-control.ts); asked by shop-server.ts for every request.
 */
import { z } from 'zod';
import type { Random } from '#sandbox/data-plane/seeded-random.ts';

export const shopFaultSchema = z.strictObject({
  /** Cluster whose pods misbehave. */
  cluster: z.string().min(1),
  /** Share of requests that are answered with `status`, 0–1. */
  rate: z.number().min(0).max(1).default(0),
  status: z.int().min(400).max(599).default(503),
  /** Factor on every answer's latency. */
  latencyMultiplier: z.number().positive().default(1),
  /** Share of requests whose connection is reset without an answer, 0–1. */
  resets: z.number().min(0).max(1).default(0),
  /** The cluster's own metrics are lost; its answers are as ever. */
  silent: z.boolean().default(false),
  /** The fault begins after that many users' requests of this cluster, counted from the setting of the fault. */
  afterRequests: z.int().min(0).default(0),
  /** True: health checks and smoke requests are hit too. */
  everyone: z.boolean().default(false),
});

/** A fault as it is set; everything but the cluster has a default that does no harm. */
export type ShopFaultInput = z.input<typeof shopFaultSchema>;
export type ShopFault = z.output<typeof shopFaultSchema>;

/** What befalls one request. */
export type Misfortune =
  | { readonly kind: 'none'; readonly latencyMultiplier: number; readonly silent: boolean }
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly latencyMultiplier: number;
      readonly silent: boolean;
    }
  | { readonly kind: 'reset' };

/** Who asks: users, or those that faults spare unless told otherwise. */
export type Asker = 'user' | 'health-check' | 'smoke';

type Struck = { readonly kind: 'reset' } | { readonly kind: 'error'; readonly status: number };

interface Standing {
  readonly fault: ShopFault;
  usersSeen: number;
}

export class ShopFaults {
  readonly #random: Random;
  #standing: readonly Standing[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Replaces all faults. */
  set(faults: readonly ShopFaultInput[]): void {
    this.#standing = faults.map((fault) => ({ fault: shopFaultSchema.parse(fault), usersSeen: 0 }));
  }

  list(): readonly ShopFault[] {
    return this.#standing.map(({ fault }) => fault);
  }

  /** Decides for one request and counts it; several faults of a cluster add up, the first error or reset wins. */
  strike(cluster: string, asker: Asker): Misfortune {
    let latencyMultiplier = 1;
    let silent = false;
    let struck: Struck | undefined;
    for (const standing of this.#standing) {
      const { fault } = standing;
      if (fault.cluster !== cluster) continue;
      const begun = standing.usersSeen >= fault.afterRequests;
      if (asker === 'user') standing.usersSeen += 1;
      if (!begun || (asker !== 'user' && !fault.everyone)) continue;
      latencyMultiplier *= fault.latencyMultiplier;
      silent ||= fault.silent;
      struck ??= this.#draw(fault);
    }
    if (struck?.kind === 'reset') return struck;
    if (struck?.kind === 'error') return { ...struck, latencyMultiplier, silent };
    return { kind: 'none', latencyMultiplier, silent };
  }

  #draw(fault: ShopFault): Struck | undefined {
    if (fault.resets > 0 && this.#random() < fault.resets) return { kind: 'reset' };
    if (fault.rate > 0 && this.#random() < fault.rate) {
      return { kind: 'error', status: fault.status };
    }
    return undefined;
  }
}
