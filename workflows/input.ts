import type { HandOver } from '#domain/traffic/hand-over.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { OutcomeName } from '#domain/migration/migration-state.ts';
import type { CarriedState } from '#domain/migration/state-of-today.ts';

/** What starts a migration, and what it hands itself at a checkpoint. Only optional fields may be added. */
export interface MigrationInput {
  readonly plan: MigrationPlan;
  /** SHA-256 of the parsed plan; in the memo too, so that `start` can tell "the same plan" from another. */
  readonly planDigest: string;
  readonly requestedBy: string;
  /** Absent at the start; the whole memory at a checkpoint. */
  readonly state?: CarriedState;
  /**
   * Continue as new at the first checkpoint after this many history events, earlier than the server suggests (about
   * 4,000). Small values cost Actions, large ones replay time.
   * @default the server's suggestion alone
   */
  readonly continueAsNewAfterEvents?: number;
  /** The worker build that the execution before was pinned to, where it moved on to another one. */
  readonly movedFrom?: string;
}

/** How it ended; the workflow's result. */
export interface MigrationOutcome {
  readonly outcome: OutcomeName;
  readonly migrationId: string;
  readonly reason: string;
  readonly blue: {
    readonly name: string;
    readonly version: string;
    readonly exists: boolean;
  } | null;
  readonly green: { readonly name: string; readonly version: string } | null;
  readonly phases: readonly { readonly name: string; readonly seconds: number }[];
  readonly steps: readonly {
    readonly group: string;
    readonly intended: number;
    readonly observed: number | null;
    readonly requests: number | null;
  }[];
  /** What the owners of the routes must change, so that their next apply does not point at blue; empty unless green serves. */
  readonly handOver: readonly HandOver[];
}
