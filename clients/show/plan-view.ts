/**
 * What a plan will do, as a value: computed from the plan alone, before anything is asked of AWS or Temporal. `cutover
 * plan` prints it; JSON-stable. Uses the very functions the workflow uses (traffic steps, rollback actions), so that
 * what is shown is what will be done.
 */
import {
  rowOf,
  type AddonMatrix,
  type AddonVersion,
  type MatrixRow,
} from '#domain/addon-matrix/addon-matrix.ts';
import { assertNever } from '#domain/assert-never.ts';
import { capsuleKey } from '#domain/capsule/capsule-key.ts';
import { judgedComparisons } from '#domain/guard/judged-stretch.ts';
import { detectionOf, type Detection } from '#domain/guard/detection.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { ALIAS_TTL_SECONDS } from '#domain/traffic/dns-speed.ts';
import {
  PHASES,
  PHASE_SENTENCES,
  type GateName,
  type PhaseName,
} from '#domain/migration/phases.ts';
import { describeAction, type RollbackAction } from '#domain/migration/rollback-plan.ts';
import { trafficPlan, type TrafficStep } from '#domain/traffic/traffic-plan.ts';
import { planDigest, workflowIdOfPlan } from '../migrations/plan-identity.ts';
import { GATE_BEFORE } from './gate-before.ts';
import { wayText } from './way-text.ts';

export interface PlanView {
  readonly plan: string;
  readonly workflowId: string;
  readonly planDigest: string;
  readonly account: string;
  readonly region: string;
  readonly blue: string;
  readonly green: {
    readonly cluster: string;
    readonly version: string;
    readonly with: string;
    /** How it is made, in words. */
    readonly made: string;
  };
  /** How green's add-ons are chosen and tested, and which versions were tried on green's version before. */
  readonly addons: {
    readonly choose: 'default' | 'latest';
    /** Chosen by hand; `row` null: not certified. */
    readonly pinned: readonly (AddonVersion & { readonly row: MatrixRow | null })[];
    /** Of the matrix, on green's version; null where there is no matrix. */
    readonly certified: readonly MatrixRow[] | null;
    /** Image of the probes; null: none are made. */
    readonly probesIn: string | null;
  };
  /** The whole story in order, the gates among the phases. */
  readonly story: readonly (
    | { readonly kind: 'phase'; readonly name: PhaseName; readonly does: string }
    | ({
        readonly kind: 'gate';
        readonly name: GateName;
      } & MigrationPlan['spec']['gates'][GateName])
  )[];
  /** `judged`: which comparisons the bake lets the judge make; none: the step is guarded, not judged. */
  readonly steps: readonly (TrafficStep & { readonly judged: readonly string[] })[];
  readonly guardrails: MigrationPlan['spec']['analysis']['guardrails'];
  /** How long each of them may take at worst, in their order, and how long a user may meet what it is there to stop. */
  readonly detection: readonly (Detection & { readonly exposureSeconds: number })[];
  readonly compare: MigrationPlan['spec']['analysis']['compare'];
  readonly promise: MigrationPlan['spec']['traffic']['promise'];
  /** Routes whose users follow at the speed of DNS; `ttlSeconds` null: as the record says, seen at preflight. */
  readonly byDns: readonly {
    readonly routeId: string;
    readonly name: string;
    readonly ttlSeconds: number | null;
  }[];
  readonly soakSeconds: number;
  readonly quietSeconds: number;
  /** Bakes, soak and the proof of idleness: the least time it takes, without provisioning and people. */
  readonly leastWaitSeconds: number;
  /** What a rollback leaves of green. */
  readonly greenAfterRollback: 'keep' | 'delete';
  /** Where the rollback is written down before each step, in words; what is there is what `--break-glass` takes. */
  readonly capsule: string;
  /** What a rollback requested in these phases does, in order. Empty: there is nothing to undo. */
  readonly rollback: readonly {
    readonly during: readonly PhaseName[];
    readonly does: readonly string[];
  }[];
}

