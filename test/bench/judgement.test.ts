import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';
import { binomial, quantilePosition } from '../../bench/judgement/draws.ts';
import { world } from '../../bench/judgement/world.ts';

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));

describe('npm run bench -- judgement', () => {
  it('of 20 healthy shifts sends none back, and of 20 bad ones misses none, at a noise that is real', async () => {
    const report = await lastLine('--json', '--shifts', '20');

    expect(report).toMatchObject({ healthy: 20, falseRollbacks: 0, regressed: 20, missed: 0 });
    expect(figure(report, 'coefficientOfVariation')).toBeGreaterThan(0.15);
    expect(figure(report, 'coefficientOfVariation')).toBeLessThanOrEqual(0.25);
    expect(report).toHaveProperty('at20Points.healthy', 20);
    expect(report).toHaveProperty('at50PercentNoise.healthy', 20);
  });
});

describe('its world', () => {
  const options = { periodSeconds: 5, noise: 1, green: { latencyFactor: 1, extraErrorShare: 0 } };

  it('is the same for equal seeds and another for others', () => {
    const first = (seed: number): unknown => world(new SeededRandom(seed), options).next(25);

    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  it('gives green its share of requests, and what is wrong with it', () => {
    const bad = { latencyFactor: 2, extraErrorShare: 0.1 };
    const bent = world(new SeededRandom(3), { ...options, green: bad });
    const points = Array.from({ length: 200 }, () => bent.next(5));
    const total = (side: 'blue' | 'green', of: 'requests' | 'errors' | 'p99Ms'): number =>
      points.reduce((sum, point) => sum + (point[side][of] ?? 0), 0);

    const share =
      total('green', 'requests') / (total('blue', 'requests') + total('green', 'requests'));
    expect(share).toBeCloseTo(0.05, 3);
    expect(total('green', 'errors') / total('green', 'requests')).toBeCloseTo(0.1, 1);
    expect(total('green', 'p99Ms') / total('blue', 'p99Ms')).toBeGreaterThan(1.7);
  });
});

describe('its draws', () => {
  it.each([
    [400, 0.003],
    [100_000, 0.3],
    [100_000, 0.9],
  ])('of %d trials at %d have the mean and spread of a binomial', (trials, share) => {
    const random = new SeededRandom(4);
    const drawn = Array.from({ length: 4_000 }, () => binomial(random, trials, share));
    const expected = trials * share;
    const deviation = Math.sqrt(expected * (1 - share));

    expect(Math.abs(mean(drawn) - expected)).toBeLessThan((4 * deviation) / Math.sqrt(4_000));
    expect(spread(drawn) / deviation).toBeCloseTo(1, 1);
  });

  it('put the percentile of many requests where those requests would put it', () => {
    const random = new SeededRandom(5);
    const drawn = Array.from({ length: 4_000 }, () => quantilePosition(random, 300, 0.99));
    const uniform = new SeededRandom(6);
    const sampled = Array.from({ length: 4_000 }, () => {
      const requests = Float64Array.from({ length: 300 }, () => uniform.next()).sort();
      return requests[296] ?? 0;
    });

    expect(mean(drawn)).toBeCloseTo(mean(sampled), 3);
    expect(spread(drawn) / spread(sampled)).toBeCloseTo(1, 1);
  });
});

async function lastLine(...args: readonly string[]): Promise<unknown> {
  const stdout = await new Promise<string>((resolve, reject) => {
    const env = { ...process.env, NODE_OPTIONS: '' };
    execFile(process.execPath, [MAIN, 'judgement', ...args], { env }, (error, text) => {
      if (error === null) resolve(text);
      else reject(error);
    });
  });
  const line: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  return line;
}

function figure(report: unknown, name: string): unknown {
  return typeof report === 'object' && report !== null ? Reflect.get(report, name) : undefined;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
