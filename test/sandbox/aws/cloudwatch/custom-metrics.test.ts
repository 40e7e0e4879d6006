import {
  GetMetricDataCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { datum, NOON_MS, watchClouds, type Watched } from './cloudwatch-fixture.ts';

const dimensions = { Cluster: 'c' };

describe('custom metrics', () => {
  let clouds: Watched;
  beforeEach(async () => {
    clouds = await watchClouds();
  });
  afterEach(() => clouds.close());

  it('are seen one to three seconds after they were put, never before', async () => {
    await clouds.put([datum('Requests', 0, { Value: 7 })]);
    const asked = { name: 'Requests', stat: 'Sum', period: 1, dimensions };

    clouds.at(0.999);
    expect(await clouds.ask(asked)).toEqual({});
    clouds.at(3);
    expect(await clouds.ask(asked)).toEqual({ 0: 7 });
  });

  it('add up in periods aligned to the clock, and have no point where nothing was counted', async () => {
    await clouds.put(
      [0, 4, 5, 9, 22].map((second) => datum('Requests', second, { Value: second + 1 })),
    );
    clouds.at(30);

    expect(await clouds.ask({ name: 'Requests', stat: 'Sum', period: 5, dimensions })).toEqual({
      0: 6,
      5: 16,
      20: 23,
    });
    expect(
      await clouds.ask({ name: 'Requests', stat: 'SampleCount', period: 60, dimensions }),
    ).toEqual({ 0: 5 });
    expect(await clouds.ask({ name: 'Requests', stat: 'Maximum', period: 60, dimensions })).toEqual(
      { 0: 23 },
    );
    expect(await clouds.ask({ name: 'Requests', stat: 'Minimum', period: 60, dimensions })).toEqual(
      { 0: 1 },
    );
    expect(await clouds.ask({ name: 'Requests', stat: 'Average', period: 10, dimensions })).toEqual(
      { 0: 5.5, 20: 23 },
    );
  });

  it('take the start of a window in, rounded down to its period, and leave the end out', async () => {
    await clouds.put([5, 9, 10].map((second) => datum('Requests', second, { Value: 1 })));
    clouds.at(30);

    const asked = { name: 'Requests', stat: 'Sum', period: 5, dimensions, from: 7, to: 10 };

    expect(await clouds.ask(asked)).toEqual({ 5: 2 });
  });

  it('give percentiles of all values, over several periods and clusters kept apart', async () => {
    await clouds.put([
      datum('Latency', 0, { Values: [5, 10, 500], Counts: [50, 48, 2], Unit: 'Milliseconds' }),
      datum('Latency', 1, { Values: [20], Counts: [100], Unit: 'Milliseconds' }),
      datum('Latency', 0, { Values: [9_000], Dimensions: [{ Name: 'Cluster', Value: 'other' }] }),
    ]);
    clouds.at(30);
    const asked = { name: 'Latency', period: 5, dimensions };

    expect(await clouds.ask({ ...asked, stat: 'p50' })).toEqual({ 0: 20 });
    expect(await clouds.ask({ ...asked, stat: 'p99' })).toEqual({ 0: 20 });
    expect(await clouds.ask({ ...asked, stat: 'p99.5' })).toEqual({ 0: 500 });
    expect(await clouds.ask({ ...asked, stat: 'p99', period: 1 })).toEqual({ 0: 500, 1: 20 });
    expect(await clouds.ask({ ...asked, stat: 'SampleCount' })).toEqual({ 0: 200 });
  });

  it('put as statistic sets have sums but no percentiles', async () => {
    const set = { SampleCount: 4, Sum: 40, Minimum: 1, Maximum: 30 };
    await clouds.put([datum('Latency', 0, { StatisticValues: set })]);
    clouds.at(30);

    expect(await clouds.ask({ name: 'Latency', stat: 'Average', period: 5, dimensions })).toEqual({
      0: 10,
    });
    expect(await clouds.ask({ name: 'Latency', stat: 'p99', period: 5, dimensions })).toEqual({});
  });

  it.each<[string, Parameters<typeof datum>[2], string]>([
    ['no value', {}, 'InvalidParameterCombinationException'],
    ['two kinds of values', { Value: 1, Values: [1] }, 'InvalidParameterCombinationException'],
    ['more counts than values', { Values: [1], Counts: [1, 2] }, 'InvalidParameterValueException'],
    ['a resolution of 5', { Value: 1, StorageResolution: 5 }, 'InvalidParameterValueException'],
    [
      'a time three hours ahead',
      { Value: 1, Timestamp: new Date(NOON_MS + 3 * 3_600_000) },
      'InvalidParameterValueException',
    ],
    [
      '151 values',
      { Values: Array.from({ length: 151 }, () => 1) },
      'InvalidParameterValueException',
    ],
  ])('are refused with %s', async (_what, change, name) => {
    await expect(clouds.put([datum('Requests', 0, change)])).rejects.toMatchObject({ name });
  });

  it("are refused in AWS's own namespaces", async () => {
    await expect(
      clouds.client.send(
        new PutMetricDataCommand({
          Namespace: 'AWS/ApplicationELB',
          MetricData: [datum('RequestCount', 0, { Value: 1 })],
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  it('are listed once they can be seen', async () => {
    await clouds.put([
      datum('Requests', 0, { Value: 1 }),
      datum('Errors', 0, { Value: 1, Dimensions: [] }),
    ]);
    const list = (filter = {}) =>
      clouds.client.send(new ListMetricsCommand({ Namespace: 'Shop', ...filter }));

    expect((await list()).Metrics).toEqual([]);
    clouds.at(5);
    expect((await list()).Metrics).toHaveLength(2);
    expect((await list({ Dimensions: [{ Name: 'Cluster', Value: 'c' }] })).Metrics).toEqual([
      { Namespace: 'Shop', MetricName: 'Requests', Dimensions: [{ Name: 'Cluster', Value: 'c' }] },
    ]);
    expect((await list({ MetricName: 'Nothing' })).Metrics).toEqual([]);
  });

  it('are rolled up into minutes after three hours, and sums survive it', async () => {
    await clouds.put([1, 2, 61].map((second) => datum('Requests', second, { Value: 10 })));
    clouds.at(4 * 3_600);
    await clouds.put([datum('Requests', 4 * 3_600, { Value: 1 })]);

    expect(await clouds.ask({ name: 'Requests', stat: 'Sum', period: 60, dimensions })).toEqual({
      0: 20,
      60: 10,
    });
    expect(await clouds.ask({ name: 'Requests', stat: 'Sum', period: 1, dimensions })).toEqual({
      0: 20,
      60: 10,
    });
  });
});

describe('GetMetricData', () => {
  let clouds: Watched;
  beforeEach(async () => {
    clouds = await watchClouds();
    await clouds.put(
      Array.from({ length: 10 }, (_, second) => datum('Requests', second, { Value: second })),
    );
    clouds.at(60);
  });
  afterEach(() => clouds.close());

  const query = (
    change: Partial<MetricDataQuery> = {},
    name = 'Requests',
    stat = 'Sum',
    period = 1,
  ): MetricDataQuery => ({
    Id: 'r',
    MetricStat: {
      Stat: stat,
      Period: period,
      Metric: {
        Namespace: 'Shop',
        MetricName: name,
        Dimensions: [{ Name: 'Cluster', Value: 'c' }],
      },
    },
    ...change,
  });
  const get = (queries: MetricDataQuery[], change: object = {}) =>
    clouds.client.send(
      new GetMetricDataCommand({
        StartTime: new Date(NOON_MS),
        EndTime: new Date(NOON_MS + 60_000),
        MetricDataQueries: queries,
        ...change,
      }),
    );

  it('answers newest first unless asked otherwise, and leaves out what is not to be returned', async () => {
    const down = await get([query(), query({ Id: 'hidden', ReturnData: false })]);
    const up = await get([query()], { ScanBy: 'TimestampAscending' });

    expect(down.MetricDataResults).toHaveLength(1);
    expect(down.MetricDataResults?.[0]?.Values?.[0]).toBe(9);
    expect(up.MetricDataResults?.[0]).toMatchObject({
      Id: 'r',
      Label: 'Requests',
      StatusCode: 'Complete',
    });
    expect(up.MetricDataResults?.[0]?.Values?.[0]).toBe(0);
  });

  it('comes in pages through several results, each datapoint once', async () => {
    const queries = [query({ Id: 'a' }), query({ Id: 'none' }, 'Nothing'), query({ Id: 'b' })];
    const seen: string[] = [];
    const statuses: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await get(queries, {
        MaxDatapoints: 7,
        NextToken,
        ScanBy: 'TimestampAscending',
      });
      for (const { Id, Values = [], StatusCode } of page.MetricDataResults ?? []) {
        seen.push(...Values.map((value) => `${Id}${value}`));
        statuses.push(`${Id} ${StatusCode}`);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);

    expect(seen).toEqual([
      ...Array.from({ length: 10 }, (_, value) => `a${value}`),
      ...Array.from({ length: 10 }, (_, value) => `b${value}`),
    ]);
    expect(statuses).toEqual([
      'a PartialData',
      'none Complete',
      'a Complete',
      'b PartialData',
      'b Complete',
    ]);
  });

  it.each<[string, MetricDataQuery[], object]>([
    ['metric maths', [query({ Id: 'e', Expression: 'r*2', MetricStat: undefined })], {}],
    ['a wrong Id', [query({ Id: 'Upper' })], {}],
    ['two equal Ids', [query(), query()], {}],
    ['no queries', [], {}],
    ['a period of 7', [query({}, 'Requests', 'Sum', 7)], {}],
    ['an unknown statistic', [query({}, 'Requests', 'Median')], {}],
    ['an end before its start', [query()], { EndTime: new Date(NOON_MS) }],
  ])('refuses %s', async (_what, queries, change) => {
    await expect(get(queries, change)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
