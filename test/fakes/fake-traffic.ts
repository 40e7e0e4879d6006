import type { Clock } from '#activities/ports/clock.ts';
import type { TrafficMetrics } from '#activities/ports/traffic-metrics.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import type { FakeLoadBalancer } from './fake-load-balancer.ts';
import { Timeline } from './timeline.ts';

/**
 * Users without end: a constant rate on every route, split exactly by the weights over time, counted per period and
 * colour as a metric source would. No luck is involved: an honest weight always passes the truth test.
 */
export class FakeTraffic implements TrafficMetrics {
  /** Share of green's requests that fail, 0–1. */
  readonly greenErrorRate = new Timeline(0);
  readonly greenP99Ms = new Timeline(80);
  /** Colours whose points do not appear. */
  readonly silence = new Timeline<'none' | 'green' | 'both'>('none');
  /** Percentage points that green really gets more than its weight says. */
  readonly greenSurplusPercent = new Timeline(0);
  readonly requestsPerSecond: Timeline<number>;
  /** Kinds of sources that were asked, oldest first. */
  readonly asked: string[] = [];
  readonly #loadBalancer: FakeLoadBalancer;
  readonly #clock: Clock;

  constructor(loadBalancer: FakeLoadBalancer, clock: Clock, requestsPerSecond: number) {
    this.#loadBalancer = loadBalancer;
    this.#clock = clock;
    this.requestsPerSecond = new Timeline(requestsPerSecond);
  }

  async read(query: Parameters<TrafficMetrics['read']>[0]): ReturnType<TrafficMetrics['read']> {
    this.asked.push(query.source.with);
    const periodMs = Math.round(query.source.periodSeconds * 1000);
    const visibleUntilMs = this.#clock.nowMs() - query.source.latenessSeconds * 1000;
    const blue: ColourPoint[] = [];
    const green: ColourPoint[] = [];
    const toMs = Math.min(Math.round(query.toSeconds * 1000), visibleUntilMs - periodMs + 1);
    for (let startMs = Math.round(query.fromSeconds * 1000); startMs < toMs; startMs += periodMs) {
      const shares = query.routes.map((route) =>
        this.#requests(route.blueTargetGroupArn, startMs, startMs + periodMs),
      );
      const silence = this.silence.at(startMs + periodMs);
      const onBlue = sum(shares.map((share) => share.blue));
      const onGreen = sum(shares.map((share) => share.green));
      if (onBlue > 0 && silence !== 'both') blue.push(bluePoint(startMs, onBlue));
      if (onGreen > 0 && silence === 'none') green.push(this.#greenPoint(startMs, onGreen));
    }
    return { blue, green };
  }

  #requests(
    blueTargetGroupArn: string,
    fromMs: number,
    toMs: number,
  ): { readonly blue: number; readonly green: number } {
    const routes = this.#loadBalancer.rules.length;
    const rate = this.requestsPerSecond.at(fromMs) / Math.max(1, routes);
    const rule = this.#loadBalancer.ruleOfBlue(blueTargetGroupArn);
    const all = Math.round((rate * (toMs - fromMs)) / 1000);
    const weighed = sum(rule.greenPercent.pieces(fromMs, toMs).map(({ ms, value }) => ms * value));
    const surplus = this.greenSurplusPercent.at(fromMs);
    const percent = Math.min(100, Math.max(0, weighed / (toMs - fromMs) + surplus));
    const green = Math.round((all * percent) / 100);
    return { blue: all - green, green };
  }

  #greenPoint(startMs: number, requests: number): ColourPoint {
    const p99Ms = this.greenP99Ms.at(startMs);
    const errors = Math.round(requests * this.greenErrorRate.at(startMs));
    return {
      startSeconds: startMs / 1000,
      requests,
      errors,
      p50Ms: p99Ms / 4,
      p90Ms: p99Ms / 2,
      p99Ms,
    };
  }
}

function bluePoint(startMs: number, requests: number): ColourPoint {
  return { startSeconds: startMs / 1000, requests, errors: 0, p50Ms: 20, p90Ms: 40, p99Ms: 80 };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
