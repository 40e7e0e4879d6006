/**
 * `AWS/Usage` as far as vCPUs go: how many run, per market, each time their number changes and every minute, so that there is always
 * a figure. AWS reports them every five minutes. Source: docs AmazonCloudWatch/latest/monitoring/CloudWatch-Usage-Metrics.html
 */
import type { Instances, Market } from '../ec2/instances.ts';
import { distributionOf } from './distribution.ts';
import type { MetricStore } from './metric-store.ts';

const CLASSES: Readonly<Record<Market, string>> = {
  'on-demand': 'Standard/OnDemand',
  spot: 'Standard/Spot',
};
const EVERY_MS = 60_000;

/** Returns what ends it. */
export function publishUsage(
  instances: Instances,
  store: MetricStore,
  nowMs: () => number,
): () => void {
  const publish = (): void => {
    const atMs = nowMs();
    for (const market of ['on-demand', 'spot'] as const)
      store.put({
        metric: {
          namespace: 'AWS/Usage',
          name: 'ResourceCount',
          dimensions: {
            Class: CLASSES[market],
            Resource: 'vCPU',
            Service: 'EC2',
            Type: 'Resource',
          },
        },
        atMs,
        resolution: 60,
        unit: 'None',
        visibleAtMs: atMs,
        distribution: distributionOf([[instances.vcpus(market), 1]]),
      });
  };
  publish();
  instances.onChange(publish);
  const timer = setInterval(publish, EVERY_MS);
  return () => clearInterval(timer);
}