/** The view of a checked plan. @param matrix of certified add-ons; null where there is none */
export function planView(plan: MigrationPlan, matrix: AddonMatrix | null = null): PlanView {
  const { spec } = plan;
  const steps = trafficPlan(
    spec.traffic,
    spec.singletons.handOverAtPercent,
    spec.soak.keepBluePercent,
  );
  const access = spec.access.blue ?? spec.access.default;
  return {
    plan: plan.metadata.name,
    workflowId: workflowIdOfPlan(plan),
    planDigest: planDigest(plan),
    account: access.account,
    region: access.region,
    blue: spec.blue.cluster,
    green: {
      cluster: spec.green.cluster,
      version: spec.green.version,
      with: spec.green.provision.with,
      made: wayText(spec.green.provision),
    },
    addons: addonsOf(plan, matrix),
    story: storyOf(plan),
    steps: steps.map((step) => ({
      ...step,
      judged: judgedComparisons(spec.analysis, step.bakeSeconds).map(
        ({ metric, from }) => `${metric} from ${from}`,
      ),
    })),
    guardrails: spec.analysis.guardrails,
    detection: spec.analysis.guardrails.map((guardrail) => {
      const detection = detectionOf(guardrail, spec.analysis);
      const { rollbackWithinSeconds } = spec.traffic.promise;
      return { ...detection, exposureSeconds: detection.withinSeconds + rollbackWithinSeconds };
    }),
    compare: spec.analysis.compare,
    promise: spec.traffic.promise,
    byDns: byDnsOf(plan),
    soakSeconds: spec.soak.forSeconds,
    quietSeconds: spec.drain.quietSeconds,
    leastWaitSeconds:
      steps.reduce((sum, step) => sum + step.bakeSeconds, 0) +
      spec.soak.forSeconds +
      spec.drain.quietSeconds,
    greenAfterRollback: spec.rollback.green,
    capsule: placeOfCapsule(plan),
    rollback: rollbacksOf(plan),
  };
}

function addonsOf({ spec }: MigrationPlan, matrix: AddonMatrix | null): PlanView['addons'] {
  const { version: kubernetes } = spec.green;
  const pinned = Object.entries(spec.addons.pinned).map(([addon, version]) => ({ addon, version }));
  return {
    choose: spec.addons.choose,
    pinned: pinned.map((one) => ({ ...one, row: rowOf(matrix ?? { rows: [] }, kubernetes, one) })),
    certified: matrix?.rows.filter((row) => row.kubernetes === kubernetes) ?? null,
    probesIn: spec.addons.probes?.image ?? null,
  };
}

function byDnsOf({ spec }: MigrationPlan): PlanView['byDns'] {
  const routes = spec.traffic.groups.flatMap((group) => group.routes);
  return routes.flatMap((route) => {
    if (route.with !== 'route53') return [];
    const { id: routeId, recordName, recordType } = route;
    const ttlSeconds = recordType === 'CNAME' ? null : ALIAS_TTL_SECONDS;
    return [{ routeId, name: recordName, ttlSeconds }];
  });
}

function storyOf(plan: MigrationPlan): PlanView['story'] {
  return PHASES.flatMap((name): PlanView['story'] => {
    const gate = GATE_BEFORE[name];
    const phase = { kind: 'phase', name, does: PHASE_SENTENCES[name] } as const;
    return gate === undefined
      ? [phase]
      : [{ kind: 'gate', name: gate, ...plan.spec.gates[gate] }, phase];
  });
}

function rollbacksOf(plan: MigrationPlan): PlanView['rollback'] {
  const { spec } = plan;
  const routeIds = spec.traffic.groups.flatMap((group) => group.routes.map((route) => route.id));
  const green: readonly RollbackAction[] =
    spec.rollback.green === 'delete' ? [{ kind: 'delete-green' }] : [];
  const detach: RollbackAction = { kind: 'detach-green', routeIds };
  const smokeRules = routeIds.map((routeId): RollbackAction => ({
    kind: 'remove-smoke-rule',
    routeId,
  }));
  const back: readonly RollbackAction[] = [
    { kind: 'weights-to-blue', routeIds },
    ...(hasSingletons(plan) ? [{ kind: 'return-singletons' } as const] : []),
    { kind: 'shed-green' },
  ];
  const rows: readonly [readonly PhaseName[], readonly RollbackAction[]][] = [
    [['preflight'], []],
    [['provision', 'addons', 'policies', 'secrets'], green],
    [['workloads'], [detach, ...green]],
    [['smoke'], [...smokeRules, detach, ...green]],
    [
      ['shift', 'soak', 'front-door', 'drain'],
      [...back, detach, { kind: 'restore-blue-floor' }, ...green],
    ],
  ];
  return rows.map(([during, actions]) => ({ during, does: actions.map(describeAction) }));
}

function hasSingletons(plan: MigrationPlan): boolean {
  const { cronJobs, deployments } = plan.spec.singletons;
  return cronJobs === 'all' || deployments.length > 0;
}

function placeOfCapsule(plan: MigrationPlan): string {
  const { capsule } = plan.spec.rollback;
  switch (capsule?.with) {
    case 'ssm':
      return `ssm:${capsule.prefix}/${workflowIdOfPlan(plan)}`;
    case 's3':
      return `s3://${capsule.bucket}/${capsuleKey(capsule, workflowIdOfPlan(plan))}`;
    case 'file':
    case undefined:
      return capsule?.directory ?? 'the worker’s own directory (CUTOVER_CAPSULES)';
    default:
      return assertNever(capsule);
  }
}
