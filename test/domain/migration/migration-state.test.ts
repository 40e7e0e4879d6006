import { newMigration, OUTCOMES } from '#domain/migration/migration-state.ts';
import { rollbackPlan } from '#domain/migration/rollback-plan.ts';
import { AT, stateWith } from '#test/domain/states.ts';

describe('the state of a new migration', () => {
  it('knows who asked for what and when, and nothing else', () => {
    const facts = {
      workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
      migrationId: '0123456789ab',
      planName: 'shop',
      planDigest: 'abc',
      requestedBy: 'robin',
    };

    expect(newMigration({ ...facts, at: AT })).toEqual({
      ...facts,
      schema: 1,
      startedAt: AT,
      phases: {},
      resolved: null,
      green: null,
      effects: {},
      weights: {},
      steps: [],
      greenSince: null,
      soakedSeconds: 0,
      gates: {},
      paused: null,
      stop: null,
      halted: null,
      committed: null,
      rollingBackSince: null,
      outcome: null,
      decisions: [],
      seen: [],
      malformed: null,
    });
  });

  it('crosses a continue-as-new unchanged (I9)', () => {
    expect(JSON.parse(JSON.stringify(stateWith()))).toEqual(stateWith());
  });

  it('has nothing that a rollback would undo', () => {
    expect(rollbackPlan(stateWith(), 'delete')).toEqual({ actions: [] });
  });

  it('can end in five ways', () => {
    expect(OUTCOMES).toEqual(['completed', 'rolled-back', 'rejected', 'aborted', 'blocked']);
  });
});
