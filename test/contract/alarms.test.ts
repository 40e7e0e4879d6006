import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { createCloudWatchAlarms } from '#activities/adapters/metrics/cloudwatch-alarms.ts';
import { createCloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import { distributionOf } from '#sandbox/aws/cloudwatch/distribution.ts';
import { REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { REAL_CLOCK } from '#test/fakes/fake-clock.ts';
import { FakeSigns } from '#test/fakes/fake-signs.ts';
import { alarmsContract, type AlarmsUnderTest } from './alarms.contract.ts';
import { ACCESS, startEmulatedAws } from './emulated-aws.ts';

alarmsContract('in memory', async () => {
  const signs = new FakeSigns(REAL_CLOCK);
  return {
    alarms: signs.alarms,
    access: ACCESS,
    make: async (states) => {
      for (const [name, state] of Object.entries(states)) signs.alarm(name, state);
    },
    stop: async () => undefined,
  };
});

alarmsContract('CloudWatch, emulated', emulated);

/** Alarms on metrics that say so: nobody sets their state. */
async function emulated(): Promise<AlarmsUnderTest> {
  const cloudWatch = createCloudWatch({});
  const aws = await startEmulatedAws({ services: () => [cloudWatch.service] });
  const owner = new CloudWatchClient({ region: REGION, credentials: { ...SANDBOX_CREDENTIALS } });
  const count = (name: string, value: number): void => {
    for (let ago = 1; ago < 20; ago += 1)
      cloudWatch.store.put({
        metric: { namespace: 'Shop', name, dimensions: {} },
        atMs: Date.now() - ago * 10_000,
        resolution: 1,
        unit: 'Count',
        visibleAtMs: 0,
        distribution: distributionOf(new Map([[value, 1]])),
      });
  };
  return {
    alarms: createCloudWatchAlarms({ clients: aws.clients }),
    access: ACCESS,
    make: async (states) => {
      for (const [name, state] of Object.entries(states)) {
        if (state !== 'UNKNOWN') count(name, state === 'ALARM' ? 100 : 1);
        await owner.send(
          new PutMetricAlarmCommand({
            AlarmName: name,
            Namespace: 'Shop',
            MetricName: name,
            Statistic: 'Maximum',
            Period: 60,
            EvaluationPeriods: 2,
            Threshold: 10,
            ComparisonOperator: 'GreaterThanThreshold',
          }),
        );
      }
    },
    stop: async () => {
      owner.destroy();
      await aws.stop();
      cloudWatch.stop();
    },
  };
}
