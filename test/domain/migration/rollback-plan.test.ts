import * as fc from 'fast-check';
import { isStanding, undone } from '#domain/migration/effects.ts';
import type { EffectKey, MigrationState } from '#domain/migration/migration-state.ts';
import {
  describeAction,
  rollbackPlan,
  type RollbackAction,
} from '#domain/migration/rollback-plan.ts';
import { greenMayHaveUsers } from '#domain/traffic/traffic-plan.ts';
import { anyRunningState, AT, LATER, resolvedWith, stateWith } from '#test/domain/states.ts';

const STANDING = { intendedAt: AT, doneAt: null, undoneAt: null } as const;
const UNDONE = { intendedAt: AT, doneAt: AT, undoneAt: LATER } as const;
const KEEP_OR_DELETE = fc.constantFrom('keep' as const, 'delete' as const);

/** In which order kinds of actions may come: users, singletons, then what was only prepared. */
const ORDER = [
  'weights-to-blue',
  'return-singletons',
  'shed-green',
  'remove-smoke-rule',
  'detach-green',
  'restore-blue-floor',
  'withdraw-trust',
  'delete-green',
] as const;

function actionsOf(state: MigrationState, green: 'keep' | 'delete'): readonly RollbackAction[] {
  const plan = rollbackPlan(state, green);
  if ('refused' in plan) throw new Error(plan.refused);
  return plan.actions;
}

/** What the workflow records when an action is a fact. */
function performed(state: MigrationState, action: RollbackAction): MigrationState {
  switch (action.kind) {
    case 'weights-to-blue':
      return {
        ...state,
        greenSince: null,
        weights: {
          ...state.weights,
          ...Object.fromEntries(
            action.routeIds.map((id) => [id, { intended: 0, readBack: 0, observed: 0 }]),
          ),
        },
      };
    case 'return-singletons':
      return undone(state, 'singletons', LATER);
    case 'shed-green':
      return undone(state, 'green-connections', LATER);
    case 'remove-smoke-rule':
      return undone(state, `smoke-rule/${action.routeId}`, LATER);
    case 'detach-green':
      return action.routeIds.reduce((next, id) => undone(next, `attachment/${id}`, LATER), state);
    case 'restore-blue-floor':
      return undone(state, 'blue-floor', LATER);
    case 'withdraw-trust':
      return undone(state, 'role-trust', LATER);
    case 'delete-green':
      return undone(state, 'green-cluster', LATER);
    default:
      throw new Error('unknown action');
  }
}

function standing(state: MigrationState): readonly string[] {
  const keys: readonly EffectKey[] = [
    'green-cluster',
    'role-trust',
    'workloads',
    'singletons',
    'blue-floor',
    'green-connections',
    ...(state.resolved?.routes ?? []).flatMap(({ id }): readonly EffectKey[] => [
      `attachment/${id}`,
      `smoke-rule/${id}`,
    ]),
  ];
  return keys.filter((key) => isStanding(state, key));
}

