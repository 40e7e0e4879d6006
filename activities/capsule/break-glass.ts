import type {
  BreakGlassReport,
  RouteLook,
  RouteReport,
} from '#domain/capsule/break-glass-report.ts';
import { outcomeOf } from '#domain/capsule/break-glass-report.ts';
import { isAccepted, type Capsule, type CapsuleRoute } from '#domain/capsule/capsule.ts';
import { CutoverFailure, FAILURES } from '#domain/failures.ts';
import { worstFirst } from '#domain/traffic/worst-first.ts';
import type { CapsuleCalls } from '#activities/ports/capsules.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { Ports } from '#activities/ports/ports.ts';

/**
 * A capsule carried out: no Temporal, no worker, AWS credentials alone (I1). The route with most users on green first, each tried
 * until it reads back as blue or the time is over; then all are watched for as long as a forward write of somebody who
 * does not know yet may still land (I6). Carried out twice it does the same twice.
 *
 * Invariant: a route is not sent to a blue that has nobody to serve it (I2), unless forced.
 */
export interface BreakGlassTools {
  readonly calls: CapsuleCalls;
  readonly targetGroups: Pick<Ports['targetGroups'], 'readHealth'>;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly timings: BreakGlassTimings;
}

export interface BreakGlassTimings {
  /** How long one write is read back before it is sent again. */
  readonly readBackMs: number;
  /** Between two reads. */
  readonly pauseMs: number;
  /** Between two attempts, by attempt; the last one stays. */
  readonly retryMs: readonly number[];
  /** How long after the last write a forward write of an abandoned attempt may land. */
  readonly lateWriteMs: number;
}

/** ELBv2's quotas refill within a second; AWS says of none how far it goes, so pauses grow to what hurts nobody. */
export const BREAK_GLASS_TIMINGS: BreakGlassTimings = {
  readBackMs: 5_000,
  pauseMs: 250,
  retryMs: [250, 500, 1_000, 2_000],
  // As `PRODUCTION_TIMINGS.lateWriteMs`: 8 s until a write is sent, 3 s until the SDK gives it up.
  lateWriteMs: 12_000,
};

export interface BreakGlassOptions {
  /** Also where blue has no healthy target. */
  readonly force: boolean;
  /** Epoch milliseconds; no new attempt after it. */
  readonly untilMs: number;
  /** Told what goes on, one sentence each. */
  readonly say: (sentence: string) => void;
}

/** Routes written at once: enough to be quick, few enough that the worst ones are not throttled by the rest. */
const AT_ONCE = 4;

export async function breakGlass(
  tools: BreakGlassTools,
  capsule: Capsule,
  options: BreakGlassOptions,
  signal: AbortSignal,
): Promise<BreakGlassReport> {
  const work = new Work(tools, options, signal);
  const found = await Promise.all(
    capsule.routes.map(async (route) => ({ ...route, was: await work.look(route) })),
  );
  // Those on blue already are written too: what was read may be older than a write under way.
  const order = [
    ...worstFirst(
      found.filter(({ was }) => was !== 'blue'),
      ({ greenPercent }) => greenPercent,
    ),
    ...found.filter(({ was }) => was === 'blue'),
  ];
  const reports = new Map<string, RouteReport>();
  const queue = [...order];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let route = queue.shift(); route !== undefined; route = queue.shift())
        reports.set(route.id, await work.bring(route));
    }),
  );
  await work.keepOnBlue(order, reports);
  const routes = order.flatMap(({ id }) => reports.get(id) ?? []);
  return { outcome: outcomeOf(routes), routes };
}

type FoundRoute = CapsuleRoute & { readonly was: RouteLook };

class Work {
  readonly #tools: BreakGlassTools;
  readonly #options: BreakGlassOptions;
  readonly #signal: AbortSignal;
  readonly #startedMs: number;

  constructor(tools: BreakGlassTools, options: BreakGlassOptions, signal: AbortSignal) {
    this.#tools = tools;
    this.#options = options;
    this.#signal = signal;
    this.#startedMs = tools.clock.nowMs();
  }

  /** Where the route is now; what cannot be read is not known. */
  async look({ wayBack, access }: CapsuleRoute): Promise<RouteLook> {
    try {
      for (const readBack of wayBack.readBack) {
        const answer = await this.#tools.calls.send(readBack.ask, access, this.#signal);
        if (!isAccepted(readBack, answer)) return 'elsewhere';
      }
      return 'blue';
    } catch {
      this.#signal.throwIfAborted();
      return 'unknown';
    }
  }

