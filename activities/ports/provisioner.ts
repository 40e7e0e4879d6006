import type { MigrationRef } from '#domain/identity.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { HubFacts } from '#domain/preflight/hub-findings.ts';
import type { ClusterDescription } from './clusters.ts';
import type { Access, ClusterRef } from './refs.ts';

/** How green is made; the rules of `ports.ts` hold here. */

/** The plan's choice. */
export type Way = MigrationPlan['spec']['green']['provision'];
export type EksWay = Extract<Way, { readonly with: 'eks' }>;
export type KroWay = Extract<Way, { readonly with: 'kro' }>;

/** Which green is meant, and for whom. Every identity (I6) derives from `ref`. */
export type GreenOrder<Chosen extends Way = Way> = WhichGreen & { readonly way: Chosen };

interface WhichGreen {
  readonly ref: MigrationRef;
  readonly blue: ClusterRef;
  readonly green: ClusterRef & { readonly version: string };
  /** With which access a hub is reached. */
  readonly hub: Access;
}

/** What is still to come. `ailing`: somebody says that it is wrong, and may take it back; it counts as failed when it stays. */
export interface Awaited {
  readonly kind: 'waiting' | 'ailing';
  readonly what: string;
  readonly resource: string;
}

/**
 * Makes green, and takes it away again. Nothing waits inside: what is still to come is told, and the activity asks again.
 * Everything twice equals once, also of two workers at the same time: exactly one cluster comes of it.
 */
export interface Provisioner<Chosen extends Way = Way> {
  /** What preflight must know of whatever stands between us and EKS; null where nothing does. Reads only. */
  survey(order: GreenOrder<Chosen>, signal: AbortSignal): Promise<HubFacts | null>;
  /**
   * Asks for green in the shape of blue, unless it was asked for. The cluster as soon as EKS knows it, whoever's it is: the caller looks at
   * its tags. Fails `stranger-resource` where something else than a cluster has its name, `cluster-failed` where EKS refused it.
   */
  create(
    order: GreenOrder<Chosen>,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'made'; readonly cluster: ClusterDescription }
    | { readonly kind: 'awaited'; readonly awaited: Awaited }
  >;
  /** Asks for green's node groups, on an ACTIVE green; how many there will be. */
  furnish(order: GreenOrder<Chosen>, signal: AbortSignal): Promise<number>;
  /**
   * What is awaited until green's control plane, or all of green, is there; null: nothing. Fails `cluster-failed` or `nodegroup-failed`
   * with the message of whoever made it.
   */
  progress(
    order: GreenOrder<Chosen>,
    until: 'control-plane' | 'nodes',
    signal: AbortSignal,
  ): Promise<Awaited | null>;
  /** Takes away whatever of green is ours, half-built or whole; null: it is gone, or never was ours. */
  remove(order: GreenOrder<Chosen>, signal: AbortSignal): Promise<Awaited | null>;
}
