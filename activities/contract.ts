import type { Ability } from '#domain/capacity/ability.ts';
import type { AddonVersion } from '#domain/addon-matrix/addon-matrix.ts';
import type { ProbeReport } from '#domain/addon-probes/probe-result.ts';
import type { ExpectedShares, ForeignEdit } from '#domain/traffic/foreign-edits.ts';
import type { GuardPresence } from '#domain/guard/unheard-time.ts';
import type { GuardVerdict } from '#domain/guard/guard-reading.ts';
import type { MigrationRef } from '#domain/identity.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type {
  BlueFloor,
  Facts,
  GreenCluster,
  RoleTrustRecord,
} from '#domain/migration/migration-state.ts';
import type { Finding } from '#domain/preflight/finding.ts';
import type { Rehearsal } from '#domain/traffic/rehearsal.ts';
import type { StepJudgement } from '#domain/judge/judge-step.ts';
import type { Stretch } from '#domain/guard/judged-stretch.ts';
import type { Resolved } from '#domain/migration/resolved.ts';
import type { Notice } from './ports/notifier.ts';

/**
 * What each activity promises: what it does, the identity that makes a repeat harmless, its failures and its
 * units. Workflows see this file only as types. Every input carries the migration's reference and the plan's spec it
 * needs; no output carries secrets, tokens or inventories (I10), only identities, counts and digests.
 */
export type { Notice };

type Spec = MigrationPlan['spec'];

export interface ActivityInput {
  readonly ref: MigrationRef;
  readonly spec: Spec;
}

export interface ResolvedInput extends ActivityInput {
  readonly resolved: Resolved;
}

export interface GreenInput extends ResolvedInput {
  readonly green: GreenCluster;
}

interface Furnished {
  readonly accessEntries: number;
  readonly podIdentities: number;
  readonly nodegroups: number;
  /** What went over of a network that is no EKS add-on, in words. */
  readonly selfManaged?: string;
  readonly trust?: RoleTrustRecord;
}

/** Roles of pods: whose trust names green, as it was found once. */
export interface TrustInput extends ActivityInput {
  readonly trust: RoleTrustRecord;
}

export interface WeightsInput extends ResolvedInput {
  readonly routeIds: readonly string[];
  /** Green's share in percent, 0–100. */
  readonly percent: number;
}

/** A write of a share that may find somebody else's. */
interface SetWeightsInput extends WeightsInput {
  /** What the routes may read before the write; routes left out are written over. Absent: all of them. */
  readonly expected?: ExpectedShares;
}

/** Can `side` carry `percent` of the load of these routes? */
export interface AbilityInput extends WeightsInput {
  readonly side: 'blue' | 'green';
  /** Time was counted as bake or soak of which the guard has still to say whether it watched: is it at its work? */
  readonly asksForGuard?: true;
}

interface AbilityFound extends Ability {
  /** Absent where it was not asked for, and from workers of earlier versions. */
  readonly guard?: GuardPresence;
}

/** What somebody else did to the routes: nothing was written. */
interface EditFound {
  readonly edit: ForeignEdit;
}

interface WeightsReadBack extends Partial<EditFound> {
  /** By route id: green's share in percent as the API answered after the write. */
  readonly readBack: Readonly<Record<string, number>>;
  /** When the last route was read back, ISO time. */
  readonly readBackAt: string;
}

export interface ShareInput extends ResolvedInput {
  readonly routeIds: readonly string[];
  readonly percent: number;
  /** Count only requests from this moment on; ISO time of the read-back. */
  readonly since: string;
  /** Give up and report what was counted after this many seconds; not before the source could show one period. */
  readonly withinSeconds: number;
  /** Green's share before this one, percent: where sessions stick, the share drifts from there. Absent: 0. */
  readonly fromPercent?: number;
}

