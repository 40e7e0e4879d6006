import { judgeAbility, type Ability } from '#domain/ability.ts';
import { accessOf, routesOf } from './access.ts';
import { thisRun } from './activity-run.ts';
import type { MigrationActivities, WeightsInput } from './contract.ts';
import type { Tools } from './tools.ts';

/** Asked before traffic moves, either way (I3): is the receiving side able? Reads only. */
export function ability(tools: Tools): Pick<MigrationActivities, 'checkAbility' | 'awaitAbility'> {
  return {
    checkAbility: async (input) => readAbility(tools, input, thisRun(tools).signal),

    awaitAbility: async (input) => {
      const run = thisRun(tools);
      const { able, reasons } = await readAbility(tools, input, run.signal);
      if (!able) throw run.waiting(reasons.join('; '), input.routeIds.join(', '));
    },
  };
}

/** Fresh target health of one side against blue's baseline. */
export async function readAbility(
  { ports }: Tools,
  input: WeightsInput & { readonly side: 'blue' | 'green' },
  signal: AbortSignal,
): Promise<Ability> {
  const { spec, resolved, routeIds, side, percent } = input;
  const access = accessOf(spec, 'loadBalancer');
  const readings = await Promise.all(
    routesOf(resolved, routeIds).map(async (route) => {
      const arn = side === 'blue' ? route.blueTargetGroupArn : route.greenTargetGroupArn;
      const { healthy } = await ports.targetGroups.readHealth(access, arn, signal);
      const baselineTargets = resolved.baseline.healthyTargets[route.id] ?? 0;
      return { side, routeId: route.id, healthyTargets: healthy, baselineTargets, percent };
    }),
  );
  return judgeAbility(readings);
}
