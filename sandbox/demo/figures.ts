/**
 * The demo's figures, measured outside the engine: by the traffic generator, the emulator's audit and EKS itself. What the
 * engine says of its own work is taken only where nobody else can know it (phases, observed shares, its verdict).
 */
import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { Decision } from '#domain/messages.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { TrafficSummary } from '#sandbox/traffic/traffic-summary.ts';
import type { TrafficClient } from '#sandbox/traffic/traffic-client.ts';
import type { DemoReport } from './scenario.ts';
import type { WeightChange } from './rules.ts';

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
  const moments: readonly WeightChange[] = [{ atMs: 0, greenPercent: 0 }, ...changes];
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

/** Null when green never failed anybody or nobody gave a verdict. */
export function rollbackFigures(
  summary: TrafficSummary,
  decisions: readonly Decision[],
): DemoReport['rollback'] {
  const green = summary.colours[GREEN];
  const verdict = decisions.find(({ verb }) => verb === 'guard');
  if (green === undefined || green.firstFailedAtMs === null || verdict === undefined) return null;
  return {
    detectedSeconds: seconds(Date.parse(verdict.at) - green.firstFailedAtMs),
    restoredSeconds: seconds(green.lastAtMs - green.firstFailedAtMs),
    failedRequests: summary.failed,
  };
}

/** Milliseconds as seconds with two decimals. */
export function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 10) / 100;
}
