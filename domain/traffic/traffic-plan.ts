import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState, StepRecord } from '#domain/migration/migration-state.ts';

/**
 * The weights to come, as a value: group after group in the plan's order, each group's routes together, step by
 * step. `plan` prints it, the shift walks it, and the next step is read off the state, so a run that moved to a new
 * execution goes on at the first step not done.
 */
export interface TrafficStep {
  /** Position over all groups, from 0; moves when steps before it are amended. */
  readonly index: number;
  readonly group: string;
  readonly routeIds: readonly string[];
  /** Green's share in percent, as the plan names the step. */
  readonly percent: number;
  /** The share that is written: as `percent`, but blue keeps what the plan keeps for it until the soak is over. */
  readonly weightPercent: number;
  readonly bakeSeconds: number;
  /** How long the step may wait for enough requests before people are asked. */
  readonly bakeAtMostSeconds: number;
  /** Hand the singletons over once this step's traffic is proven. */
  readonly handOver: boolean;
}

/** What a step gives green while blue keeps its share, both in percent. */
export function weightOf(percent: number, keepBluePercent: number): number {
  return Math.min(percent, 100 - keepBluePercent);
}

/**
 * All steps of a plan.
 *
 * @param keepBluePercent `soak.keepBlue`: the last step leaves blue so much until the soak is over
 */
export function trafficPlan(
  traffic: MigrationPlan['spec']['traffic'],
  handOverAtPercent: number,
  keepBluePercent = 0,
): readonly TrafficStep[] {
  const steps = traffic.groups.flatMap((group) =>
    group.steps.map((percent) => ({
      group: group.name,
      routeIds: group.routes.map((route) => route.id),
      percent,
      weightPercent: weightOf(percent, keepBluePercent),
      bakeSeconds: group.bakeSeconds,
      bakeAtMostSeconds: group.bakeAtMostSeconds,
    })),
  );
  // Singletons serve every group, so they move with the last one.
  const lastGroup = traffic.groups.at(-1)?.name;
  const handOverIndex = steps.findIndex(
    (step) => step.group === lastGroup && step.percent >= handOverAtPercent,
  );
  return steps.map((step, index) => ({ ...step, index, handOver: index === handOverIndex }));
}

/** The first step not done, or null at the end. */
export function nextStep(steps: readonly TrafficStep[], state: MigrationState): TrafficStep | null {
  return steps.find((step) => (recordOf(state, step)?.doneAt ?? null) === null) ?? null;
}

/**
 * What was recorded of a step. It is known by its group and weight, never by its position: an amendment may put steps before
 * others, but a weight comes once in its group.
 */
export function recordOf(
  state: MigrationState,
  step: Pick<TrafficStep, 'group' | 'percent'>,
): StepRecord | undefined {
  return state.steps.find((record) => isOf(record, step));
}

/** The weights that a group has begun, in percent, lowest first; they are facts, whatever the plan becomes. */
export function stepsBegun(state: MigrationState, group: string): readonly number[] {
  return state.steps.filter((record) => record.group === group).map(({ percent }) => percent);
}

/** The step's record with a change applied; a step that begins gets its record first. */
export function withStep(
  state: MigrationState,
  step: TrafficStep,
  at: string,
  change: Partial<StepRecord>,
): MigrationState {
  const known = recordOf(state, step);
  const before: StepRecord = known ?? {
    group: step.group,
    percent: step.percent,
    startedAt: at,
    bakedSeconds: 0,
    observedPercent: null,
    requests: null,
    doneAt: null,
  };
  const changed = { ...before, ...change };
  return {
    ...state,
    steps:
      known === undefined
        ? [...state.steps, changed]
        : state.steps.map((record) => (record === known ? changed : record)),
  };
}

function isOf(record: StepRecord, step: Pick<TrafficStep, 'group' | 'percent'>): boolean {
  return record.group === step.group && record.percent === step.percent;
}

/** Green's greatest intended share over all routes, in percent; what the UI shows. */
export function greenWeightPercent(state: MigrationState): number {
  return Math.max(0, ...Object.values(state.weights).map((weight) => weight.intended));
}

/** Could green have users now? Counts what was intended, read back or seen: any of them is enough. */
export function greenMayHaveUsers(state: MigrationState): boolean {
  return Object.values(state.weights).some(
    (weight) => weight.intended > 0 || (weight.readBack ?? 0) > 0 || (weight.observed ?? 0) > 0,
  );
}
