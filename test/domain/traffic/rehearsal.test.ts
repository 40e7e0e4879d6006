import { brokenPromise, describeRehearsal, type Rehearsal } from '#domain/traffic/rehearsal.ts';

const REHEARSAL: Rehearsal = {
  at: '2026-11-25T12:00:00.000Z',
  readBackSeconds: 0.6,
  lastGreenSeconds: 8,
  resolutionSeconds: 5,
  greenRequests: 31,
};
const PROMISE = { rollbackWithinSeconds: 10 };

describe('a rehearsed rollback', () => {
  it('within the promise keeps it', () => {
    expect(brokenPromise(REHEARSAL, PROMISE)).toBeNull();
  });

  it('breaks the promise when routes read back too late', () => {
    expect(brokenPromise({ ...REHEARSAL, readBackSeconds: 10.4 }, PROMISE)).toContain(
      'reading back all routes took 10.4 s',
    );
  });

  it('breaks the promise when the last user certainly met green too late', () => {
    expect(brokenPromise({ ...REHEARSAL, lastGreenSeconds: 15 }, PROMISE)).toBeNull();
    expect(brokenPromise({ ...REHEARSAL, lastGreenSeconds: 20 }, PROMISE)).toContain(
      'the promise of 10 s',
    );
  });

  it('is not accused of what could not be seen', () => {
    expect(brokenPromise({ ...REHEARSAL, lastGreenSeconds: null }, PROMISE)).toBeNull();
  });

  it('is told in one line, with how exact the figure is', () => {
    expect(describeRehearsal(REHEARSAL)).toBe(
      'rollback rehearsed: all routes read back in 0.6 s, last of 31 requests to green after 8.0 s (to 5 s)',
    );
    expect(describeRehearsal({ ...REHEARSAL, lastGreenSeconds: null })).toContain(
      'no user met green meanwhile',
    );
  });
});
