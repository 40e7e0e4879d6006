import { done, intend, isStanding, undone } from '#domain/migration/effects.ts';
import { AT, LATER, stateWith } from '#test/domain/states.ts';

const KEY = 'attachment/web';

describe('an effect', () => {
  it('is not standing before it is intended', () => {
    expect(isStanding(stateWith(), KEY)).toBe(false);
  });

  it('is standing from its intention on, whether or not it is ever heard of again (I9)', () => {
    const intended = intend(stateWith(), KEY, AT);

    expect(intended.effects[KEY]).toEqual({ intendedAt: AT, doneAt: null, undoneAt: null });
    expect(isStanding(intended, KEY)).toBe(true);
    expect(isStanding(done(intended, KEY, LATER), KEY)).toBe(true);
  });

  it('keeps the time of its intention when it becomes a fact', () => {
    expect(done(intend(stateWith(), KEY, AT), KEY, LATER).effects[KEY]).toEqual({
      intendedAt: AT,
      doneAt: LATER,
      undoneAt: null,
    });
  });

  it('intended again while standing changes nothing: a resumed phase may say so twice (I6)', () => {
    const state = done(intend(stateWith(), KEY, AT), KEY, AT);

    expect(intend(state, KEY, LATER)).toBe(state);
  });

  it('no longer stands once undone', () => {
    const state = undone(intend(stateWith(), KEY, AT), KEY, LATER);

    expect(isStanding(state, KEY)).toBe(false);
    expect(state.effects[KEY]).toEqual({ intendedAt: AT, doneAt: null, undoneAt: LATER });
  });

  it('stands again when intended after its undo', () => {
    const state = intend(undone(intend(stateWith(), KEY, AT), KEY, AT), KEY, LATER);

    expect(isStanding(state, KEY)).toBe(true);
    expect(state.effects[KEY]?.intendedAt).toBe(LATER);
  });

  it('is recorded by itself: others, and the state before, stay as they are', () => {
    const before = intend(stateWith(), 'singletons', AT);
    const after = intend(before, KEY, LATER);

    expect(after.effects.singletons).toBe(before.effects.singletons);
    expect(before.effects[KEY]).toBeUndefined();
  });
});
