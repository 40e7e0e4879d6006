import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Audit } from '#sandbox/aws/core/audit.ts';
import { defectReporter } from '#sandbox/aws/core/defects.ts';
import { systemClock } from '#sandbox/aws/core/clock.ts';
import { Faults } from '#sandbox/aws/core/faults.ts';
import { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';
import { TokenBuckets } from '#sandbox/aws/core/token-bucket.ts';

const call = {
  service: 'eks',
  operation: 'CreateCluster',
  input: { name: 'green', tags: { a: 'b', c: 'd' } },
  caller: 'arn:aws:iam::111122223333:role/engine',
};

describe('seeded randomness', () => {
  it('repeats for the same seed and label, and only then', () => {
    const draws = (seed: number, label: string): readonly number[] => {
      const random = new SeededRandom(seed).fork(label);
      return [random.next(), random.next(), random.between(5, 10)];
    };

    expect(draws(1, 'a')).toEqual(draws(1, 'a'));
    expect(draws(1, 'a')).not.toEqual(draws(1, 'b'));
    expect(draws(1, 'a')).not.toEqual(draws(2, 'a'));
  });

  it('is spread evenly', () => {
    const random = new SeededRandom(7);
    const draws = Array.from({ length: 10_000 }, () => random.next());

    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeGreaterThan(0.48);
    expect(mean).toBeLessThan(0.52);
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
  });
});

describe('a token bucket', () => {
  it('grants the burst, then the rate, for each account apart', () => {
    let nowMs = 0;
    const buckets = new TokenBuckets({ ratePerSecond: 2, burst: 3 }, () => nowMs);
    const granted = (account: string, times: number): number =>
      Array.from({ length: times }, () => buckets.take(account)).filter(Boolean).length;

    expect(granted('a', 10)).toBe(3);
    expect(granted('b', 1)).toBe(1);
    nowMs += 1_000;
    expect(granted('a', 10)).toBe(2);
    nowMs += 60_000;
    expect(granted('a', 10)).toBe(3);
  });
});

describe('fault rules', () => {
  it('fire as often as they may, on what they name', () => {
    const faults = new Faults(new SeededRandom(1));
    faults.add({
      operation: 'CreateCluster',
      where: { tags: { a: 'b' } },
      times: 2,
      effect: { kind: 'throttle' },
    });

    expect(faults.draw({ ...call, operation: 'DeleteCluster' })).toEqual([]);
    expect(faults.draw({ ...call, input: { tags: { a: 'x' } } })).toEqual([]);
    expect([1, 2, 3].map(() => faults.draw(call).length)).toEqual([1, 1, 0]);
    expect(faults.list()).toMatchObject([{ id: 'fault-1', fired: 2 }]);
  });

  it('fire on one caller alone', () => {
    const faults = new Faults(new SeededRandom(1));
    faults.add({ caller: 'role/engine', times: 1, effect: { kind: 'throttle' } });
    const controller = { ...call, caller: 'arn:aws:iam::111122223333:role/controller' };
    const engine = { ...call, caller: 'arn:aws:iam::111122223333:role/engine' };

    expect([controller, controller, engine].map((one) => faults.draw(one).length)).toEqual([
      0, 0, 1,
    ]);
  });

  it('fire at their rate, the same calls for the same seed', () => {
    const fired = (): readonly number[] => {
      const faults = new Faults(new SeededRandom(3));
      faults.add({ rate: 0.3, effect: { kind: 'throttle' } });
      return Array.from({ length: 1_000 }, () => faults.draw(call).length);
    };
    const share = fired().reduce((sum, count) => sum + count, 0) / 1_000;

    expect(fired()).toEqual(fired());
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
  });
});

describe('the audit', () => {
  const entry = {
    at: '2026-11-22T10:00:00.000Z',
    requestId: 'r',
    service: 'eks',
    operation: 'CreateCluster',
    region: 'eu-west-1',
    accessKeyId: 'AKIA',
    principalArn: 'arn',
    input: {},
    result: { kind: 'ok', output: {} },
  } as const;

  it('numbers calls, filters them and forgets the oldest', () => {
    const audit = new Audit({ keep: 2 });
    for (const operation of ['A', 'B', 'A']) audit.record({ ...entry, operation });

    expect(audit.entries().map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect(audit.entries({ operation: 'A' })).toHaveLength(1);
  });

  it('goes to a file as it happens', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cutover-audit-'));
    const file = join(directory, 'audit.jsonl');
    const audit = new Audit({ file });

    audit.record(entry);
    audit.record(entry);

    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ sequence: 1 }, { sequence: 2 }]);
    await rm(directory, { recursive: true });
  });
});

describe('the clock', () => {
  it('reports tasks that fail and runs none after its stop', async () => {
    const defects = defectReporter(() => undefined);
    const clock = systemClock(defects);
    const ran: string[] = [];

    const failed = new Promise<void>((resolve) => {
      clock.after(0, () => {
        clock.after(0, resolve);
        throw new Error('broken');
      });
    });
    await failed;
    clock.after(0, () => void ran.push('late'));
    clock.stop();
    clock.after(0, () => void ran.push('later'));
    await new Promise((resolve) => setImmediate(resolve));

    expect(ran).toEqual([]);
    expect(defects.all().map(({ cause }) => String(cause))).toEqual(['Error: broken']);
  });
});
