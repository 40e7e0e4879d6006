import { routeCommands, shellWord } from '#domain/capsule/capsule-commands.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { isAccepted, type Capsule, type CapsuleRoute } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { workflowIdOf } from '#domain/identity.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { OrphanSearch, SplitRoute } from '#domain/capsule/orphans.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import { blueRef, placesOf, plannedRouteRef, plannedRoutes } from '#activities/access.ts';
import type { CapsuleCalls, FoundCapsule } from '#activities/ports/capsules.ts';
import type { Ports } from '#activities/ports/ports.ts';

/**
 * Looks for weights that are split: the routes of every capsule in a place, and those of a plan. Reads only; what cannot be read
 * is said and never taken as fine.
 */
export async function findOrphans(
  tools: {
    readonly ports: Pick<Ports, 'clusters' | 'router'>;
    readonly calls: CapsuleCalls;
  },
  sources: { readonly capsules: readonly FoundCapsule[]; readonly plan: MigrationPlan | null },
  signal: AbortSignal,
): Promise<OrphanSearch> {
  const looks = await Promise.all([
    ...sources.capsules.map((capsule) => lookAtCapsule(tools.calls, capsule, signal)),
    ...(sources.plan === null ? [] : [lookAtPlan(tools.ports, sources.plan, signal)]),
  ]);
  const found = looks.flatMap(({ split }) => split);
  return {
    looked: {
      capsules: sources.capsules.length,
      routes: looks.reduce((sum, { routes }) => sum + routes, 0),
    },
    split: found.filter((one) => !isTold(one, found)),
    unreadable: looks.flatMap(({ unreadable }) => unreadable),
  };
}

interface Look {
  readonly routes: number;
  readonly split: readonly SplitRoute[];
  readonly unreadable: readonly string[];
}

/** A route that its capsule speaks of is not told again because the plan names it too. */
function isTold(one: SplitRoute, all: readonly SplitRoute[]): boolean {
  return (
    one.source === 'plan' &&
    all.some(({ source, resource }) => source !== 'plan' && resource === one.resource)
  );
}

async function lookAtCapsule(
  calls: CapsuleCalls,
  { source, text }: FoundCapsule,
  signal: AbortSignal,
): Promise<Look> {
  const parsed = parseCapsule(text);
  if (!parsed.ok)
    return { routes: 0, split: [], unreadable: [`${source}: ${parsed.problems.join('; ')}`] };
  const { capsule } = parsed;
  const looks = await Promise.all(
    capsule.routes.map((route) => lookAtRoute(calls, source, capsule, route, signal)),
  );
  return joined(looks);
}

async function lookAtRoute(
  calls: CapsuleCalls,
  source: string,
  { workflowId }: Capsule,
  route: CapsuleRoute,
  signal: AbortSignal,
): Promise<Look> {
  const { id, resource, access, wayBack } = route;
  return orUnreadable(`${source}, route ${id}`, signal, async () => {
    for (const readBack of wayBack.readBack) {
      if (isAccepted(readBack, await calls.send(readBack.ask, access, signal))) continue;
      const commands = [`cutover rollback --break-glass ${shellWord(source)}`];
      return { workflowId, id, resource, greenPercent: null, source, commands };
    }
    return null;
  });
}

async function lookAtPlan(
  { clusters, router }: Pick<Ports, 'clusters' | 'router'>,
  { spec }: MigrationPlan,
  signal: AbortSignal,
): Promise<Look> {
  const { access, name } = blueRef(spec);
  const workflowId = workflowIdOf({ ...access, cluster: name });
  const looks = await Promise.all(
    plannedRoutes(spec).map(({ route }) =>
      orUnreadable(`plan, route ${route.id}`, signal, async () => {
        const blue = await clusters.describe(blueRef(spec), signal);
        if (blue === null)
          throw new CutoverFailure('not-found', 'blue is not there', { resource: name });
        const planned = plannedRouteRef({ spec, resolved: { blue } }, route);
        const { place, blueTargetGroupArn, greenTargetGroupArn } = await router.describe(
          planned,
          signal,
        );
        const ref = {
          ...place,
          ...placesOf(spec),
          id: route.id,
          blue: planned.blue,
          blueTargetGroupArn,
          greenTargetGroupArn,
        };
        const greenPercent = await router.readGreenPercent(ref, signal);
        if (greenPercent === null || greenPercent <= 0 || greenPercent >= 100) return null;
        const resource = nameOfPlace(place);
        const wayBack = await router.wayBack(ref, signal);
        const commands = routeCommands({ id: route.id, resource, access: ref.access, wayBack });
        return { workflowId, id: route.id, resource, greenPercent, source: 'plan', commands };
      }),
    ),
  );
  return joined(looks);
}

function joined(looks: readonly Look[]): Look {
  return {
    routes: looks.reduce((sum, { routes }) => sum + routes, 0),
    split: looks.flatMap(({ split }) => split),
    unreadable: looks.flatMap(({ unreadable }) => unreadable),
  };
}

async function orUnreadable(
  what: string,
  signal: AbortSignal,
  look: () => Promise<SplitRoute | null>,
): Promise<Look> {
  try {
    const split = await look();
    return { routes: 1, split: split === null ? [] : [split], unreadable: [] };
  } catch (cause) {
    signal.throwIfAborted();
    if (!(cause instanceof CutoverFailure)) throw cause;
    return { routes: 1, split: [], unreadable: [`${what}: ${cause.message}`] };
  }
}
