import { assertNever } from '#domain/assert-never.ts';
import type { Capsule, CapsuleRoute } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { ResolvedRoute } from '#domain/migration/resolved.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import { accessOf, routeRef } from '#activities/access.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { ActivityInput, ResolvedInput } from '#activities/contract.ts';
import type { CapsulePlace } from '#activities/ports/capsules.ts';
import type { RouteRef } from '#activities/ports/traffic-router.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * The capsule of a migration, written before each forward write and with it (I1): whatever dies afterwards, the way back of
 * every route is where the plan wants it. A write that fails stops the forward write.
 */
export async function writeCapsule(
  tools: Tools,
  input: ResolvedInput,
  change: { readonly routes: readonly ResolvedRoute[]; readonly percent: number },
  { signal }: Pick<ActivityRun, 'signal'>,
): Promise<void> {
  const capsule = await capsuleNow(tools, input, change, signal);
  await tools.ports.capsules.write(capsulePlace(input.spec), capsule, signal);
}

/**
 * Why no capsule can be written at the plan's place, or null: tried with the capsule of now under a name of its own, which is
 * taken away again. A migration that only learns of it at its first weight has kept people waiting for nothing.
 */
export async function whyNoCapsule(
  tools: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<string | null> {
  const { capsules } = tools.ports;
  const place = capsulePlace(input.spec);
  const capsule = await capsuleNow(tools, input, { routes: [], percent: 0 }, signal);
  const workflowId = `preflight/${capsule.workflowId}`;
  try {
    await capsules.write(place, { ...capsule, workflowId }, signal);
    await capsules.remove(place, workflowId, signal);
    return null;
  } catch (cause) {
    if (cause instanceof CutoverFailure && cause.type === 'capsule-not-written')
      return cause.message;
    throw cause;
  }
}

async function capsuleNow(
  tools: Tools,
  input: ResolvedInput,
  change: { readonly routes: readonly ResolvedRoute[]; readonly percent: number },
  signal: AbortSignal,
): Promise<Capsule> {
  const { ports } = tools;
  const moving = new Set(change.routes.map(({ id }) => id));
  const routes = await Promise.all(
    input.resolved.routes.map(async (route): Promise<CapsuleRoute> => {
      const ref = routeRef(input, route);
      const [wayBack, greenPercent] = await Promise.all([
        ports.router.wayBack(ref, signal),
        moving.has(route.id) ? change.percent : shareOf(tools, ref, signal),
      ]);
      return {
        id: route.id,
        resource: nameOfPlace(ref),
        greenPercent,
        ...placeOfCalls(ref),
        wayBack,
      };
    }),
  );
  return {
    schema: 1,
    ...input.ref,
    writtenAt: new Date(ports.clock.nowMs()).toISOString(),
    routes,
  };
}

/** Whose account the calls go to, and blue's target group where that account can be asked for its health too. */
function placeOfCalls(ref: RouteRef): Pick<CapsuleRoute, 'access' | 'blueTargetGroupArn'> {
  const { access, blueTargetGroupArn } = ref;
  if (ref.with !== 'route53' || ref.dns === undefined) return { access, blueTargetGroupArn };
  const isOneAccount = ref.dns.account === access.account;
  return { access: ref.dns, blueTargetGroupArn: isOneAccount ? blueTargetGroupArn : null };
}

/** Where the plan keeps capsules; plans of before there were any use the worker's directory. */
export function capsulePlace(spec: ActivityInput['spec']): CapsulePlace {
  const { capsule = { with: 'file' } } = spec.rollback;
  const access = accessOf(spec, 'loadBalancer');
  switch (capsule.with) {
    case 'file':
      return { with: 'file', directory: capsule.directory ?? null };
    case 'ssm':
      return { with: 'ssm', prefix: capsule.prefix, access };
    case 's3': {
      const { bucket, prefix, region = access.region } = capsule;
      return { with: 's3', bucket, prefix, access: { ...access, region } };
    }
    default:
      return assertNever(capsule);
  }
}

/** Null where it cannot be read: the way back does not depend on it. */
async function shareOf(
  { ports }: Tools,
  ref: RouteRef,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    return (await ports.router.readGreenPercent(ref, signal)) ?? 0;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
