import { stateOfToday } from '#domain/migration/state-of-today.ts';
import { stateWith } from '#test/domain/states.ts';

describe('a state that an execution before carried over', () => {
  it('is read as it is where it has the schema of today', () => {
    expect(stateOfToday(stateWith())).toEqual(stateWith());
  });

  it.each([0, 2, 17])('of schema %i waits for a worker that knows it', (schema) => {
    const read = (): unknown => stateOfToday({ ...stateWith(), schema });

    expect(read).toThrow(`has schema ${schema}, and this worker reads 1`);
    expect(read).toThrow('next: start a worker');
  });
});