interface ShareReport {
  /**
   * `fits`, `mismatch`, or `too-few` when the sample was not reached in time; `ask-people` where nothing can tell. Of several
   * routes' verdicts the worst.
   */
  readonly verdict: 'fits' | 'mismatch' | 'too-few' | 'ask-people';
  /** With `ask-people`: what a person must answer; `observedPercent` is then what their yes would mean. */
  readonly question?: string;
  /** With `mismatch`: what somebody else did to the routes meanwhile, which is why users do not follow what was set. */
  readonly edit?: ForeignEdit;
  readonly requests: number;
  readonly observedPercent: number;
  readonly needed: number;
}

export interface JudgeInput extends ResolvedInput {
  readonly routeIds: readonly string[];
  /** ISO time. */
  readonly since: string;
  /** Where blue has no users to compare with any more, ISO times; null: blue's own points of the same periods. */
  readonly recorded: Stretch | null;
}

export interface GuardInput extends ResolvedInput {
  /** Since when green has had users, ISO time. */
  readonly greenSince: string;
  /** `pull`: on a hard verdict send everything to blue at once, if blue is able. `tell`: only report. */
  readonly mode: 'pull' | 'tell';
  /** Green, for guardrails that ask its own API server; absent in runs that began under an earlier version. */
  readonly green?: GreenCluster;
  /** Roles that were made to trust green; absent where none was, and in runs that began under an earlier version. */
  readonly trust?: RoleTrustRecord;
  /** People were told already that both sides' data is missing: report only what is worse than that. */
  readonly missingIsKnown: boolean;
  /** What the routes' weights may read; anything else that stays is somebody else's doing. Absent: weights are not judged. */
  readonly expected?: ExpectedShares;
  /** The run answers what it expects of weights by now: a guard that reads others asks before it calls them an edit. */
  readonly asks?: true;
}

/** Nobody watched, or nothing fresh could be read, for this long: that time counts neither as bake nor as soak (I4). */
interface GuardGap {
  readonly kind: 'gap';
  readonly seconds: number;
  readonly reasons: readonly string[];
}

/**
 * Its last word: it was alive when its workflow asked for its end, and nothing was wrong at its last look. A guard that died, or was
 * never begun, ends without it.
 */
interface GuardLetGo {
  readonly kind: 'let-go';
  readonly reasons: readonly string[];
}

export interface GuardReport {
  readonly verdict:
    | Exclude<GuardVerdict, { readonly kind: 'healthy' }>
    | ForeignEdit
    | GuardGap
    | GuardLetGo;
  /** When the verdict was reached, ISO time; of one that was let go, its last look. */
  readonly at: string;
  /** Did the guard itself set all weights to blue? */
  readonly pulled: boolean;
  /** Of an edit: was the run asked what it expects by now? A worker of an earlier version never asks. */
  readonly asked?: true;
}

/** What is tried, and on what it stands: no routes, because no user will meet it. */
interface CertificationPlan {
  readonly resolved: Resolved;
  readonly addons: readonly AddonVersion[];
}

/** What `certifyAddons` needs besides the provisioning of a migration. */
export interface CertifyActivities {
  /** Finds blue and the engine's own principal, and chooses versions as a migration to the spec's version would. Reads only. Fails `addon-unavailable`. */
  planCertification(input: ActivityInput): Promise<CertificationPlan>;
  /** As `probeAddons`, but what failed is a part of the answer. Identity: names and labels by migration and probe. */
  reportAddons(input: GreenInput): Promise<ProbeReport>;
}

/** One method per activity; names are what the Temporal UI shows. */
export interface MigrationActivities {
  /** Resolves every name of the plan to an identity and measures blue's baseline. Reads only. Fails `not-found`, `access-denied`, `unexpected-shape`. */
  resolveNames(input: ActivityInput): Promise<Resolved>;
  /**
   * Judges blue, plan and target, and tries whether the rollback can be written down where the plan wants it. Has EKS look again at
   * upgrade insights that are old, and waits (BENIGN `waiting`) for that. Else reads only.
   */
  checkReadiness(input: ResolvedInput): Promise<{
    readonly findings: readonly Finding[];
    /** Age of each source's newest figure, measured on blue; absent from runs of earlier versions. */
    readonly facts?: Facts;
  }>;

