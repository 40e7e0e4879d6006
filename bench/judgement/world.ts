import type { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import { binomial, gauss, quantilePosition } from './draws.ts';
import { bursts, type Factor } from './bursts.ts';

/**
 * A service under real-looking traffic, period by period: requests follow the day, latency is heavy-tailed (log-logistic) and follows
 * day and load, both are hit by bursts. Some of it both sides share (the day, a slow database); some of it is one side's own and
 * lasts for a while (a noisy neighbour, a collection of garbage), which is what makes false alarms. Counts and percentiles
 * carry the sampling noise of exactly the requests that were there.
 */
export interface WorldOptions {
  readonly periodSeconds: number;
  /** 1: the usual noise; other figures stretch all of it, on the logarithmic scale. */
  readonly noise: number;
  /** What is wrong with green. */
  readonly green: { readonly latencyFactor: number; readonly extraErrorShare: number };
}

export interface World {
  /** The next period with green at this share, percent. */
  next(greenPercent: number): { readonly blue: ColourPoint; readonly green: ColourPoint };
}

const DAY_SECONDS = 86_400;
/** Requests per second over the day: a large service, so that 1 % has the 300 requests a period that a p99 needs. */
const REQUESTS_PER_SECOND = { least: 12_000, most: 25_000 };
/** Latency's log-logistic: the p99 is 99^(1/3.5) = 3.7 times the median, the p99.9 7.2 times. */
const TAIL_INDEX = 3.5;
const MEDIAN_MS = { least: 30, most: 120 };
const ERROR_SHARE = { least: 0.0005, most: 0.003 };

export function world(random: SeededRandom, options: WorldOptions): World {
  const { periodSeconds, noise } = options;
  const draw = random.fork('service');
  const rate = draw.between(REQUESTS_PER_SECOND.least, REQUESTS_PER_SECOND.most);
  const medianMs = draw.between(MEDIAN_MS.least, MEDIAN_MS.most);
  const errorShare = draw.between(ERROR_SHARE.least, ERROR_SHARE.most);
  const dawn = draw.between(0, DAY_SECONDS);
  const traffic = random.fork('traffic');
  const shared = sharedNoise(random, periodSeconds);
  const sides = {
    blue: side(random.fork('blue'), periodSeconds),
    green: side(random.fork('green'), periodSeconds),
  };
  let startSeconds = 0;

  const point = (name: 'blue' | 'green', requests: number, load: number): ColourPoint => {
    const { latency, errors } = sides[name].next();
    const common = shared.current();
    const fault = name === 'green' ? options.green : { latencyFactor: 1, extraErrorShare: 0 };
    const slow =
      Math.exp(noise * (common.latency + latency)) * load ** 0.3 * fault.latencyFactor * medianMs;
    const share = errorShare * Math.exp(noise * (common.errors + errors)) + fault.extraErrorShare;
    const percentile = (quantile: number): number | null =>
      requests === 0
        ? null
        : slow * odds(quantilePosition(sides[name].random, requests, quantile)) ** (1 / TAIL_INDEX);
    return {
      startSeconds,
      requests,
      errors: binomial(sides[name].random, requests, share),
      p50Ms: percentile(0.5),
      p90Ms: percentile(0.9),
      p99Ms: percentile(0.99),
    };
  };

  return {
    next(greenPercent) {
      startSeconds += periodSeconds;
      shared.advance();
      const day = 1 + 0.35 * Math.sin((2 * Math.PI * (dawn + startSeconds)) / DAY_SECONDS);
      const load = day * Math.exp(noise * shared.current().load);
      const requests = Math.round(rate * periodSeconds * load);
      const toGreen = binomial(traffic, requests, greenPercent / 100);
      return {
        blue: point('blue', requests - toGreen, load),
        green: point('green', toGreen, load),
      };
    },
  };
}

/** What hits both sides alike. */
function sharedNoise(
  random: SeededRandom,
  periodSeconds: number,
): { advance(): void; current(): { load: number; latency: number; errors: number } } {
  const load = wander(random.fork('load'), { deviation: 0.04, memory: 0.8 });
  const database = bursts(random.fork('database'), {
    periodSeconds,
    everySeconds: 150,
    lastsSeconds: [10, 40],
    factor: [1.2, 1.7],
  });
  const outage = bursts(random.fork('outage'), {
    periodSeconds,
    everySeconds: 300,
    lastsSeconds: [10, 30],
    factor: [1.3, 2],
  });
  let now = { load: 0, latency: 0, errors: 0 };
  return {
    advance() {
      now = { load: load(), latency: database(), errors: outage() };
    },
    current: () => now,
  };
}

/** What is one side's own: it lasts, so neighbouring samples are not independent. */
function side(
  random: SeededRandom,
  periodSeconds: number,
): { next(): { latency: number; errors: number }; readonly random: SeededRandom } {
  const drift = wander(random.fork('drift'), { deviation: 0.11, memory: 0.35 });
  const neighbour = bursts(random.fork('neighbour'), {
    periodSeconds,
    everySeconds: 120,
    lastsSeconds: [5, 20],
    factor: [1.2, 1.6],
  });
  const flaky = wander(random.fork('flaky'), { deviation: 0.1, memory: 0.35 });
  return {
    random: random.fork('samples'),
    next: () => ({ latency: drift() + neighbour(), errors: flaky() }),
  };
}

/** A first-order autoregression around 0, on the logarithmic scale. */
function wander(
  random: SeededRandom,
  { deviation, memory }: { readonly deviation: number; readonly memory: number },
): Factor {
  const fresh = deviation * Math.sqrt(1 - memory * memory);
  let value = deviation * gauss(random);
  return () => {
    value = memory * value + fresh * gauss(random);
    return value;
  };
}

function odds(position: number): number {
  return position / (1 - position);
}
