import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Observation, SeenActivity } from './observations.ts';
import type { WorldView } from './simulated-world.ts';

/** What an invariant is asked about: a run as it can be seen from outside, and the world as it is now. */
export interface Scene {
  readonly plan: MigrationPlan;
  readonly world: WorldView;
  /** As it was before the run began. */
  readonly before: {
    readonly rules: string;
    readonly floors: string;
    readonly singletonsOnBlue: readonly string[];
    readonly trust: string;
  };
  /** Everything observed so far, the newest last. */
  readonly past: readonly Observation[];
  /** Activities that the server has not closed. */
  readonly openActivities: () => readonly SeenActivity[];
}

/** What is violated by the newest observation, or null. */
export type Invariant = (now: Observation, scene: Scene) => string | null;

export function outcomeIn(past: readonly Observation[]): string | null {
  const end = past.findLast((one) => one.kind === 'ended');
  return end?.kind === 'ended' ? end.outcome : null;
}
