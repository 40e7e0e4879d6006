import type { GuardReading } from '#domain/guard/guard-reading.ts';
import type { SourceWindow } from '#domain/guard/traffic-window.ts';
import {
  foreignEdit,
  type ExpectedShares,
  type ForeignEdit,
  type FoundShare,
} from '#domain/traffic/foreign-edits.ts';
import { periodsToRead } from '#domain/guard/guardrail-rules.ts';
import { newestWindow } from '#domain/guard/metric-window.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { GuardInput } from '#activities/contract.ts';
import { healthyOnGreen } from '#activities/traffic/green-targets.ts';
import type { Observed } from './readers/observer.ts';
import type { Known, knownWeights } from './known-weights.ts';
import type { MetricSource } from '#activities/ports/traffic-metrics.ts';
import { readTraffic } from '#activities/traffic/read-traffic.ts';
import { findShares } from '#activities/traffic/read-weights.ts';
import type { Tools } from '#activities/tools.ts';

/** What one look of the guard found. */
export interface Look {
  readonly reading: Omit<
    GuardReading,
    'greenPercent' | 'greenSinceSeconds' | 'greenAudibleSinceSeconds'
  >;
  /** The greatest share of green over all routes; null when it could not be read. */
  readonly greenPercent: number | null;
  /** What the run expects of weights; null when they could not be read. */
  readonly known: Known | null;
  /** What somebody else did to the weights; null where nothing is known of it. */
  readonly edit: ForeignEdit | null;
  /** What could not be read, by name. */
  readonly unread: readonly string[];
}

/** Reads everything at once; a failing part does not hide the others. */
export async function lookAtAll(
  tools: Tools,
  input: GuardInput,
  { run, know }: { readonly run: ActivityRun; readonly know: ReturnType<typeof knownWeights> },
  observing: Promise<Observed>,
): Promise<Look> {
  const { spec } = input;
  const unread: string[] = [];
  const tolerant = async <Value>(what: string, reading: Promise<Value>): Promise<Value | null> => {
    try {
      return await reading;
    } catch {
      run.signal.throwIfAborted();
      unread.push(what);
      return null;
    }
  };
  const [weights, greenHealthyTargets, sources, others] = await Promise.all([
    tolerant('weights', findShares(tools, input, run.signal)),
    tolerant('target health', leastHealthy(tools, input, run.signal)),
    Promise.all(
      Object.entries(spec.analysis.sources).map(async ([name, source]) => {
        const window = await tolerant(
          `source ${name}`,
          readSource(tools, input, name, source, run),
        );
        return window === null ? [] : [[name, window] as const];
      }),
    ),
    observing,
  ]);
  const { observed } = others;
  const reading = { sources: Object.fromEntries(sources.flat()), greenHealthyTargets, observed };
  const known = weights === null ? null : await know(weights);
  return {
    reading,
    greenPercent: weights === null || known === null ? null : greatest(weights, known.expected),
    known,
    edit: weights === null || known?.isOfNow !== true ? null : foreignEdit(known.expected, weights),
    unread: [...unread, ...others.unread],
  };
}

/** A share that is not ours to read is taken to be what we left. */
function greatest(shares: ReadonlyMap<string, FoundShare>, expected: ExpectedShares): number {
  const known = [...shares].map(([routeId, share]) =>
    share === 'strange' ? (expected[routeId]?.[0] ?? 0) : (share ?? 0),
  );
  return Math.max(0, ...known);
}

async function readSource(
  tools: Tools,
  input: GuardInput,
  name: string,
  source: MetricSource,
  run: ActivityRun,
): Promise<SourceWindow> {
  const { spec, resolved } = input;
  const { guardrails, missingDataSeconds } = spec.analysis;
  const { periodSeconds } = source;
  const periods = periodsToRead(guardrails, name, periodSeconds);
  const seconds = Math.max(periods * periodSeconds, missingDataSeconds);
  const window = newestWindow(source, tools.ports.clock.nowMs(), seconds);
  const points = await readTraffic(tools, spec, source, resolved.routes, window, run.signal);
  return {
    periodSeconds: source.periodSeconds,
    closedUntilSeconds: window.toSeconds,
    ...points,
  };
}

async function leastHealthy(tools: Tools, input: GuardInput, signal: AbortSignal): Promise<number> {
  return Math.min(...(await healthyOnGreen(tools, input, signal)));
}
