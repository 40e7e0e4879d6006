import type { KnownWeights } from '#domain/traffic/known-weights.ts';

/** The run that an activity works for, asked while it goes on. */
export interface Runs {
  /** What it expects of its routes' weights now. Reads only. Fails `unavailable` when nobody answers within seconds. */
  knownWeights(workflowId: string): Promise<KnownWeights>;
}
