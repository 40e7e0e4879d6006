import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Ports } from '#activities/ports/ports.ts';
import { createFakeWorld, type FakeWorld, type FakeWorldOptions } from '#test/fakes/fake-world.ts';
import { forwardOf, percentOf, type FakeRule } from '#test/fakes/fake-rule.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Clusters, load balancers, users and people in memory, on virtual time; and what invariants may see of them. */
export interface WorldView {
  /** By name of the place. */
  readonly routes: () => readonly RouteView[];
  /** Singletons at work, as `Kind namespace/name`. */
  readonly singletonsOn: (side: 'blue' | 'green') => readonly string[];
  /** The rules' actions, as text. */
  readonly rules: () => string;
  /** What keeps blue from shrinking, as text. */
  readonly floors: () => string;
  readonly openDoors: () => number;
  /** Trust policies of roles, and OIDC providers. */
  readonly trust: () => string;
  readonly blueExists: () => boolean;
  readonly greenExists: () => boolean;
  /** Has blue been the same cluster all the time? */
  readonly blueIsOriginal: () => boolean;
}

interface RouteView {
  readonly id: string;
  readonly place: string;
  /** Green's share in percent; null where green is not on the route. */
  readonly greenPercent: number | null;
  readonly weights: readonly number[];
  readonly namesBlue: boolean;
}

export interface SimulatedWorld {
  readonly plan: MigrationPlan;
  readonly ports: Ports;
  readonly fake: FakeWorld;
  readonly view: WorldView;
}

/** With `random` null everything is as the fakes have it by themselves, or as `options` say. */
export function simulatedWorld(
  plan: MigrationPlan,
  time: VirtualTime,
  random: Random | null,
  options: Partial<FakeWorldOptions> = {},
): SimulatedWorld {
  const { ports, world } = createFakeWorld({
    plan,
    clock: time,
    ...options,
    ...(random === null
      ? {}
      : {
          readyAfterLooks: random.whole(0, 3),
          goneAfterLooks: random.whole(0, 3),
          propagationMs: random.pick([0, 500, 4_000]),
        }),
  });
  const routes = plan.spec.traffic.groups.flatMap((group) => group.routes);
  const ruleOf = (index: number): FakeRule => {
    const rule = world.loadBalancer.rules[index];
    if (rule === undefined) throw new Error('every route has a rule');
    return rule;
  };
  const listed = plan.spec.singletons.deployments.map((name) => `Deployment ${name}`);
  const isSingleton = (object: string): boolean =>
    listed.includes(object) ||
    (plan.spec.singletons.cronJobs === 'all' && object.startsWith('CronJob '));
  const { createdAt } = world.blue;
  const blueNow = (): { readonly createdAt: string } | undefined =>
    [...world.eks.clusters.values()].find(({ name }) => name === plan.spec.blue.cluster);
  return {
    plan,
    ports,
    fake: world,
    view: {
      routes: () =>
        routes.map(({ id }, index) => {
          const rule = ruleOf(index);
          const groups = forwardOf(rule);
          return {
            id,
            place: nameOfPlace(rule.place),
            greenPercent: percentOf(rule),
            weights: groups.map(({ weight }) => weight),
            namesBlue: groups.some(({ arn }) => arn === rule.blueTargetGroupArn),
          };
        }),
      singletonsOn: (side) =>
        (side === 'blue' ? world.blueKubernetes : world.greenKubernetes)
          .running()
          .filter(isSingleton),
      rules: () => JSON.stringify(world.loadBalancer.rules.map(({ actions }) => actions)),
      floors: () =>
        JSON.stringify(
          ['horizontalpodautoscalers', 'nodes']
            .flatMap((plural) => world.blueKubernetes.all(plural))
            .map(({ metadata, spec }) => [metadata.name, metadata.annotations ?? {}, spec ?? {}]),
        ),
      trust: () => JSON.stringify([...world.iam.roles, ...world.iam.providers.keys()]),
      openDoors: () => world.loadBalancer.doors.length,
      blueExists: () => blueNow() !== undefined,
      greenExists: () => world.green !== null,
      blueIsOriginal: () => (blueNow()?.createdAt ?? createdAt) === createdAt,
    },
  };
}
