import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { lowerTail, upperTail } from '#domain/traffic/binomial.ts';

/** Tails computed with 60 digits by `vectors/binomial.py`. */
interface Vector {
  readonly n: number;
  readonly p: number;
  readonly k: number;
  readonly upper: string;
  readonly lower: string;
}

const MOST_RELATIVE_ERROR = 1e-11;

describe('binomial tails', () => {
  it.each(vectors().map((vector) => [vector.n, vector.p, vector.k, vector] as const))(
    'of %d requests at %d from %d on are those of a computation with 60 digits',
    (n, p, k, vector) => {
      expect(relativeError(upperTail(k, n, p), Number(vector.upper))).toBeLessThan(
        MOST_RELATIVE_ERROR,
      );
      expect(relativeError(lowerTail(k, n, p), Number(vector.lower))).toBeLessThan(
        MOST_RELATIVE_ERROR,
      );
    },
  );

  it('are those of exact fractions, for any k of at most 60 requests', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.nat(60),
        fc.integer({ min: 1, max: 999 }),
        (n, anyK, permille) => {
          const k = Math.min(anyK, n);
          const exact = exactUpperTail(k, n, permille);

          expect(relativeError(upperTail(k, n, permille / 1000), exact)).toBeLessThan(
            MOST_RELATIVE_ERROR,
          );
          expect(relativeError(lowerTail(n - k, n, 1 - permille / 1000), exact)).toBeLessThan(
            MOST_RELATIVE_ERROR,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('together cover everything, the point itself twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(5_000), share, (n, anyK, p) => {
        const k = Math.min(anyK, n);
        const point = upperTail(k, n, p) - upperTail(k + 1, n, p);

        expect(upperTail(k, n, p) + lowerTail(k, n, p) - point).toBeCloseTo(1, 9);
      }),
    );
  });

  it('are probabilities that fall as k grows and rise with the share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat(999), share, (n, anyK, p) => {
        const k = Math.min(anyK, n);
        const tail = upperTail(k, n, p);
        const slack = 1 + 1e-12;

        expect(tail).toBeGreaterThanOrEqual(0);
        expect(tail).toBeLessThanOrEqual(1);
        expect(upperTail(k + 1, n, p)).toBeLessThanOrEqual(tail * slack);
        expect(tail).toBeLessThanOrEqual(upperTail(k, n, Math.min(1, p * 1.1)) * slack);
      }),
    );
  });

  it.each([
    ['at least none is certain', upperTail(0, 10, 0.5), 1],
    ['at least a negative number is certain', upperTail(-1, 10, 0.5), 1],
    ['more than all is impossible', upperTail(11, 10, 0.5), 0],
    ['one of a share of nothing is impossible', upperTail(1, 10, 0), 0],
    ['all of a share of one is certain', upperTail(10, 10, 1), 1],
    ['none of no requests is certain', upperTail(0, 0, 0.5), 1],
    ['one of no requests is impossible', upperTail(1, 0, 0.5), 0],
    ['at most all is certain', lowerTail(10, 10, 0.5), 1],
    ['at most none of a share of one is impossible', lowerTail(0, 10, 1), 0],
    ['at most none of a share of nothing is certain', lowerTail(0, 10, 0), 1],
  ])('say that %s', (_, tail, expected) => {
    expect(tail).toBe(expected);
  });

  it('are 0 and 1 where luck is so small that it rounds to nothing', () => {
    expect(upperTail(5_000_000, 1_000_000_000, 0.001)).toBe(0);
    expect(lowerTail(5_000_000, 1_000_000_000, 0.001)).toBe(1);
  });
});

const share = fc.double({ min: 0.0001, max: 0.9999, noNaN: true });

function relativeError(computed: number, exact: number): number {
  if (exact < 1e-300) return computed < 1e-300 ? 0 : 1;
  return Math.abs(computed - exact) / exact;
}

/** P(X ≥ k) as a fraction of whole numbers; the last step alone is rounded. */
function exactUpperTail(k: number, n: number, permille: number): number {
  const hit = BigInt(permille);
  const miss = 1000n - hit;
  let sum = 0n;
  for (let i = k; i <= n; i += 1) sum += choose(n, i) * hit ** BigInt(i) * miss ** BigInt(n - i);
  return toNumber(sum, 1000n ** BigInt(n));
}

function choose(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 1; i <= k; i += 1) result = (result * BigInt(n - k + i)) / BigInt(i);
  return result;
}

/** The quotient with 20 significant digits. */
function toNumber(numerator: bigint, denominator: bigint): number {
  const digits = 20 + denominator.toString().length - numerator.toString().length;
  return Number(`${(numerator * 10n ** BigInt(digits)) / denominator}e-${digits}`);
}

function vectors(): readonly Vector[] {
  const parsed: unknown = JSON.parse(
    readFileSync(new URL('vectors/binomial.json', import.meta.url), 'utf8'),
  );
  if (!Array.isArray(parsed)) throw new TypeError('vectors/binomial.json holds no list');
  return parsed.map((row: unknown) => {
    if (!isVector(row)) throw new TypeError(`no vector: ${JSON.stringify(row)}`);
    return row;
  });
}

function isVector(row: unknown): row is Vector {
  if (typeof row !== 'object' || row === null) return false;
  const types = ['n', 'p', 'k', 'upper', 'lower'].map((name) => typeof Reflect.get(row, name));
  return types.join(' ') === 'number number number string string';
}
