/**
 * CloudWatch of the emulator: metrics that applications put and that the load balancers report, each as late as in AWS. What
 * is not played is refused by name.
 */
import * as sdk from '@aws-sdk/client-cloudwatch';
import type { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import { drawDelayMs, seededRandom, type DelayRange } from '#sandbox/data-plane/seeded-random.ts';
import type { Instances } from '../ec2/instances.ts';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { defineService, type Service } from '../core/service.ts';
import { AlarmStore } from './alarms.ts';
import { AlbMetrics } from './alb-metrics.ts';
import { getMetricData } from './get-metric-data.ts';
import { listMetrics } from './list-metrics.ts';
import { MetricStore } from './metric-store.ts';
import { samplesOf } from './put-metric-data.ts';
import { publishUsage } from './usage-metrics.ts';

const DEFAULT_CUSTOM_LATENESS: DelayRange = { minMs: 1_000, maxMs: 3_000 };

export interface CloudWatchOptions {
  /** Whose traffic becomes `AWS/ApplicationELB`. @default nobody's */
  readonly dataPlane?: DataPlane;
  /** @default 1 */
  readonly seed?: number;
  /** From PutMetricData until a datum can be read. @default 1–3 s */
  readonly customLateness?: DelayRange;
  /** From the end of a minute until an ALB metric of it can be read. @default 60–180 s */
  readonly albLateness?: DelayRange;
  /** @default the system's clock */
  readonly nowMs?: () => number;
}

export interface CloudWatch {
  readonly service: Service;
  readonly store: MetricStore;
  /** Reports from now on how many vCPUs run. */
  reportUsage(instances: Instances): void;
  stop(): void;
}

export function createCloudWatch(options: CloudWatchOptions = {}): CloudWatch {
  const { seed = 1, nowMs = Date.now, customLateness = DEFAULT_CUSTOM_LATENESS } = options;
  const store = new MetricStore(nowMs);
  const alarms = new AlarmStore(store, nowMs);
  const latenessRandom = seededRandom(seed, 'lateness of custom metrics');
  const { dataPlane, albLateness: lateness } = options;
  const albMetrics =
    dataPlane === undefined
      ? undefined
      : new AlbMetrics({ dataPlane, store, seed, ...(lateness === undefined ? {} : { lateness }) });

  const ends: (() => void)[] = [];

  const handlers: OperationHandlers<typeof sdk> = {
    PutMetricData: ({ Namespace = '', MetricData = [], EntityMetricData }) => {
      if (EntityMetricData !== undefined) {
        throw new AwsError('NotImplementedException', 'EntityMetricData is not emulated', {
          httpStatus: 501,
        });
      }
      const late = (): number => drawDelayMs(latenessRandom, customLateness);
      for (const sample of samplesOf(Namespace, MetricData, nowMs(), late)) store.put(sample);
      return {};
    },
    GetMetricData: (input) => getMetricData(store, input),
    ListMetrics: (input) => listMetrics(store, input, nowMs()),
    PutMetricAlarm: (input, call) => alarms.put(input, call),
    SetAlarmState: (input) => alarms.setState(input),
    DescribeAlarms: (input) => alarms.describe(input),
    DeleteAlarms: ({ AlarmNames = [] }) => alarms.delete(AlarmNames),
  };

  return {
    service: defineService({
      sdk,
      signingName: 'monitoring',
      protocol: { kind: 'json-1.0' },
      validationErrorCode: 'InvalidParameterValueException',
      handlers,
    }),
    store,
    reportUsage: (instances) => void ends.push(publishUsage(instances, store, nowMs)),
    stop: () => {
      albMetrics?.stop();
      for (const end of ends) end();
    },
  };
}
