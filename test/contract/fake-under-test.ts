/** The in-memory world, as the contracts want each of its ports. */
import type { PlannedRouteRef, RouteRef } from '#activities/ports/traffic-router.ts';
import { fakeCapsuleCalls } from '#test/fakes/fake-way-back.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import {
  blueTargetGroupOf,
  gatewayPlaceOf,
  namePlaceOf,
  placeOfIngress,
  type PlannedRoute,
} from '#test/fakes/fake-places.ts';
import { fakePlan, fakeRoute } from '#test/fakes/fake-plan.ts';
import { assertNever } from '#domain/assert-never.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { DoorUnderTest } from './smoke-door.contract.ts';
import type { TargetGroupsUnderTest } from './target-groups.contract.ts';
import type { RouterUnderTest } from './traffic-router.contract.ts';

const { signal } = new AbortController();
const nothing = async (): Promise<void> => undefined;

/** One route of any kind in a world of its own. */
export async function fakeRouterUnderTest(
  planned: PlannedRoute = fakeRoute('web'),
): Promise<RouterUnderTest> {
  const { traffic } = fakePlan().spec;
  const groups = traffic.groups.map((group) => ({ ...group, routes: [planned] }));
  const { ports, world } = createFakeWorld({ plan: fakePlan({ traffic: { ...traffic, groups } }) });
  const route = routeOf(world.plan, planned);
  return {
    router: ports.router,
    route,
    missing: routeOf(world.plan, elsewhere(planned)),
    calls: fakeCapsuleCalls(world.loadBalancer),
    rule: async () =>
      JSON.stringify(world.loadBalancer.ruleOfBlue(route.blueTargetGroupArn).actions),
    stick: async (seconds) => {
      world.loadBalancer.stick(route.blueTargetGroupArn, seconds);
    },
    foreignEdit: async () => {
      world.loadBalancer.meddle(route.blueTargetGroupArn, [
        { arn: route.greenTargetGroupArn, weight: 1 },
        { arn: `${route.greenTargetGroupArn}0`, weight: 1 },
      ]);
    },
    nowMs: () => ports.clock.nowMs(),
    stop: nothing,
  };
}

export async function fakeDoorUnderTest(): Promise<DoorUnderTest> {
  const { ports, world } = createFakeWorld();
  const route = routeOf(world.plan);
  const { before } = await ports.router.describe(route, signal);
  await ports.router.attach(route, before, signal);
  world.setHealthyTargets('blue', 1);
  world.setHealthyTargets('green', 1);
  world.loadBalancer.answers.set('green /', 201);
  const { frontDoorUrl } = world.loadBalancer.ruleOfBlue(route.blueTargetGroupArn);
  return {
    door: ports.smokeDoor,
    route,
    ask: async (headers) => {
      const { status } = await ports.httpProbe.get(
        `${frontDoorUrl}/`,
        { headers, timeoutMs: 1000 },
        signal,
      );
      return status === 201 ? 'green' : status === 200 ? 'blue' : 'nobody';
    },
    rules: async () => JSON.stringify([world.loadBalancer.rules, world.loadBalancer.doors]),
    stop: nothing,
  };
}

export async function fakeTargetGroupsUnderTest(): Promise<TargetGroupsUnderTest> {
  const { ports, world } = createFakeWorld();
  const route = routeOf(world.plan);
  world.setHealthyTargets('blue', 3);
  return {
    targetGroups: ports.targetGroups,
    access: route.access,
    inUse: { arn: route.blueTargetGroupArn, targets: 3 },
    unused: { arn: route.greenTargetGroupArn },
    loadBalancerArn: world.loadBalancer.ruleOfBlue(route.blueTargetGroupArn).loadBalancerArn,
    release: async () => {
      world.loadBalancer.healthyByHand.clear();
      world.loadBalancer.leaving.set(route.blueTargetGroupArn, 3);
      world.blueKubernetes.remove('targetgroupbindings', 'shop', 'web');
    },
    crossZones: async (crosses) => {
      world.loadBalancer.crossesZones = crosses;
    },
    stop: nothing,
  };
}

function routeOf(
  { spec }: MigrationPlan,
  planned: PlannedRoute = fakeRoute('web'),
): RouteRef & PlannedRouteRef {
  const access = spec.access.default;
  const arn = 'arn:aws:eks:eu-west-1:111122223333:cluster/shop-blue';
  const blue = { access, name: spec.blue.cluster, arn, createdAt: '2026-01-01T00:00:00.000Z' };
  switch (planned.with) {
    case 'alb':
      return { ...planned, access, blue };
    case 'nlb':
      return { ...planned, access, blue };
    case 'ingress': {
      const blueTargetGroupArn = blueTargetGroupOf(planned);
      const { backend, loadBalancerArn, rules } = placeOfIngress(planned);
      return { ...planned, backend, loadBalancerArn, rules, blueTargetGroupArn, access, blue };
    }
    case 'route53':
      return { ...planned, ...namePlaceOf(planned), access, blue };
    case 'gateway':
      return { ...planned, ...gatewayPlaceOf(planned), access, blue };
    default:
      return assertNever(planned);
  }
}

/** The same route at a place where nothing is. */
function elsewhere(planned: PlannedRoute): PlannedRoute {
  switch (planned.with) {
    case 'alb':
      return { ...planned, ruleArn: `${planned.ruleArn.slice(0, -4)}dead` };
    case 'ingress':
      return { ...planned, ingress: `${planned.ingress}-dead` };
    case 'nlb':
      return { ...planned, listenerArn: `${planned.listenerArn.slice(0, -4)}dead` };
    case 'route53':
      return { ...planned, recordName: `dead.${planned.recordName}` };
    case 'gateway':
      return { ...planned, httpRoute: `${planned.httpRoute}-dead` };
    default:
      return assertNever(planned);
  }
}
