import type { MigrationActivities } from '#activities/contract.ts';
import type { Message, Verb } from '#domain/migration/messages.ts';
import type { OutcomeName } from '#domain/migration/migration-state.ts';

/** What was seen of a simulated run, oldest first: what invariants judge, what a story is told from. Times are epoch milliseconds. */
export type ActivityName = keyof MigrationActivities;

/** What the invariants look at in an activity's input. */
interface SeenInput {
  readonly percent?: number;
  readonly routeIds?: readonly string[];
  readonly side?: 'blue' | 'green';
}

/** An action of the rollback plan, as the query answers it. */
export interface UndoSeen {
  readonly kind: string;
  readonly routeIds: readonly string[];
}

export interface SeenActivity {
  readonly activity: ActivityName;
  /** Unique in the run, over all executions. */
  readonly activityId: string;
  readonly input: SeenInput;
}

export type Observation = { readonly atMs: number } & (
  | ({
      readonly kind: 'scheduled';
      /** What a rollback would have undone at this moment; null where it would be refused or was not asked. */
      readonly undoes: readonly UndoSeen[] | null;
    } & SeenActivity)
  | ({ readonly kind: 'attempt-began'; readonly attempt: number } & SeenActivity)
  | ({
      readonly kind: 'closed';
      readonly how: 'completed' | 'failed' | 'cancelled' | 'timed-out';
      readonly result: unknown;
      /** Reads of weights by its attempts, as place and percent, oldest first; a write is null. */
      readonly weightsRead: readonly (readonly [string, number | null])[];
    } & SeenActivity)
  | {
      /** A call that changes the world took effect, whoever still waits for its answer. */
      readonly kind: 'landed';
      readonly call: string;
      readonly of: ActivityName;
      readonly what: string;
      /** The route it wrote, by the name of its place; null for everything else. */
      readonly place: string | null;
    }
  /** Somebody who is not Cutover wrote a route. */
  | { readonly kind: 'meddled'; readonly place: string; readonly share: number }
  /** Somebody brought these routes to blue with the capsule. */
  | { readonly kind: 'glass-broken'; readonly places: readonly string[] }
  | {
      readonly kind: 'answered';
      readonly verb: Verb;
      readonly message: Message;
      readonly accepted: boolean;
    }
  | { readonly kind: 'said'; readonly verb: Verb; readonly message: Message }
  | { readonly kind: 'fault'; readonly what: string }
  | {
      /** A worker died. */
      readonly kind: 'killed';
      readonly activity: ActivityName;
      readonly point: 'before' | 'after' | 'answer';
      readonly call: string;
    }
  | { readonly kind: 'continued'; readonly events: number }
  | { readonly kind: 'replayed'; readonly problem: string | null }
  | { readonly kind: 'leaked'; readonly where: string }
  | { readonly kind: 'broken'; readonly what: string }
  | { readonly kind: 'ended'; readonly outcome: OutcomeName; readonly reason: string }
  /** After the end nothing more is on its way. */
  | { readonly kind: 'settled' }
);
