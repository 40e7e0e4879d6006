/** CloudWatch in an emulator of its own, with the real SDK client in front and time in the test's hands. */
import {
  CloudWatchClient,
  GetMetricDataCommand,
  PutMetricDataCommand,
  type MetricDatum,
} from '@aws-sdk/client-cloudwatch';
import {
  createCloudWatch,
  type CloudWatchOptions,
} from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import type { MetricStore } from '#sandbox/aws/cloudwatch/metric-store.ts';
import { startAwsEmulator } from '#sandbox/aws/core/emulator.ts';

/** A whole hour, so that every period begins here. */
export const NOON_MS = Date.UTC(2026, 10, 22, 12);

interface Asked {
  readonly name: string;
  readonly stat: string;
  readonly period: number;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  /** Seconds after noon. */
  readonly from?: number;
  readonly to?: number;
}

export interface Watched {
  readonly client: CloudWatchClient;
  readonly store: MetricStore;
  readonly url: string;
  /** Sets the clock, in seconds after noon. */
  at(seconds: number): void;
  put(data: readonly MetricDatum[]): Promise<unknown>;
  /** Values by seconds after noon. */
  ask(asked: Asked): Promise<Readonly<Record<number, number>>>;
  close(): Promise<void>;
}

export async function watchClouds(options: CloudWatchOptions = {}): Promise<Watched> {
  let nowMs = NOON_MS;
  const cloudWatch = createCloudWatch({ nowMs: () => nowMs, ...options });
  const emulator = await startAwsEmulator({ services: [cloudWatch.service] });
  const client = new CloudWatchClient({
    endpoint: emulator.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    client,
    store: cloudWatch.store,
    url: emulator.url,
    at: (seconds) => {
      nowMs = NOON_MS + seconds * 1_000;
    },
    put: (data) =>
      client.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [...data] })),
    ask: async ({
      name,
      stat,
      period,
      dimensions = {},
      namespace = 'Shop',
      from = 0,
      to = 3_600,
    }) => {
      const { MetricDataResults } = await client.send(
        new GetMetricDataCommand({
          StartTime: new Date(NOON_MS + from * 1_000),
          EndTime: new Date(NOON_MS + to * 1_000),
          MetricDataQueries: [
            {
              Id: 'm1',
              MetricStat: {
                Stat: stat,
                Period: period,
                Metric: {
                  Namespace: namespace,
                  MetricName: name,
                  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
                },
              },
            },
          ],
        }),
      );
      const { Timestamps = [], Values = [] } = MetricDataResults?.[0] ?? {};
      return Object.fromEntries(
        Timestamps.map((at, index) => [
          (at.getTime() - NOON_MS) / 1_000,
          Values[index] ?? Number.NaN,
        ]),
      );
    },
    close: async () => {
      client.destroy();
      cloudWatch.stop();
      await emulator.stop();
      expect(emulator.defects()).toEqual([]);
    },
  };
}

/** A high-resolution datum of cluster `c`, that many seconds after noon. */
export function datum(name: string, seconds: number, change: Partial<MetricDatum>): MetricDatum {
  return {
    MetricName: name,
    Timestamp: new Date(NOON_MS + seconds * 1_000),
    Dimensions: [{ Name: 'Cluster', Value: 'c' }],
    StorageResolution: 1,
    ...change,
  };
}
