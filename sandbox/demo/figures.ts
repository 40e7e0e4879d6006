/**
 * The demo's figures, measured outside the engine: by the traffic generator, the emulator's audit and EKS itself. What the
 * engine says of its own work is taken only where nobody else can know it (phases, observed shares, its verdict).
 */
import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { Decision } from '#domain/migration/messages.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { TrafficSummary } from '#sandbox/traffic/traffic-summary.ts';
import type { TrafficClient } from '#sandbox/traffic/traffic-client.ts';
import type { DemoReport } from './scenario.ts';
import type { WeightChange } from './rules.ts';
import type { Trouble } from './stage.ts';

export const GREEN = 'shop-green';

/** The data plane's nodes take a change over within 3 s (its seeded default), and a request may be under way for one more. */
const PROPAGATION_MS = 4_000;

export async function clusterFacts(
  eks: EKSClient,
  name: string,
): Promise<{ readonly version: string; readonly exists: boolean }> {
  try {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
    return { version: cluster?.version ?? '', exists: cluster?.status !== 'DELETING' };
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ResourceNotFoundException')
      return { version: '', exists: false };
    throw cause;
  }
}

/** Users' requests that green answered while every node had it at weight 0. */
export async function greenAtWeightZero(
  traffic: TrafficClient,
  changes: readonly WeightChange[],
): Promise<number> {
  let found = 0;
  const moments: readonly WeightChange[] = [
    { atMs: 0, greenPercent: 0, sticks: false },
    ...changes,
  ];
  for (const [index, change] of moments.entries()) {
    if (change.greenPercent > 0) continue;
    const next = moments.slice(index + 1).find(({ greenPercent }) => greenPercent > 0);
    const fromMs = change.atMs === 0 ? 0 : change.atMs + PROPAGATION_MS;
    if (next !== undefined && next.atMs <= fromMs) continue;
    const summary = await traffic.summary({
      fromMs,
      ...(next === undefined ? {} : { toMs: next.atMs }),
    });
    found = Math.max(found, summary.colours[GREEN]?.requests ?? 0);
  }
  return found;
}

export function failedAtBlue(summary: TrafficSummary): number {
  return summary.colours[BLUE]?.failed ?? 0;
}

/** Null when there was no trouble, or nobody called the end: no verdict of the guard and no word of a person. */
export function rollbackFigures(
  summary: TrafficSummary,
  decisions: readonly Decision[],
  trouble: Trouble,
): DemoReport['rollback'] {
  const green = summary.colours[GREEN];
  const called = decisions.find(({ verb }) => verb === 'guard' || verb === 'rollback');
  const sinceMs = beginningOf(summary, trouble);
  if (green === undefined || sinceMs === null || called === undefined) return null;
  return {
    detectedSeconds: seconds(Math.max(0, Date.parse(called.at) - sinceMs)),
    restoredSeconds: seconds(Math.max(0, green.lastAtMs - sinceMs)),
    failedRequests: summary.failed,
  };
}

export async function exposureFigures(
  traffic: TrafficClient,
  whole: TrafficSummary,
  trouble: Trouble,
): Promise<DemoReport['exposure']> {
  const sinceMs = beginningOf(whole, trouble);
  if (sinceMs === null) return null;
  const during = await traffic.summary({
    fromMs: sinceMs,
    ...(trouble.endedMs === null ? {} : { toMs: trouble.endedMs }),
  });
  const green = during.colours[GREEN];
  return {
    requests: green?.requests ?? 0,
    failedRequests: during.failed,
    seconds: green === undefined ? 0 : seconds(green.lastAtMs - sinceMs),
  };
}

/** A scenario that breaks green from the start leaves it to the first bad answer. */
function beginningOf(summary: TrafficSummary, { beganMs }: Trouble): number | null {
  return beganMs ?? summary.colours[GREEN]?.firstFailedAtMs ?? null;
}

/** Milliseconds as seconds with two decimals. */
export function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 10) / 100;
}
