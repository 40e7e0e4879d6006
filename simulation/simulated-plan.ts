import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { FAKE_PROBED_ADDONS, fakePlan, fakeRoute } from '#test/fakes/fake-plan.ts';
import type { Random } from './random.ts';

/**
 * A plan as people write them, with times that are short but in proportion to production's own, so that guards look often
 * enough and not too often. What may differ between plans differs between seeds.
 */
type Spec = MigrationPlan['spec'];

const PERIOD_SECONDS = 10;

const ERROR_RATE: Spec['analysis']['compare'][number] = {
  metric: 'error-rate',
  from: 'app',
  direction: 'increase',
  tolerance: 0.25,
  critical: true,
};

export function simulatedPlan(random: Random): MigrationPlan {
  const spec = fakePlan().spec;
  const compares = random.chance(0.35);
  const groups = groupsOf(random, compares);
  const keepBluePercent = random.chance(0.2) ? 10 : 0;
  return fakePlan({
    // Most of them, by what is drawn anyway: another draw would tell every known seed another story.
    ...(keepBluePercent === 0 ? { addons: FAKE_PROBED_ADDONS } : {}),
    traffic: { promise: { rollbackWithinSeconds: 60, shedWithinSeconds: 300 }, groups },
    workloads: { ...spec.workloads, availableWithinSeconds: 600 },
    singletons: {
      handOverAtPercent: random.pick([100, 100, 50]),
      cronJobs: random.pick(['all', 'all', 'none']),
      deployments: ['shop/queue-worker'],
    },
    analysis: {
      ...spec.analysis,
      intervalSeconds: PERIOD_SECONDS,
      sources: {
        app: {
          with: 'cloudwatch',
          namespace: 'Shop',
          dimension: 'Cluster',
          metrics: { requests: 'Requests', errors: 'Errors', latency: 'Latency' },
          periodSeconds: PERIOD_SECONDS,
          latenessSeconds: random.pick([0, 2, 5]),
        },
        alb: { with: 'cloudwatch-alb', periodSeconds: 60, latenessSeconds: 180 },
      },
      missingDataSeconds: 60,
      compare: compares ? [ERROR_RATE] : [],
    },
    gates: {
      shift: { ...spec.gates.shift, ...gate(random), expiresSeconds: 3_600, onExpiry: 'reject' },
      retire: {
        ...spec.gates.retire,
        ...gate(random),
        expiresSeconds: 900,
        onExpiry: random.pick(['hold', 'hold', 'roll-back', 'reject']),
      },
    },
    soak: { forSeconds: random.whole(30, 120), keepBluePercent },
    drain: { quietSeconds: 30 },
    rollback: { green: random.pick(['keep', 'delete']) },
  });
}

function gate(random: Random): Pick<Spec['gates']['shift'], 'quorum' | 'notRequester'> {
  return { quorum: random.pick([1, 1, 2]), notRequester: random.chance(0.5) };
}

function groupsOf(random: Random, compares: boolean): Spec['traffic']['groups'] {
  const group = (
    name: string,
    steps: readonly number[],
    routeIds: readonly string[],
  ): Spec['traffic']['groups'][number] => ({
    name,
    steps: [...steps],
    // The judge wants periods to compare.
    bakeSeconds: compares ? random.whole(90, 130) : random.whole(15, 60),
    bakeAtMostSeconds: 600,
    routes: routeIds.map(fakeRoute),
  });
  return random.pick([
    () => [group('storefront', [1, 2, 5, 10, 25, 50, 75, 90, 100], ['web'])],
    () => [group('storefront', [1, 5, 10, 25, 50, 75, 100], ['web', 'api'])],
    () => [
      group('storefront', compares ? [1, 5, 25, 50, 100] : [1, 5, 10, 25, 50, 100], ['web', 'api']),
      group('office', compares ? [10, 50, 100] : [1, 5, 10, 25, 50, 100], ['admin']),
    ],
  ])();
}