describe('what a rollback would do', () => {
  it('is nothing before anything was touched', () => {
    expect(actionsOf(stateWith(), 'delete')).toEqual([]);
    expect(actionsOf(stateWith({ resolved: resolvedWith(['web']) }), 'delete')).toEqual([]);
  });

  it('is everything, users first, when everything was done', () => {
    const state = stateWith({
      resolved: resolvedWith(['web', 'api']),
      weights: {
        web: { intended: 5, readBack: 5, observed: 4.8 },
        api: { intended: 25, readBack: 5, observed: null },
      },
      effects: {
        'green-cluster': STANDING,
        'role-trust': STANDING,
        workloads: STANDING,
        singletons: STANDING,
        'blue-floor': STANDING,
        'green-connections': STANDING,
        'smoke-rule/api': STANDING,
        'attachment/web': STANDING,
        'attachment/api': STANDING,
      },
    });

    expect(actionsOf(state, 'delete')).toEqual([
      { kind: 'weights-to-blue', routeIds: ['api', 'web'] },
      { kind: 'return-singletons' },
      { kind: 'shed-green' },
      { kind: 'remove-smoke-rule', routeId: 'api' },
      { kind: 'detach-green', routeIds: ['web', 'api'] },
      { kind: 'restore-blue-floor' },
      { kind: 'withdraw-trust' },
      { kind: 'delete-green' },
    ]);
    expect(actionsOf(state, 'keep').map(({ kind }) => kind)).not.toContain('delete-green');
  });

  it.each([
    ['intended', { intended: 1, readBack: null, observed: null }],
    ['read back', { intended: 0, readBack: 1, observed: null }],
    ['seen by users', { intended: 0, readBack: 0, observed: 0.1 }],
  ])('brings users back where a weight was only %s (I9)', (_, weight) => {
    const state = stateWith({ resolved: resolvedWith(['web']), weights: { web: weight } });

    expect(actionsOf(state, 'keep')).toEqual([{ kind: 'weights-to-blue', routeIds: ['web'] }]);
  });

  it('moves all routes, also those still at weight 0: a forward write may be on its way to one (I6)', () => {
    const none = { intended: 0, readBack: 0, observed: null };
    const state = stateWith({
      resolved: resolvedWith(['web', 'api']),
      weights: { web: none, api: { ...none, intended: 1 } },
    });

    expect(actionsOf(state, 'keep')).toEqual([
      { kind: 'weights-to-blue', routeIds: ['api', 'web'] },
    ]);
  });

  it('undoes what was intended and never heard of again, and not what was undone (I9)', () => {
    const effects = { singletons: STANDING, 'attachment/web': UNDONE, 'green-cluster': UNDONE };
    const state = stateWith({ resolved: resolvedWith(['web']), effects });

    expect(actionsOf(state, 'delete')).toEqual([{ kind: 'return-singletons' }]);
  });

  it('deletes green also when its creation was never heard of again', () => {
    const state = stateWith({
      resolved: resolvedWith(['web']),
      effects: { 'green-cluster': STANDING },
    });

    expect(actionsOf(state, 'delete')).toEqual([{ kind: 'delete-green' }]);
  });

  it('is refused after commit, with the reason', () => {
    fc.assert(
      fc.property(anyRunningState, KEEP_OR_DELETE, (state, green) => {
        expect(rollbackPlan({ ...state, committed: { at: AT } }, green)).toEqual({
          refused: expect.stringContaining(AT),
        });
      }),
    );
  });

  it('brings users back first, then singletons, then what was only prepared', () => {
    fc.assert(
      fc.property(anyRunningState, KEEP_OR_DELETE, (state, green) => {
        const ranks = actionsOf(state, green).map(({ kind }) => ORDER.indexOf(kind));

        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        expect(ranks.includes(0)).toBe(greenMayHaveUsers(state));
      }),
    );
  });

  it('done action by action, through a crash after each, leaves nothing but a green that is to be kept', () => {
    fc.assert(
      fc.property(anyRunningState, KEEP_OR_DELETE, (start, green) => {
        let state = start;
        const foreseen = actionsOf(start, green);
        const done: RollbackAction[] = [];
        for (
          let [next] = actionsOf(state, green);
          next !== undefined && done.length <= foreseen.length;
          [next] = actionsOf(state, green)
        ) {
          done.push(next);
          state = JSON.parse(JSON.stringify(performed(state, next)));
        }

        expect(done).toEqual(foreseen);
        expect(greenMayHaveUsers(state)).toBe(false);
        const kept = green === 'keep' ? ['green-cluster', 'workloads'] : ['workloads'];
        expect(standing(state)).toEqual(standing(start).filter((key) => kept.includes(key)));
      }),
    );
  });

  it('comes again in full while users are still seen on green', () => {
    const state = stateWith({
      resolved: resolvedWith(['web']),
      weights: { web: { intended: 0, readBack: 0, observed: 2.5 } },
    });

    expect(actionsOf(state, 'keep')).toEqual([{ kind: 'weights-to-blue', routeIds: ['web'] }]);
  });

  it('changes nothing itself', () => {
    fc.assert(
      fc.property(anyRunningState, KEEP_OR_DELETE, (state, green) => {
        const before = JSON.stringify(state);
        rollbackPlan(state, green);

        expect(JSON.stringify(state)).toBe(before);
      }),
    );
  });

  it('is told in one line per action, naming the routes', () => {
    const told = [
      describeAction({ kind: 'weights-to-blue', routeIds: ['web', 'api'] }),
      describeAction({ kind: 'return-singletons' }),
      describeAction({ kind: 'remove-smoke-rule', routeId: 'web' }),
      describeAction({ kind: 'detach-green', routeIds: ['web'] }),
      describeAction({ kind: 'restore-blue-floor' }),
      describeAction({ kind: 'shed-green' }),
      describeAction({ kind: 'withdraw-trust' }),
      describeAction({ kind: 'delete-green' }),
    ];

    expect(told[0]).toContain('web, api');
    expect(told[2]).toContain('web');
    expect(told[3]).toContain('web');
    expect(new Set(told).size).toBe(told.length);
    expect(told.every((line) => line.length > 0 && !line.includes('\n'))).toBe(true);
  });
});
