import type { MigrationState } from '#domain/migration/migration-state.ts';
import { mayRetire } from '#domain/migration/retirement.ts';
import {
  APPROVED_GATES,
  AT,
  gate,
  resolvedWith,
  ROLLBACK_STOP,
  stateWith,
} from '#test/domain/states.ts';

const DONE = { status: 'done', startedAt: AT, endedAt: AT, facts: {} } as const;
const ALL_GREEN = { intended: 100, readBack: 100, observed: 100 } as const;

/** Everything proven. */
const READY = stateWith({
  resolved: resolvedWith(['web', 'api']),
  gates: APPROVED_GATES,
  phases: { shift: DONE, soak: DONE, 'front-door': { ...DONE, status: 'skipped' }, drain: DONE },
  weights: { web: ALL_GREEN, api: ALL_GREEN },
  effects: { singletons: { intendedAt: AT, doneAt: AT, undoneAt: null } },
});

function missingIn(changes: Partial<MigrationState>): readonly string[] {
  const verdict = mayRetire({ ...READY, ...changes });
  return verdict.yes ? [] : verdict.missing;
}

describe('blue', () => {
  it('may go when everything is proven', () => {
    expect(mayRetire(READY)).toEqual({ yes: true });
  });

  it('stays while users come in through a load balancer that goes with it', () => {
    const { routes, ...resolved } = resolvedWith(['web', 'api']);
    const [web, ...others] = routes;
    const ingress = {
      with: 'ingress',
      namespace: 'shop',
      ingress: 'web',
      service: 'web',
      backend: { service: 'web', port: 80 },
      rules: [],
    } as const;
    const onIngress = web === undefined ? [] : [{ ...web, ...ingress }];

    expect(missingIn({ resolved: { ...resolved, routes: [...onIngress, ...others] } })).toEqual([
      'users come in through load-balancer, which would go with blue',
    ]);
  });

  it.each<[string, Partial<MigrationState>, string]>([
    ['a stop is pending', { stop: ROLLBACK_STOP }, 'a stop is pending'],
    ['the run is halted', { halted: { at: AT, reason: 'x' } }, 'the run is halted'],
    ['the retire gate never opened', { gates: {} }, 'gate retire is not approved'],
    [
      'the retire gate is open',
      { gates: { ...APPROVED_GATES, retire: gate() } },
      'gate retire is not approved',
    ],
    [
      'the retire gate was rejected',
      { gates: { ...APPROVED_GATES, retire: gate({ status: 'rejected' }) } },
      'gate retire is not approved',
    ],
    [
      'the shift is not done',
      { phases: { ...READY.phases, shift: { ...DONE, status: 'running' } } },
      'the shift is not done',
    ],
    [
      'the soak runs',
      { phases: { ...READY.phases, soak: { ...DONE, status: 'running' } } },
      'the soak is not done',
    ],
    [
      'users may still come through a front door of blue’s',
      { phases: { shift: DONE, soak: DONE, drain: DONE } },
      'users have not left every front door of blue',
    ],
    [
      'blue was not proven idle',
      { phases: { ...READY.phases, drain: { ...DONE, status: 'not-configured' } } },
      'blue is not proven idle',
    ],
    [
      'the singletons are between the sides (I7)',
      { effects: { singletons: { intendedAt: AT, doneAt: null, undoneAt: null } } },
      'the singletons are not handed over',
    ],
    [
      'the singletons are back on blue (I7)',
      { effects: { singletons: { intendedAt: AT, doneAt: AT, undoneAt: AT } } },
      'the singletons are not handed over',
    ],
    ['the singletons never moved (I7)', { effects: {} }, 'the singletons are not handed over'],
    ['nothing was resolved', { resolved: null }, 'no route was resolved'],
    ['no route was resolved', { resolved: resolvedWith([]) }, 'no route was resolved'],
    [
      'a route was never moved',
      { weights: { web: ALL_GREEN } },
      'route api is not at 100 % green, read back',
    ],
    [
      'a route is not wholly green',
      { weights: { web: ALL_GREEN, api: { ...ALL_GREEN, intended: 99 } } },
      'route api is not at 100 % green, read back',
    ],
    [
      'a route was not read back',
      { weights: { web: ALL_GREEN, api: { ...ALL_GREEN, readBack: null } } },
      'route api is not at 100 % green, read back',
    ],
  ])('may not go when %s, and that is named (I5)', (_, changes, missing) => {
    expect(missingIn(changes)).toEqual([missing]);
  });

  it('may not go in a fresh run, where every proof is missing by name', () => {
    expect(mayRetire(stateWith({ resolved: resolvedWith(['web']) }))).toEqual({
      yes: false,
      missing: [
        'gate retire is not approved',
        'the shift is not done',
        'the soak is not done',
        'users have not left every front door of blue',
        'blue is not proven idle',
        'the singletons are not handed over',
        'route web is not at 100 % green, read back',
      ],
    });
  });

  it('may go while somebody has paused: a pause holds steps and is no doubt', () => {
    expect(mayRetire({ ...READY, paused: { by: 'ada', reason: '', at: AT } })).toEqual({
      yes: true,
    });
  });
});
