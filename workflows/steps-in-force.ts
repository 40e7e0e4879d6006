import { nextStep, trafficPlan, type TrafficStep } from '#domain/traffic/traffic-plan.ts';
import type { Run } from './run.ts';

/** The steps of the plan in force. Asked anew after every wait: an amendment may have changed what lies ahead. */
export function stepsOf({ spec }: Run): readonly TrafficStep[] {
  const { traffic, singletons, soak } = spec;
  return trafficPlan(traffic, singletons.handOverAtPercent, soak.keepBluePercent);
}

/** The first step not done, or null at the end. */
export function nextOf(run: Run): TrafficStep | null {
  return nextStep(stepsOf(run), run.state);
}

/** A step that has begun, with the waits that the plan in force gives it. */
export function inForce(run: Run, step: TrafficStep): TrafficStep {
  const { group, percent } = step;
  return stepsOf(run).find((one) => one.group === group && one.percent === percent) ?? step;
}
