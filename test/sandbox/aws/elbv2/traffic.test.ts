import {
  CreateRuleCommand,
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
  type TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { eventually } from '../../data-plane/eventually.ts';
import { withinBinomialBounds } from '../../data-plane/statistics.ts';
import { BLUE_POD, GREEN_POD, openFrontDoor, type FrontDoor } from './front-door-fixture.ts';

const { ruleArn, listenerArn, loadBalancerArn, blueTargetGroupArn, greenTargetGroupArn } =
  SHOP_FRONT_DOOR;

describe('traffic behind the API', () => {
  let door: FrontDoor;
  afterEach(() => door.close());

  const register = (arn: string, address: string) =>
    door.client.send(
      new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: address }] }),
    );
  const healthOf = async (arn: string, address: string): Promise<TargetHealth | undefined> => {
    const { TargetHealthDescriptions } = await door.client.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: arn, Targets: [{ Id: address }] }),
    );
    return TargetHealthDescriptions?.[0]?.TargetHealth;
  };
  const becomes = (arn: string, address: string, state: string) =>
    eventually(
      `${address} is ${state}`,
      async () => (await healthOf(arn, address))?.State === state,
    );
  const setWeights = (blue: number, green: number, sticky?: number) =>
    door.client.send(
      new ModifyRuleCommand({
        RuleArn: ruleArn,
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: blueTargetGroupArn, Weight: blue },
                { TargetGroupArn: greenTargetGroupArn, Weight: green },
              ],
              TargetGroupStickinessConfig:
                sticky === undefined
                  ? { Enabled: false }
                  : { Enabled: true, DurationSeconds: sticky },
            },
          },
        ],
      }),
    );
  const greensOf = async (requests: number): Promise<number> => {
    let greens = 0;
    for (let index = 0; index < requests; index += 1) {
      const { pod, status } = await door.get();
      expect(status).toBe(200);
      if (pod.startsWith(GREEN_POD)) greens += 1;
    }
    return greens;
  };

  it('follows a whole shift: unused, attached at 0, healthy, weighted, all over', async () => {
    door = await openFrontDoor();
    await register(blueTargetGroupArn, BLUE_POD);
    await register(greenTargetGroupArn, GREEN_POD);
    await becomes(blueTargetGroupArn, BLUE_POD, 'healthy');
    expect(await healthOf(greenTargetGroupArn, GREEN_POD)).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotInUse',
    });

    await setWeights(100, 0);
    await becomes(greenTargetGroupArn, GREEN_POD, 'healthy');
    expect(await greensOf(100)).toBe(0);

    await setWeights(75, 25);
    expect(withinBinomialBounds(await greensOf(400), 400, 0.25)).toBe(true);

    await setWeights(0, 100);
    expect(await greensOf(50)).toBe(50);
  });

  it('reaches the nodes only after the propagation, though the API shows it at once', async () => {
    door = await openFrontDoor({ dataPlane: { propagation: { minMs: 300, maxMs: 600 } } });
    await register(blueTargetGroupArn, BLUE_POD);
    await becomes(blueTargetGroupArn, BLUE_POD, 'healthy');

    await setWeights(0, 100);

    expect(door.dataPlane.isSettled(loadBalancerArn)).toBe(false);
    await eventually('settled', () => door.dataPlane.isSettled(loadBalancerArn));
    // Green has no target: a load balancer does not fail over to the other group.
    expect((await door.get()).status).toBe(503);
  });

  it('drains what is deregistered and then does not know it', async () => {
    door = await openFrontDoor();
    await register(blueTargetGroupArn, BLUE_POD);
    await becomes(blueTargetGroupArn, BLUE_POD, 'healthy');

    await door.client.send(
      new DeregisterTargetsCommand({
        TargetGroupArn: blueTargetGroupArn,
        Targets: [{ Id: BLUE_POD, Port: 8080 }],
      }),
    );

    expect(await healthOf(blueTargetGroupArn, BLUE_POD)).toMatchObject({
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
    });
    await becomes(blueTargetGroupArn, BLUE_POD, 'unused');
    expect((await healthOf(blueTargetGroupArn, BLUE_POD))?.Reason).toBe('Target.NotRegistered');
  });

  it('refuses addresses that are no private IPv4 addresses', async () => {
    door = await openFrontDoor();

    for (const address of ['8.8.8.8', '127.0.0.1', 'i-0123456789abcdef0', '::1']) {
      await expect(register(blueTargetGroupArn, address)).rejects.toMatchObject({
        Code: 'InvalidTarget',
      });
    }
  });

  it('reports why a target is unhealthy', async () => {
    door = await openFrontDoor();
    door.pods.set(`${BLUE_POD}:8080`, { kind: 'answers', healthz: 500 });
    await register(blueTargetGroupArn, BLUE_POD);
    await becomes(blueTargetGroupArn, BLUE_POD, 'unhealthy');

    expect(await healthOf(blueTargetGroupArn, BLUE_POD)).toMatchObject({
      Reason: 'Target.ResponseCodeMismatch',
      Description: 'Health checks failed with these codes: [500]',
    });
  });

  it('passes authentication actions through and keeps them', async () => {
    door = await openFrontDoor();
    const { Rules } = await door.client.send(
      new CreateRuleCommand({
        ListenerArn: listenerArn,
        Priority: 3,
        Conditions: [{ Field: 'path-pattern', Values: ['/private'] }],
        Actions: [
          {
            Type: 'fixed-response',
            Order: 2,
            FixedResponseConfig: {
              StatusCode: '200',
              ContentType: 'text/plain',
              MessageBody: 'inside',
            },
          },
          {
            Type: 'authenticate-cognito',
            Order: 1,
            AuthenticateCognitoConfig: {
              UserPoolArn: 'arn:p',
              UserPoolClientId: 'c',
              UserPoolDomain: 'd',
            },
          },
        ],
      }),
    );

    expect(Rules?.[0]?.Actions?.map(({ Type, Order }) => [Type, Order])).toEqual([
      ['authenticate-cognito', 1],
      ['fixed-response', 2],
    ]);
    expect((await door.get('/private')).body).toBe('inside');
  });
});
