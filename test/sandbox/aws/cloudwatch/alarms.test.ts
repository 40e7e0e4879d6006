import {
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { datum, watchClouds, type Watched } from './cloudwatch-fixture.ts';

let clouds: Watched;
beforeEach(async () => {
  clouds = await watchClouds({ customLateness: { minMs: 0, maxMs: 0 } });
});
afterEach(async () => clouds.close());

async function put(change: Partial<PutMetricAlarmCommandInput> = {}): Promise<void> {
  await clouds.client.send(
    new PutMetricAlarmCommand({
      AlarmName: 'a',
      Namespace: 'Shop',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'Cluster', Value: 'c' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      ...change,
    }),
  );
}

async function state(): Promise<string | undefined> {
  const { MetricAlarms } = await clouds.client.send(
    new DescribeAlarmsCommand({ AlarmNames: ['a'] }),
  );
  return MetricAlarms?.[0]?.StateValue;
}

describe('a metric alarm', () => {
  it('is judged by the periods that have ended', async () => {
    await put();
    expect(await state()).toBe('INSUFFICIENT_DATA');

    await clouds.put([10, 70].map((seconds) => datum('Errors', seconds, { Value: 9 })));
    clouds.at(121);
    expect(await state()).toBe('ALARM');

    await clouds.put([130].map((seconds) => datum('Errors', seconds, { Value: 1 })));
    clouds.at(181);
    expect(await state()).toBe('OK');
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['notBreaching', 'OK'],
    ['breaching', 'ALARM'],
    ['ignore', 'INSUFFICIENT_DATA'],
  ])('that treats missing data as %s is %s without any', async (TreatMissingData, expected) => {
    await put({ TreatMissingData });
    clouds.at(121);

    expect(await state()).toBe(expected);
  });

  it('keeps a state set by hand until the next period has ended', async () => {
    await put({ TreatMissingData: 'notBreaching' });
    clouds.at(61);
    await clouds.client.send(
      new SetAlarmStateCommand({ AlarmName: 'a', StateValue: 'ALARM', StateReason: 'a drill' }),
    );

    expect(await state()).toBe('ALARM');
    clouds.at(121);
    expect(await state()).toBe('OK');
  });
});