  /** Find-or-create green. Identity: client token and tags; a stranger's cluster of that name: `stranger-resource`. */
  createGreen(input: ResolvedInput): Promise<GreenCluster>;
  /** Waits until green is ACTIVE (BENIGN `waiting` until then). Fails `cluster-failed`, `identity-changed`. */
  awaitGreen(input: GreenInput): Promise<void>;
  /**
   * Admits the engine, copies blue's access entries and Pod Identity associations, the settings of a VPC CNI and a CoreDNS that are no
   * EKS add-ons (BENIGN `waiting` until EKS has put its own there), creates node groups like blue's. Identity: client tokens, names. Says whose trust has to name green: absent where no service account names a role, and from earlier versions.
   */
  furnishGreen(input: GreenInput): Promise<Furnished>;
  /**
   * Makes IAM know green's issuer, and each role trust it as it trusts blue's, by statements of our own. Identity: their Sid, the
   * provider's URL. Fails `trust-policy-full`, `access-denied`. Heartbeats.
   */
  extendTrust(input: TrustInput): Promise<Facts>;
  /**
   * Waits (BENIGN `waiting`) until STS gives each of blue's service accounts its role by a token of green, which has its namespaces and
   * service accounts then. Nothing is done with what STS gives. Fails `role-not-assumable`.
   */
  proveRoles(input: TrustInput & GreenInput): Promise<Facts>;
  /** Takes our statements, and green's issuer, out of IAM again; what others wrote stays. Undo. Heartbeats. */
  withdrawTrust(input: TrustInput): Promise<void>;
  /** Waits until every node group of blue has its ready twin and the API server admits us. Fails `nodegroup-failed`. */
  awaitNodegroups(input: GreenInput): Promise<Facts>;

  /**
   * Installs blue's add-ons in the chosen versions. Identity: client token per add-on. Fails `addon-unavailable`, and
   * `addon-configuration` where blue's settings do not fit a chosen version; in both cases before anything is installed.
   */
  installAddons(input: GreenInput): Promise<Facts>;
  /** Waits until all are ACTIVE. Fails `addon-failed`. */
  awaitAddons(input: GreenInput): Promise<void>;
  /**
   * Asks green's add-ons to do their work, by Jobs of the plan's image (`addons.probes`), and takes the Jobs away after their
   * verdict; waits (BENIGN `waiting`) until all are decided. Identity: names and labels by migration and probe. Fails
   * `addon-probe-failed` with the add-on, the probe and its evidence.
   */
  probeAddons(input: GreenInput): Promise<Facts>;

  /** Names green on every route at weight 0 and reads it back. Identity: the rule's own content. */
  attachGreen(input: ResolvedInput): Promise<void>;
  /** Copies the plan's namespaces in green's form. Identity: server-side apply. */
  copyWorkloads(input: GreenInput): Promise<Facts>;
  /**
   * Waits until Deployments are available and green's target groups are healthy in every zone that needs it. Says for how
   * long new targets start slowly. Fails `workload-unavailable` after the plan's time.
   */
  awaitWorkloads(input: GreenInput): Promise<Facts & { readonly slowStartSeconds?: number }>;

  /** Opens a door for a secret header, asks the plan's questions of green, closes the door. Fails `smoke-failed`. Identity: tags. */
  smokeTest(input: ResolvedInput): Promise<Facts>;
  /** Closes doors left behind. Undo. */
  closeSmokeDoors(input: ResolvedInput): Promise<void>;

