import * as sdk from '@aws-sdk/client-cloudwatch';
import { createCloudWatchMetrics } from '#activities/adapters/metrics/cloudwatch-metrics.ts';
import type { MetricQuery } from '#activities/ports/traffic-metrics.ts';
import type { OperationHandlers } from '#sandbox/aws/core/operation-handlers.ts';
import { defineService } from '#sandbox/aws/core/service.ts';
import { ACCESS, startEmulatedAws, type EmulatedAws } from '#test/contract/emulated-aws.ts';

/** CloudWatch's own peculiarities, by a CloudWatch that answers what each test wants. */
type Handler = NonNullable<OperationHandlers<typeof sdk>['GetMetricData']>;

const { signal } = new AbortController();
const START = 1_800_000_000;
const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
const route = (id: string): MetricQuery['routes'][number] => ({
  loadBalancerArn: `${ELB}:loadbalancer/app/shop/50dc6c495c0c9188`,
  blueTargetGroupArn: `${ELB}:targetgroup/blue-${id}/6d0ecf831eec9f09`,
  greenTargetGroupArn: `${ELB}:targetgroup/green-${id}/73e2d6bc24d8a067`,
});
const query: Parameters<ReturnType<typeof createCloudWatchMetrics>['read']>[0] = {
  access: ACCESS,
  source: { with: 'cloudwatch-alb', periodSeconds: 60, latenessSeconds: 180 },
  blueCluster: 'shop-blue',
  greenCluster: 'shop-green',
  routes: [route('web')],
  fromSeconds: START,
  toSeconds: START + 180,
};

let aws: EmulatedAws;
let calls: Parameters<Handler>[0][];

const answering = async (handler: Handler) => {
  calls = [];
  const handlers: OperationHandlers<typeof sdk> = {
    GetMetricData: (input, call) => {
      calls.push(input);
      return handler(input, call);
    },
  };
  const service = defineService({
    sdk,
    signingName: 'monitoring',
    protocol: { kind: 'json-1.0' },
    validationErrorCode: 'InvalidParameterValueException',
    handlers,
  });
  aws = await startEmulatedAws({ services: () => [service] });
  const metrics = createCloudWatchMetrics({ clients: aws.clients });
  return async (wanted = query) => metrics.read(wanted, signal);
};
afterEach(async () => aws.stop());

const at = (...minutes: readonly number[]): Date[] =>
  minutes.map((minute) => new Date((START + minute * 60) * 1000));

/** Answers by the name of the metric and, where it matters, the target group. */
const byMetric =
  (values: Readonly<Record<string, readonly number[]>>): Handler =>
  ({ MetricDataQueries = [] }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }) => {
      const { MetricName = '', Dimensions = [] } = MetricStat?.Metric ?? {};
      const group = Dimensions.find(({ Name }) => Name === 'TargetGroup')?.Value?.split('/')[1];
      const found = values[`${MetricName} ${group}`] ?? values[MetricName] ?? [];
      return {
        Id,
        StatusCode: 'Complete',
        Timestamps: at(...found.keys()),
        Values: [...found],
      };
    }),
  });

describe('metrics of an ALB', () => {
  it('are asked for by the suffixes of the ARNs, in whole periods', async () => {
    const read = await answering(byMetric({}));

    await read();

    const [first] = calls[0]?.MetricDataQueries ?? [];
    expect(first?.MetricStat).toMatchObject({
      Period: 60,
      Stat: 'Sum',
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'RequestCount',
        Dimensions: [
          { Name: 'LoadBalancer', Value: 'app/shop/50dc6c495c0c9188' },
          { Name: 'TargetGroup', Value: 'targetgroup/blue-web/6d0ecf831eec9f09' },
        ],
      },
    });
  });

  it('count refused connections as errors, seconds as milliseconds, and absent errors as none', async () => {
    const read = await answering(
      byMetric({
        'RequestCount blue-web': [100],
        'RequestCount green-web': [50, 60],
        'HTTPCode_Target_5XX_Count green-web': [2],
        'TargetConnectionErrorCount green-web': [3],
        TargetResponseTime: [0.25],
      }),
    );

    const { blue, green } = await read();

    expect(blue).toEqual([
      { startSeconds: START, requests: 100, errors: 0, p50Ms: 250, p90Ms: 250, p99Ms: 250 },
    ]);
    expect(green).toEqual([
      {
        startSeconds: START,
        requests: 50,
        errors: 5,
        connectionErrors: 3,
        p50Ms: 250,
        p90Ms: 250,
        p99Ms: 250,
      },
      { startSeconds: START + 60, requests: 60, errors: 0, p50Ms: null, p90Ms: null, p99Ms: null },
    ]);
  });

  it('add up over routes, count a shared target group once, and keep the worst percentile', async () => {
    const read = await answering(
      byMetric({
        'RequestCount green-web': [10],
        'RequestCount green-api': [5],
        'TargetResponseTime green-web': [0.1],
        'TargetResponseTime green-api': [0.4],
      }),
    );

    const { green } = await read({ ...query, routes: [route('web'), route('web'), route('api')] });

    expect(green).toMatchObject([{ requests: 15, p99Ms: 400 }]);
  });

  it('are asked for in calls of at most 500', async () => {
    const read = await answering(byMetric({ RequestCount: [1] }));
    const routes = Array.from({ length: 50 }, (_, index) => route(`r${index}`));

    const { green } = await read({ ...query, routes });

    expect(calls.map(({ MetricDataQueries }) => MetricDataQueries?.length)).toEqual([500, 100]);
    expect(green).toMatchObject([{ requests: 50 }]);
  });

  it('leave out what lies outside the window', async () => {
    const read = await answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id }) => ({
        Id,
        StatusCode: 'Complete',
        Timestamps: at(-1, 0, 2, 3),
        Values: [1, 1, 1, 1],
      })),
    }));

    const { blue } = await read();

    expect(blue.map(({ startSeconds }) => startSeconds)).toEqual([START, START + 120]);
  });

  it('are empty for an empty window, without a question', async () => {
    const read = await answering(byMetric({ RequestCount: [1] }));

    expect(await read({ ...query, toSeconds: START })).toEqual({ blue: [], green: [] });
    expect(calls).toEqual([]);
  });
});

describe('partial answers', () => {
  it('are followed to their end', async () => {
    const read = await answering(({ MetricDataQueries = [], NextToken }) => {
      const page = NextToken === undefined ? 0 : 1;
      return {
        MetricDataResults: MetricDataQueries.map(({ Id }) => ({
          Id,
          StatusCode: page === 0 ? 'PartialData' : 'Complete',
          Timestamps: at(page),
          Values: [page + 1],
        })),
        ...(page === 0 ? { NextToken: 'more' } : {}),
      };
    });

    const { blue } = await read();

    expect(blue.map(({ requests }) => requests)).toEqual([1, 2]);
  });

  it.each([
    ['unavailable', 'PartialData'],
    ['unavailable', 'InternalError'],
    ['access-denied', 'Forbidden'],
  ] as const)('that stay so are %s, never good news: %s', async (type, StatusCode) => {
    const read = await answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id }) => ({ Id, StatusCode })),
    }));

    await expect(read()).rejects.toMatchObject({ type });
  });
});
