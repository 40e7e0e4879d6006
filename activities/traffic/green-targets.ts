import { accessOf } from '#activities/access.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';

/** Healthy targets of green on each route, in the order of the routes; for whoever watches or waits for all of them. */
export async function healthyOnGreen(
  { ports }: Tools,
  { spec, resolved }: ResolvedInput,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const access = accessOf(spec, 'loadBalancer');
  const counts = await Promise.all(
    resolved.routes.map(async ({ greenTargetGroupArn }) =>
      ports.targetGroups.readHealth(access, greenTargetGroupArn, signal),
    ),
  );
  return counts.map(({ healthy }) => healthy);
}
