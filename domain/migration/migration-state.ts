import type { Decision, StopRequest } from './messages.ts';
import type { GateName, PhaseName } from './phases.ts';
import type { PlanChanges } from '#domain/amendment/plan-changes.ts';
import type { UnheardTime } from '#domain/guard/unheard-time.ts';
import type { Rehearsal } from '#domain/traffic/rehearsal.ts';
import type { Resolved } from './resolved.ts';
import type { TrustSides } from '#domain/trust-policy/trust-policy.ts';

/**
 * The whole memory of a migration (I9): for each effect the *intention* before it and the *fact* after it.
 * What to do next, what a rollback undoes and whether blue may go are pure functions of this value, and it is
 * the only thing that crosses a continue-as-new. At most 64 KB: counts and digests, never inventories.
 */
export interface MigrationState {
  readonly schema: 1;
  readonly workflowId: string;
  readonly migrationId: string;
  readonly planName: string;
  readonly planDigest: string;
  /** Who asked for the migration; may not approve a gate that says `notRequester`. */
  readonly requestedBy: string;
  readonly startedAt: string;
  readonly phases: Readonly<Partial<Record<PhaseName, PhaseRecord>>>;
  /** What was changed of the plan since the start; absent where nothing was. At most 8 KB. */
  readonly amended?: AmendedRecord;
  readonly resolved: Resolved | null;
  readonly green: GreenCluster | null;
  /** Roles of pods that were made to trust green; absent where no service account names a role. At most 16 KB. */
  readonly trust?: RoleTrustRecord;
  readonly effects: Readonly<Partial<Record<EffectKey, EffectRecord>>>;
  /** By route id. */
  readonly weights: Readonly<Record<string, RouteWeight>>;
  /** Steps that have begun, in that order; each is known by its group and weight. */
  readonly steps: readonly StepRecord[];
  /** Since when green has had users without a break, ISO time; null while it has none. */
  readonly greenSince: string | null;
  /** The way back as it was tried before users were committed; absent before. */
  readonly rehearsal?: Rehearsal;
  /** How blue is kept able to take users back; absent before. */
  readonly blueFloor?: BlueFloor;
  /** Seconds since green's first user in which no guard saw anything fresh; clocks of bake and soak leave them out (I4). */
  readonly unwatchedSeconds?: number;
  /** Time that counts as bake or soak, of which the guard has still to say whether it watched; absent where it has. */
  readonly unheard?: UnheardTime;
  /** Somebody else changed weights and people said to go on: they are written again before anything else. */
  readonly weightsDoubted?: boolean;
  /** Guarded seconds of soak so far. */
  readonly soakedSeconds: number;
  readonly gates: Readonly<Partial<Record<GateName, GateRecord>>>;
  readonly paused: { readonly by: string; readonly reason: string; readonly at: string } | null;
  readonly stop: StopRequest | null;
  readonly halted: HaltRecord | null;
  readonly committed: { readonly at: string } | null;
  readonly rollingBackSince: string | null;
  readonly outcome: OutcomeName | null;
  /** What people and the guard decided, newest last; the newest 100 that fit into 16 KB. */
  readonly decisions: readonly Decision[];
  /** Messages already applied as `verb:id`, newest last; the newest 500 that fit into 24 KB. */
  readonly seen: readonly string[];
  /** Signals that could not be read, counted; the newest problem kept. */
  readonly malformed: { readonly count: number; readonly last: string } | null;
}

export const OUTCOMES = ['completed', 'rolled-back', 'rejected', 'aborted', 'blocked'] as const;

/** How a migration ended. */
export type OutcomeName = (typeof OUTCOMES)[number];

/** Facts a phase leaves behind: counts, versions, digests. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

export interface PhaseRecord {
  readonly status: 'running' | 'done' | 'skipped' | 'not-configured';
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly facts: Facts;
}

/** Whose trust names green beside blue, and by which names; all that is needed to take it back. */
export interface RoleTrustRecord extends TrustSides {
  /** ARNs of roles that get a statement of ours; none where the plan leaves them to somebody else. */
  readonly roles: readonly string[];
}

