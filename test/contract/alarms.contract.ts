import type { Alarms } from '#activities/ports/alarms.ts';
import type { Access } from '#activities/ports/refs.ts';

/** What every reader of alarms keeps. */
export interface AlarmsUnderTest {
  readonly alarms: Alarms;
  readonly access: Access;
  /** Alarms of these names and states exist. */
  make(states: Readonly<Record<string, 'OK' | 'ALARM' | 'UNKNOWN'>>): Promise<void>;
  stop(): Promise<void>;
}

export function alarmsContract(name: string, setUp: () => Promise<AlarmsUnderTest>): void {
  describe(`alarms (${name})`, () => {
    let under: AlarmsUnderTest;
    const { signal } = new AbortController();
    const read = async (names: readonly string[]) => under.alarms.read(under.access, names, signal);

    beforeEach(async () => {
      under = await setUp();
    });
    afterEach(async () => under.stop());

    it('tell their state, since when, and why', async () => {
      await under.make({ fine: 'OK', loud: 'ALARM', blind: 'UNKNOWN' });

      const found = await read(['fine', 'loud', 'blind']);

      expect([...found].map(([alarm, { state }]) => [alarm, state]).toSorted(byName)).toEqual([
        ['blind', 'UNKNOWN'],
        ['fine', 'OK'],
        ['loud', 'ALARM'],
      ]);
      const loud = found.get('loud');
      expect(loud?.reason).not.toBe('');
      expect(Math.abs(Date.now() - (loud?.sinceMs ?? 0))).toBeLessThan(60_000);
    });

    it('that do not exist are left out, never taken for well', async () => {
      await under.make({ fine: 'OK' });

      expect([...(await read(['fine', 'gone'])).keys()]).toEqual(['fine']);
    });

    it('may be many in one question', async () => {
      const names = Array.from({ length: 130 }, (_, index) => `a-${index}`);
      await under.make(Object.fromEntries(names.map((alarm) => [alarm, 'OK'] as const)));

      expect((await read(names)).size).toBe(130);
    });
  });
}

function byName(
  [a]: readonly [string, string] | string[],
  [b]: readonly [string, string] | string[],
): number {
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
