/** What is particular to Network Load Balancers; the rest is in the contract of all routers. */
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { SUBNETS } from '#sandbox/aws/seed.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { nlbRouterUnderTest, type NlbUnderTest } from '#test/contract/nlb-under-test.ts';

describe('the router of Network Load Balancers', () => {
  const { signal } = new AbortController();
  let under: NlbUnderTest;

  beforeEach(async () => {
    under = await nlbRouterUnderTest();
  });
  afterEach(async () => under.stop());

  it('writes the default action and nothing else, so that TLS settings stay as they are', async () => {
    const { router, route, aws } = under;
    const { before } = await router.describe(route, signal);
    await router.attach(route, before, signal);
    await router.setGreenPercent(route, 25, Date.now() + 60_000, signal);
    await router.sendAllToBlue(route, Date.now() + 60_000, signal);
    await router.detach(route, before, signal);

    const writes = aws.world?.audit.entries({ operation: 'ModifyListener' }) ?? [];
    expect(
      writes.map(({ input }) =>
        Object.keys(input ?? {})
          .toSorted()
          .join(),
      ),
    ).toEqual(Array.from({ length: 4 }, () => 'DefaultActions,ListenerArn'));
  });

  it('refuses a group that belongs to another load balancer, and says which', async () => {
    const { router, route, aws } = under;
    const { elb } = aws.owner;
    const taken = await under.targetGroup('taken');
    const { LoadBalancers } = await elb.send(
      new CreateLoadBalancerCommand({
        Name: 'other',
        Type: 'network',
        Subnets: [SUBNETS[0]?.subnetId ?? ''],
      }),
    );
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Protocol: 'TCP',
        Port: await freePort(),
        DefaultActions: [{ Type: 'forward', TargetGroupArn: taken }],
      }),
    );

    const described = router.describe({ ...route, greenTargetGroupArn: taken }, signal);
    await expect(described).rejects.toMatchObject({
      type: 'unexpected-shape',
      message: expect.stringContaining(LoadBalancerArn),
    });
    await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  });

  it('refuses a group that speaks HTTP', async () => {
    const { router, route } = under;
    const greenTargetGroupArn = SHOP_FRONT_DOOR.greenTargetGroupArn;

    await expect(router.describe({ ...route, greenTargetGroupArn }, signal)).rejects.toMatchObject({
      type: 'unexpected-shape',
      message: expect.stringContaining('speaks HTTP'),
    });
  });
});