export interface GreenCluster {
  readonly name: string;
  readonly arn: string;
  /** ISO time; with the ARN it is the cluster's identity (a re-created cluster has the same ARN). */
  readonly createdAt: string;
  readonly version: string;
}

/** What was done so that an idle blue does not shrink; counts, and the first few of what is not ours to change. */
export interface BlueFloor {
  /** Autoscalers whose floor was raised. */
  readonly raised: number;
  /** Nodes that are kept. */
  readonly nodesHeld: number;
  /** Fields that somebody else owns: who, and what they would have to write. */
  readonly leftAlone: readonly string[];
  readonly leftAloneCount: number;
}

/** One thing done to the world that a rollback knows how to undo. */
export type EffectKey =
  | 'green-cluster'
  /** Green's issuer in IAM, and statements of ours in roles' trust policies. */
  | 'role-trust'
  | 'workloads'
  | 'singletons'
  | 'blue-floor'
  /** Green had users: connections of theirs may outlive every weight. */
  | 'green-connections'
  | `attachment/${string}`
  | `smoke-rule/${string}`;

export interface EffectRecord {
  readonly intendedAt: string;
  readonly doneAt: string | null;
  readonly undoneAt: string | null;
}

/** Green's share of one route in percent: what we wanted, what the API says, what the users' requests showed. */
export interface RouteWeight {
  readonly intended: number;
  readonly readBack: number | null;
  readonly observed: number | null;
}

export interface StepRecord {
  readonly group: string;
  readonly percent: number;
  readonly startedAt: string;
  /** Guarded seconds spent in this step's bake so far. */
  readonly bakedSeconds: number;
  readonly observedPercent: number | null;
  /** Null before it is proven, and where people said so because nothing counts. */
  readonly requests: number | null;
  /** Since when the step's weights hold, ISO time of the read-back; absent in steps of earlier versions. */
  readonly heldSince?: string;
  /** What the judge said of it, or why it was not asked. */
  readonly judged?: StepVerdict;
  readonly doneAt: string | null;
}

/** `guarded`: too few periods or requests to compare; `people`: they said to go on without the judge. */
export interface StepVerdict {
  readonly verdict: 'pass' | 'marginal' | 'guarded' | 'people';
  /** 0–100; null where nothing was compared. */
  readonly score: number | null;
  readonly reason: string;
}

export interface GateRecord {
  readonly openedAt: string;
  /** ISO time, or null once an expiry that holds has passed. */
  readonly expiresAt: string | null;
  readonly approvals: readonly Approval[];
  readonly status: 'open' | 'approved' | 'rejected' | 'expired';
}

interface Approval {
  readonly by: string;
  readonly at: string;
  readonly id: string;
}

/** The amendments so far, laid one over the other. */
interface AmendedRecord {
  /** How many there were; a sender who has seen fewer is told to look again. */
  readonly count: number;
  readonly changes: PlanChanges;
}

/** Neither side is proven able: weights stay, people decide. */
interface HaltRecord {
  readonly at: string;
  readonly reason: string;
}

/** The state of a migration that has done nothing yet. */
export function newMigration(facts: {
  readonly workflowId: string;
  readonly migrationId: string;
  readonly planName: string;
  readonly planDigest: string;
  readonly requestedBy: string;
  readonly at: string;
}): MigrationState {
  const { at, ...names } = facts;
  return {
    schema: 1,
    ...names,
    startedAt: at,
    phases: {},
    resolved: null,
    green: null,
    effects: {},
    weights: {},
    steps: [],
    greenSince: null,
    soakedSeconds: 0,
    gates: {},
    paused: null,
    stop: null,
    halted: null,
    committed: null,
    rollingBackSince: null,
    outcome: null,
    decisions: [],
    seen: [],
    malformed: null,
  };
}
