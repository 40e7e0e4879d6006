import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  RegisterTargetsCommand,
  type TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { SUBNETS, VPC } from '#sandbox/aws/seed.ts';
import type { FlowOutcome } from '#sandbox/data-plane/flow-outcome.ts';
import { eventually } from '../../data-plane/eventually.ts';
import { withinBinomialBounds } from '../../data-plane/statistics.ts';
import { BLUE_POD, GREEN_POD, openFrontDoor, type FrontDoor } from './front-door-fixture.ts';

describe('a Network Load Balancer', () => {
  let door: FrontDoor;
  let port: number;
  let listenerArn: string;
  let [blue, green] = ['', ''];
  const flows: FlowOutcome[] = [];
  const sockets: Socket[] = [];

  beforeEach(async () => {
    door = await openFrontDoor();
    flows.length = 0;
    door.dataPlane.onFlow((flow) => flows.push(flow));
    [blue, green] = [await tcpGroup('blue', BLUE_POD), await tcpGroup('green', GREEN_POD)];
    const { LoadBalancers } = await door.client.send(
      new CreateLoadBalancerCommand({
        Name: 'flows',
        Type: 'network',
        Subnets: [SUBNETS[0]?.subnetId ?? ''],
      }),
    );
    port = await freePort();
    const { Listeners } = await door.client.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Protocol: 'TCP',
        Port: port,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: blue }],
      }),
    );
    listenerArn = Listeners?.[0]?.ListenerArn ?? '';
    await healthy(blue);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await door.close();
  });

  async function tcpGroup(name: string, pod: string): Promise<string> {
    const { TargetGroups } = await door.client.send(
      new CreateTargetGroupCommand({
        Name: name,
        Protocol: 'TCP',
        Port: 8080,
        VpcId: VPC.vpcId,
        TargetType: 'ip',
      }),
    );
    const arn = TargetGroups?.[0]?.TargetGroupArn ?? '';
    const Targets = [{ Id: pod, Port: 8080 }];
    await door.client.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets }));
    return arn;
  }

  async function healthy(TargetGroupArn: string): Promise<void> {
    await eventually('a target that accepts connections', async () => {
      const { TargetHealthDescriptions: all } = await door.client.send(
        new DescribeTargetHealthCommand({ TargetGroupArn }),
      );
      return all?.every(({ TargetHealth }) => TargetHealth?.State === 'healthy');
    });
  }

  async function weigh(onBlue: number, onGreen: number): Promise<void> {
    const TargetGroups: TargetGroupTuple[] = [
      { TargetGroupArn: blue, Weight: onBlue },
      { TargetGroupArn: green, Weight: onGreen },
    ];
    await forwardTo(TargetGroups);
    await healthy(green);
  }

  const forwardTo = (TargetGroups: TargetGroupTuple[], Enabled = false) =>
    door.client.send(
      new ModifyListenerCommand({
        ListenerArn: listenerArn,
        DefaultActions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups,
              TargetGroupStickinessConfig: { Enabled, DurationSeconds: 60 },
            },
          },
        ],
      }),
    );

  async function open(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  async function say(socket: Socket, text: string): Promise<string> {
    socket.write(text);
    const [answer]: readonly unknown[] = await once(socket, 'data');
    return String(answer);
  }

  it('carries bytes both ways to a pod it does not understand', async () => {
    const socket = await open();

    expect(await say(socket, 'hello')).toBe(`${BLUE_POD}:8080 hello`);
    expect(await say(socket, 'again')).toBe(`${BLUE_POD}:8080 again`);
  });

  it('steers new connections by the weights, and leaves open ones where they are', async () => {
    const old = await open();
    await say(old, 'before');

    await weigh(0, 999);
    const fresh = await open();

    expect(await say(fresh, 'new')).toBe(`${GREEN_POD}:8080 new`);
    expect(await say(old, 'still here')).toBe(`${BLUE_POD}:8080 still here`);
  });

  it('splits connections in proportion, each counted once', async () => {
    await weigh(300, 100);
    flows.length = 0;

    for (let i = 0; i < 400; i += 1) (await open()).destroy();

    await eventually('every flow to be told', async () => flows.length === 400);
    const onGreen = flows.filter(({ targetGroupArn }) => targetGroupArn === green).length;
    expect(withinBinomialBounds(onGreen, 400, 0.25)).toBe(true);
    expect(flows.every(({ established }) => established)).toBe(true);
  });

  it('resets who comes when nobody listens behind it', async () => {
    const lonely = await tcpGroup('lonely', '10.9.9.9');
    await forwardTo([{ TargetGroupArn: lonely }]);

    const socket = connect(port, '127.0.0.1');
    const [failure]: readonly unknown[] = await once(socket, 'error');

    expect(failure).toMatchObject({ code: 'ECONNRESET' });
    expect(flows.at(-1)).toMatchObject({ targetGroupArn: lonely, established: false });
  });

  it('knows no rules, no sessions, no HTTP groups and no other actions', async () => {
    await expect(forwardTo([{ TargetGroupArn: blue }], true)).rejects.toMatchObject({
      Code: 'ValidationError',
    });
    await expect(
      forwardTo([{ TargetGroupArn: SHOP_FRONT_DOOR.greenTargetGroupArn }]),
    ).rejects.toMatchObject({ Code: 'IncompatibleProtocols' });
    await expect(
      door.client.send(
        new ModifyListenerCommand({
          ListenerArn: listenerArn,
          DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
        }),
      ),
    ).rejects.toMatchObject({ Code: 'InvalidLoadBalancerAction' });
    await expect(
      door.client.send(
        new CreateRuleCommand({
          ListenerArn: listenerArn,
          Priority: 1,
          Conditions: [{ Field: 'path-pattern', Values: ['/'] }],
          Actions: [{ Type: 'forward', TargetGroupArn: blue }],
        }),
      ),
    ).rejects.toMatchObject({ Code: 'OperationNotPermitted' });
    await expect(
      door.client.send(new ModifyListenerCommand({ ListenerArn: listenerArn, Protocol: 'TLS' })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  });
});
