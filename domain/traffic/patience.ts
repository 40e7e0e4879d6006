/** Six bakes: a step that hears a sixth of its usual traffic is still proven without people. */
const PATIENCE_BAKES = 6;
/** However short a bake, sources are late: ALB metrics need four minutes to show one. */
const LEAST_PATIENCE_SECONDS = 300;

/** How long a step may wait for enough requests where the plan does not say (`bakeAtMost`). */
export function patienceSeconds(bakeSeconds: number): number {
  return Math.max(bakeSeconds * PATIENCE_BAKES, LEAST_PATIENCE_SECONDS);
}