  async bring(route: FoundRoute): Promise<RouteReport> {
    const { id, resource, was } = route;
    const report = { id, resource, was, reasserted: 0 };
    const nobody = was === 'blue' || this.#options.force ? null : await this.#nobodyOnBlue(route);
    if (nobody !== null) {
      this.#options.say(`route ${id} stays where it is: ${nobody}`);
      return { ...report, result: 'not-able', attempts: 0, seconds: null, problem: nobody };
    }
    let problem = '';
    for (let attempts = 1; ; attempts += 1) {
      const failure = await this.#attempt(route);
      if (failure === null) {
        const seconds = (this.#tools.clock.nowMs() - this.#startedMs) / 1000;
        this.#options.say(`route ${id} is on blue`);
        return { ...report, result: 'on-blue', attempts, seconds, problem: '' };
      }
      if (failure.message !== problem) this.#options.say(`route ${id}: ${failure.message}`);
      problem = failure.message;
      const isOver = this.#tools.clock.nowMs() >= this.#options.untilMs;
      if (isOver || !FAILURES[failure.type].retryable)
        return { ...report, result: 'failed', attempts, seconds: null, problem };
      await this.#pause(attempts);
    }
  }

  /** Brings back again what moves while late writes may land; counts how often. */
  async keepOnBlue(
    routes: readonly FoundRoute[],
    reports: Map<string, RouteReport>,
  ): Promise<void> {
    const { clock, timings } = this.#tools;
    const untilMs = clock.nowMs() + timings.lateWriteMs;
    const kept = routes.filter(({ id }) => reports.get(id)?.result === 'on-blue');
    if (kept.length > 0)
      this.#options.say(`watching for late writes for ${timings.lateWriteMs / 1000} s`);
    while (kept.length > 0 && clock.nowMs() < untilMs) {
      await clock.sleep(Math.max(timings.pauseMs, timings.lateWriteMs / 12), this.#signal);
      for (const route of kept) {
        const report = reports.get(route.id);
        if (report === undefined || (await this.look(route)) !== 'elsewhere') continue;
        const again = await this.bring({ ...route, was: 'elsewhere' });
        const attempts = report.attempts + again.attempts;
        const { seconds } = report;
        const reasserted = report.reasserted + 1;
        reports.set(route.id, { ...again, was: report.was, attempts, seconds, reasserted });
      }
    }
  }

  /** Why blue cannot take the route's users; null when it can, or when nobody knows. */
  async #nobodyOnBlue({ blueTargetGroupArn, access }: CapsuleRoute): Promise<string | null> {
    if (blueTargetGroupArn === null) return null;
    try {
      const { targetGroups } = this.#tools;
      const { healthy, total } = await targetGroups.readHealth(
        access,
        blueTargetGroupArn,
        this.#signal,
      );
      return healthy > 0
        ? null
        : `blue's target group has no healthy target (${total} registered) [${blueTargetGroupArn}]; next: bring blue's targets back, or --force`;
    } catch {
      // A question that fails must not keep users on a failing green.
      this.#signal.throwIfAborted();
      return null;
    }
  }

  /** Null: sent and read back. */
  async #attempt(route: FoundRoute): Promise<CutoverFailure | null> {
    const { wayBack, access, resource } = route;
    try {
      for (const call of wayBack.calls) await this.#tools.calls.send(call, access, this.#signal);
    } catch (cause) {
      this.#signal.throwIfAborted();
      if (cause instanceof CutoverFailure) return cause;
      throw cause;
    }
    const { clock, timings } = this.#tools;
    const untilMs = clock.nowMs() + timings.readBackMs;
    for (;;) {
      const look = await this.look(route);
      if (look === 'blue') return null;
      if (clock.nowMs() >= untilMs)
        return new CutoverFailure(
          'write-not-verified',
          look === 'unknown' ? 'sent, but it cannot be read back' : 'sent, but it reads otherwise',
          { resource },
        );
      await clock.sleep(timings.pauseMs, this.#signal);
    }
  }

  async #pause(attempts: number): Promise<void> {
    const { clock, timings } = this.#tools;
    const ms = timings.retryMs[Math.min(attempts, timings.retryMs.length) - 1] ?? timings.pauseMs;
    await clock.sleep(ms, this.#signal);
  }
}
