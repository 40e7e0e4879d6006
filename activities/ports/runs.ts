import type { KnownWeights } from '#domain/traffic/known-weights.ts';

/** The run that an activity works for, asked while it goes on. */
export interface Runs {
  /** What it expects of its routes' weights now. Reads only. Fails `unavailable` when nobody answers within seconds. */
  knownWeights(workflowId: string): Promise<KnownWeights>;
  /** Its activities that have not ended, as Temporal knows them now. Reads only. Fails `unavailable` when Temporal does not answer within seconds. */
  underWay(workflowId: string): Promise<readonly UnderWay[]>;
}

/** An activity of a run that has not ended. */
export interface UnderWay {
  readonly activity: string;
  /** Unique in the run. */
  readonly activityId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** A worker has this attempt, and has given a sign of life within the heartbeat timeout; nobody has asked for its end. */
  readonly isAtWork: boolean;
  /** When a worker took this attempt, epoch milliseconds by Temporal's clock; null where none has. */
  readonly startedMs: number | null;
  /** What its newest heartbeat told, of this attempt or one before, unchecked; undefined where there was none. */
  readonly heartbeat: unknown;
}
