/**
 * Migration states for domain tests: a fresh one with only the fields a test cares about, the standard gates, and
 * generators of states such as a run can reach.
 */
import * as fc from 'fast-check';
import type { Message } from '#domain/migration/messages.ts';
import {
  newMigration,
  type EffectKey,
  type EffectRecord,
  type GateRecord,
  type MigrationState,
  type RouteWeight,
} from '#domain/migration/migration-state.ts';
import type { Resolved, ResolvedRoute } from '#domain/migration/resolved.ts';
import { planWith, rightPlan } from './plan/plan-builder.ts';

export const AT = '2026-11-22T14:00:00.000Z';
export const LATER = '2026-11-22T14:05:00.000Z';

/** The smallest plan: two approvals for retire, none of them the requester's; one for shift. */
export const SPEC = rightPlan(planWith({})).spec;

/** A migration that has done nothing yet, with these changes. */
export function stateWith(changes: Partial<MigrationState> = {}): MigrationState {
  return {
    ...newMigration({
      workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
      migrationId: '0123456789ab',
      planName: 'shop-eu-1-36',
      planDigest: 'd1ge57',
      requestedBy: 'robin',
      at: AT,
    }),
    ...changes,
  };
}

export function gate(changes: Partial<GateRecord> = {}): GateRecord {
  return { openedAt: AT, expiresAt: LATER, approvals: [], status: 'open', ...changes };
}

/** Both gates behind us. */
export const APPROVED_GATES = {
  shift: gate({ status: 'approved', approvals: [{ by: 'ada', at: AT, id: 'shift-1' }] }),
  retire: gate({
    status: 'approved',
    approvals: [
      { by: 'ada', at: AT, id: 'retire-1' },
      { by: 'bob', at: AT, id: 'retire-2' },
    ],
  }),
} as const;

export const ROLLBACK_STOP = {
  kind: 'rollback',
  by: 'ada',
  reason: 'slow',
  at: AT,
  force: false,
} as const;

export function message(id: string, changes: Partial<Message> = {}): Message {
  return { id, by: 'ada', ...changes };
}

export function resolvedWith(routeIds: readonly string[]): Resolved {
  return {
    engineArn: 'arn:aws:iam::111122223333:role/cutover',
    blue: {
      name: 'shop-blue',
      arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop-blue',
      createdAt: AT,
      version: '1.34',
    },
    routes: routeIds.map(resolvedRoute),
    baseline: {
      requestsPerSecond: 200,
      healthyTargets: Object.fromEntries(routeIds.map((id) => [id, 4])),
    },
  };
}

function resolvedRoute(id: string): ResolvedRoute {
  return {
    id,
    group: 'storefront',
    with: 'alb',
    ruleArn: `rule-${id}`,
    loadBalancerArn: 'load-balancer',
    frontDoorUrl: 'http://shop.example.com',
    securityGroupIds: ['sg-1'],
    blueTargetGroupArn: `blue-${id}`,
    greenTargetGroupArn: `green-${id}`,
    before: '{}',
  };
}

const weight: fc.Arbitrary<RouteWeight> = fc.record({
  intended: fc.integer({ min: 0, max: 100 }),
  readBack: fc.option(fc.integer({ min: 0, max: 100 })),
  observed: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
});

const effect: fc.Arbitrary<EffectRecord> = fc.record({
  intendedAt: fc.constant(AT),
  doneAt: fc.option(fc.constant(AT)),
  undoneAt: fc.option(fc.constant(LATER)),
});

/** States at any point of the story: any routes, any weights on them, any effects intended, done or undone. */
export const anyRunningState: fc.Arbitrary<MigrationState> = fc
  .uniqueArray(fc.constantFrom('web', 'api', 'shop', 'search', 'constructor'), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((routeIds) => {
    const effectKeys: readonly EffectKey[] = [
      'green-cluster',
      'role-trust',
      'workloads',
      'singletons',
      'blue-floor',
      'green-connections',
      ...routeIds.flatMap((id): readonly EffectKey[] => [`attachment/${id}`, `smoke-rule/${id}`]),
    ];
    return fc
      .record({
        weights: fc.tuple(...routeIds.map(() => fc.option(weight, { nil: undefined }))),
        effects: fc.tuple(...effectKeys.map(() => fc.option(effect, { nil: undefined }))),
      })
      .map(({ weights, effects }) =>
        stateWith({
          resolved: resolvedWith(routeIds),
          weights: byName(routeIds, weights),
          effects: byName(effectKeys, effects),
        }),
      );
  });

/** Names with their values, where there is one. */
function byName<Value>(
  names: readonly string[],
  values: readonly (Value | undefined)[],
): Record<string, Value> {
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const value = values[index];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
