import {
  DescribeLoadBalancersCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { openFrontDoor } from './front-door-fixture.ts';

const { ruleArn, blueTargetGroupArn } = SHOP_FRONT_DOOR;

describe('the limit on changes', () => {
  it('throttles an account beyond its burst, and the SDK gets through by trying again', async () => {
    // Refilled once in a quarter of an hour: how long the ten calls take on a full machine changes nothing.
    const impatient = await openFrontDoor({ mutationLimit: { ratePerSecond: 0.001, burst: 3 } });
    const change = new ModifyRuleCommand({
      RuleArn: ruleArn,
      Actions: [{ Type: 'forward', TargetGroupArn: blueTargetGroupArn }],
    });
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => impatient.client.send(change)),
    );
    const throttled = results.filter(
      (result) =>
        result.status === 'rejected' && JSON.stringify(result.reason).includes('Throttling'),
    );
    expect(throttled).toHaveLength(7);
    await impatient.client.send(new DescribeLoadBalancersCommand({}));
    await impatient.close();

    const patient = await openFrontDoor({
      mutationLimit: { ratePerSecond: 50, burst: 1 },
      maxAttempts: 10,
    });
    await Promise.all(Array.from({ length: 3 }, () => patient.client.send(change)));
    await patient.close();
  });
});
