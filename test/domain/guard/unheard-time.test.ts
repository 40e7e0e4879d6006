import * as fc from 'fast-check';
import {
  withAwaited,
  withCounted,
  withGap,
  withGuardLost,
  withHeard,
  withPaid,
} from '#domain/guard/unheard-time.ts';
import { newMigration, type MigrationState } from '#domain/migration/migration-state.ts';

const START = '2026-11-27T10:00:00.000Z';
const after = (seconds: number): number => Date.parse(START) + seconds * 1000;

const STATE = newMigration({
  workflowId: 'shop',
  migrationId: 'c0ffee00',
  planName: 'shop',
  planDigest: 'sha256:0',
  requestedBy: 'ada',
  at: START,
});

/** A bake of a minute that has just been counted. */
const BAKED = withCounted(STATE, 60, after(60));

const owed = ({ unheard }: MigrationState): number | undefined => unheard?.owedSeconds;

describe('time that was counted', () => {
  it.each([
    { gap: [50, 61], owes: 49, when: 'an outage that began in it, told a moment after it' },
    { gap: [70, 65], owes: 60, when: 'an outage that is longer than it' },
    { gap: [30, 95], owes: 0, when: 'an outage that began after it' },
    { gap: [50, 100], owes: 10, when: 'an outage that was told long after it' },
  ])('owes $owes s after $when', ({ gap: [seconds = 0, at = 0], owes }) => {
    const state = withGap(BAKED, seconds, after(at));

    expect(owed(state)).toBe(owes);
    expect(state.unwatchedSeconds).toBe(seconds);
  });

  it('owes all of it when a guard ended without a word', () => {
    expect(owed(withGuardLost(BAKED))).toBe(60);
  });

  it('is settled once the guard was found at its work', () => {
    expect(withHeard(withGap(BAKED, 50, after(61)))).toEqual({ ...STATE, unwatchedSeconds: 50 });
  });

  it('is waited for until it is settled, as people are shown', () => {
    const awaited = withAwaited(BAKED);

    expect(awaited.unheard?.timesAwaited).toBe(1);
    expect(withAwaited(awaited).unheard?.timesAwaited).toBe(2);
    expect(withGap(awaited, 50, after(61)).unheard?.timesAwaited).toBe(1);
    expect(withPaid(awaited, 10).unheard?.timesAwaited).toBeUndefined();
    expect(withAwaited(STATE)).toBe(STATE);
  });

  it('is made up for by as much, which is counted in its stead', () => {
    const owing = withGap(BAKED, 50, after(62));
    const again = withPaid(withCounted(owing, 30, after(95)), 30);

    expect(again.unheard).toEqual({ countedSeconds: 60, owedSeconds: 18, untilMs: after(95) });
    expect(owed(withGuardLost(again))).toBe(60);
  });

  it('is all that can be owed, whatever is told; where none was counted nothing is', () => {
    const anyWord = fc.oneof(
      fc.record({ kind: fc.constant('counted' as const), seconds: fc.nat(600) }),
      fc.record({ kind: fc.constant('gap' as const), seconds: fc.nat(600) }),
      fc.record({ kind: fc.constant('paid' as const), seconds: fc.nat(600) }),
      fc.record({ kind: fc.constant('lost' as const), seconds: fc.constant(0) }),
      fc.record({ kind: fc.constant('heard' as const), seconds: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(anyWord), (words) => {
        let state = STATE;
        let atSeconds = 0;
        for (const { kind, seconds } of words) {
          atSeconds += seconds;
          const atMs = after(atSeconds);
          state = {
            counted: withCounted(state, seconds, atMs),
            gap: withGap(state, seconds, atMs),
            paid: withPaid(state, seconds),
            lost: withGuardLost(state),
            heard: withHeard(state),
          }[kind];
          const { countedSeconds, owedSeconds } = state.unheard ?? {
            countedSeconds: 0,
            owedSeconds: 0,
          };
          expect(owedSeconds).toBeGreaterThanOrEqual(0);
          expect(owedSeconds).toBeLessThanOrEqual(countedSeconds);
        }
      }),
    );
  });
});
