/** An application that publishes its metrics a minute late. */
import { ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Hazard } from './hazard.ts';
import type { World } from './world.ts';

/** A source of the plan, which says that nothing of it is late. */
export const LATE_SOURCE = {
  with: 'cloudwatch',
  namespace: 'Ledger',
  period: '10s',
  lateness: '0s',
} as const;

const LATE_SECONDS = 60;
const PUBLISHED_SECONDS = 120;
const PERIOD_SECONDS = 10;
/** In each period; so many that silence is no luck. */
const REQUESTS = 5_000;

const FIRST_MINUTE_MS = 120_000;

/** A load balancer's own metrics are sums of a minute: one that is younger shows nothing yet. */
export async function untilAllSourcesSpeak({ cloudWatch }: World): Promise<void> {
  const ofTargetGroups = {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCount',
    Dimensions: [{ Name: 'TargetGroup' }],
  };
  await waitUntil(
    async () => {
      const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand(ofTargetGroups));
      return Metrics.length > 0;
    },
    {
      what: "the first minute of the load balancer's metrics",
      timeoutMs: FIRST_MINUTE_MS,
      intervalMs: 500,
    },
  );
}

export async function publishLate({ cloudWatch }: World): Promise<readonly Hazard[]> {
  const newest = Math.floor(Date.now() / 1_000 - LATE_SECONDS);
  await cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: LATE_SOURCE.namespace,
      MetricData: Array.from({ length: PUBLISHED_SECONDS / PERIOD_SECONDS }, (_, index) => ({
        MetricName: 'Requests',
        Unit: 'Count',
        Value: REQUESTS,
        StorageResolution: 1,
        Dimensions: [{ Name: 'Cluster', Value: BLUE }],
        Timestamp: new Date((newest - index * PERIOD_SECONDS) * 1_000),
      })),
    }),
  );
  return [{ code: 'source-late', resource: 'analysis.sources.ledger' }];
}