  /**
   * Can this side carry `percent` of the load on these routes: targets in every zone that needs them, and what stands behind
   * them? And is the guard at its work, where that is asked. Reads only.
   */
  checkAbility(input: AbilityInput): Promise<AbilityFound>;
  /** Waits (BENIGN `waiting`) until the side is able; what a halted run watches. Reads only. */
  awaitAbility(input: AbilityInput): Promise<void>;
  /**
   * Writes green's share on the routes, reads back until it is so. A forward write is not sent late, not before its capsule is
   * written, and not over somebody else's edit, which it returns instead. Fails `capsule-not-written`, `write-not-verified`, `late-write`. */
  setWeights(input: SetWeightsInput): Promise<WeightsReadBack>;
  /**
   * Green to 1 % on all routes and back to blue, timed (I1): how long until every route reads back, and until the last user
   * met green. Leaves green attached at weight 0. Done again from the start by every attempt, unless somebody has taken green off
   * the routes meanwhile: then nothing is written, and the edit returned. Heartbeats.
   */
  rehearseRollback(input: ResolvedInput): Promise<Rehearsal | EditFound>;
  /**
   * Watches routes that were just brought back for as long as a forward write of an abandoned attempt may still land, and
   * brings them back again if one does (I6). Returns how often. Undo. Heartbeats.
   */
  keepOnBlue(input: WeightsInput): Promise<{ readonly reasserted: number }>;
  /** One look at users' requests per colour, at the sample the share needs; one that does not fit looks at the weights, too. Heartbeats. */
  verifyShare(input: ShareInput): Promise<ShareReport>;
  /**
   * Raises the floors of blue's autoscalers to the peak of what was seen (when the migration began, and now: no history of
   * replicas is read) and keeps the nodes under its pods. Identity: what was before, noted on the objects. What somebody else
   * owns is left alone and named.
   */
  holdBlueFloor(input: ResolvedInput): Promise<BlueFloor>;
  /** Gives back what {@link holdBlueFloor} changed, as the objects' own notes say. Undo; also at the end. */
  restoreBlueFloor(input: ResolvedInput): Promise<void>;
  /** Suspends CronJobs and scales the listed Deployments on blue, then releases them on green; both ways idempotent (I7). */
  handOverSingletons(input: GreenInput): Promise<Facts>;
  /** The reverse: held on green first, then released on blue as they were. Undo. */
  returnSingletons(input: GreenInput): Promise<Facts>;

  /**
   * Compares green with blue by the plan's comparisons over closed periods since `since` (I4: too little data is `nodata`). With
   * `recorded`, blue's points are those of an earlier stretch in which it still had users. Reads only.
   */
  judgeStep(input: JudgeInput): Promise<StepJudgement>;

  /**
   * Takes green's targets out, so that connections which outlive weights end within the deregistration delay; waits (BENIGN
   * `waiting`) until the last one is out. Green's bindings of a migration's own go first. Undo.
   */
  shedGreen(input: GreenInput): Promise<void>;

  /** Watches until something is wrong, or until it is cancelled: then it returns its last word. Heartbeats. Stateless: any restart judges the same. */
  guardTraffic(input: GuardInput): Promise<GuardReport>;

  /** Proves that blue has had no request for `drain.quietSeconds` (BENIGN `waiting` until then). */
  proveBlueIdle(input: ResolvedInput): Promise<Facts>;

  /** Takes green off every route, leaving the rules as they were found. Undo. */
  detachGreen(input: ResolvedInput): Promise<void>;
  /**
   * Deletes green's node groups, then green; `waiting` until gone. Only a cluster with this migration's tags, and none that a
   * route leads to: fails `not-idle` until somebody has sent those users elsewhere. Undo.
   */
  deleteGreen(input: ResolvedInput): Promise<void>;

  /** Last look before deletion: weights, requests, identity. Fails `not-idle`, `identity-changed`. Then takes blue off the rules. */
  releaseBlue(input: ResolvedInput): Promise<void>;
  /** Deletes blue's node groups; `waiting` until gone. */
  deleteBlueNodegroups(input: ResolvedInput): Promise<void>;
  /** Deletes blue; `waiting` until gone. */
  deleteBlueCluster(input: ResolvedInput): Promise<void>;

  /** Tells people by every target of the plan; a target that cannot be told does not stop the others. */
  tellPeople(
    input: ActivityInput & {
      readonly notice: Omit<Notice, 'workflowId' | 'migrationId' | 'plan'>;
      readonly plan: string;
    },
  ): Promise<void>;
}
