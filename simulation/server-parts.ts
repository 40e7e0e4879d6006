import type { AttemptRunner } from './activity-server.ts';
import type { Fault } from './faults.ts';
import type { Isolate } from './isolate.ts';
import type { ActivityName, Observation } from './observations.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Round } from './workflow-task.ts';

/** What the simulated server is given. */
export interface ServerParts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly isolate: Isolate;
  readonly runner: AttemptRunner;
  readonly faults: readonly Fault[];
  readonly workflowType: string;
  readonly workflowId: string;
  readonly observe: (observation: Observation) => void;
  readonly isActivity: (name: string) => name is ActivityName;
  /** The workflow is asked what a rollback would undo whenever it schedules one of these. */
  readonly effects: ReadonlySet<string>;
  /** A workflow task was completed; what of it is in the history. */
  readonly onTask: (nth: number, recorded: readonly Round[]) => void;
  /** Looks for what no payload may hold. */
  readonly inspect: (payload: { readonly data?: Uint8Array | null }, where: string) => void;
}
