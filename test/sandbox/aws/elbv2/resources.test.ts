import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  RemoveTagsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { SUBNETS, VPC } from '#sandbox/aws/seed.ts';
import { eventually } from '../../data-plane/eventually.ts';
import { openFrontDoor, type FrontDoor } from './front-door-fixture.ts';

const {
  loadBalancerArn,
  listenerArn,
  ruleArn,
  blueTargetGroupArn,
  greenTargetGroupArn,
  securityGroupId,
} = SHOP_FRONT_DOOR;
const subnetIds = SUBNETS.slice(0, 2).map(({ subnetId }) => subnetId);
describe('load balancers, listeners and target groups', () => {
  let door: FrontDoor;
  beforeEach(async () => {
    door = await openFrontDoor();
  });
  afterEach(() => door.close());

  const createLoadBalancer = async (name: string): Promise<string> => {
    const { LoadBalancers } = await door.client.send(
      new CreateLoadBalancerCommand({
        Name: name,
        Subnets: subnetIds,
        SecurityGroups: [securityGroupId],
      }),
    );
    return LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  };
  const createTargetGroup = async (name: string, port = 80): Promise<string> => {
    const { TargetGroups } = await door.client.send(
      new CreateTargetGroupCommand({
        Name: name,
        Protocol: 'HTTP',
        Port: port,
        VpcId: VPC.vpcId,
        TargetType: 'ip',
      }),
    );
    return TargetGroups?.[0]?.TargetGroupArn ?? '';
  };
  const createListener = (ofLoadBalancer: string, port: number, targetGroup: string) =>
    door.client.send(
      new CreateListenerCommand({
        LoadBalancerArn: ofLoadBalancer,
        Protocol: 'HTTP',
        Port: port,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroup }],
      }),
    );

  it('stand as seeded under fixed names, at this machine', async () => {
    const { LoadBalancers } = await door.client.send(
      new DescribeLoadBalancersCommand({ Names: ['shop'] }),
    );
    const { Listeners } = await door.client.send(
      new DescribeListenersCommand({
        LoadBalancerArn:
          'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188',
      }),
    );
    const { TargetGroups } = await door.client.send(new DescribeTargetGroupsCommand({}));

    expect(LoadBalancers?.[0]).toMatchObject({
      DNSName: '127.0.0.1',
      State: { Code: 'active' },
      SecurityGroups: [securityGroupId],
      Type: 'application',
    });
    expect(Listeners?.[0]).toMatchObject({
      ListenerArn: listenerArn,
      Port: door.port,
      Protocol: 'HTTP',
    });
    expect(ruleArn).toBe(
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee',
    );
    expect(TargetGroups).toMatchObject([
      {
        TargetGroupArn:
          'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-blue/6d0ecf831eec9f09',
        TargetType: 'ip',
        HealthCheckPath: '/healthz',
        LoadBalancerArns: [loadBalancerArn],
      },
      {
        TargetGroupArn:
          'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-green/73e2d6bc24d8a067',
        LoadBalancerArns: [],
      },
    ]);
  });

  it('are created, provisioned, served and deleted', async () => {
    const arn = await createLoadBalancer('api');
    expect(await createLoadBalancer('api')).toBe(arn);
    await eventually('active', async () => {
      const { LoadBalancers } = await door.client.send(
        new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }),
      );
      return LoadBalancers?.[0]?.State?.Code === 'active';
    });
    const group = await createTargetGroup('api');
    const port = await freePort();
    const created = await createListener(arn, port, group);
    const again = await createListener(arn, port, group);
    expect(again.Listeners?.[0]?.ListenerArn).toBe(created.Listeners?.[0]?.ListenerArn);
    await expect(createListener(arn, port, await createTargetGroup('other'))).rejects.toMatchObject(
      { Code: 'DuplicateListener' },
    );
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(503);

    await expect(
      door.client.send(new DeleteTargetGroupCommand({ TargetGroupArn: group })),
    ).rejects.toMatchObject({ Code: 'ResourceInUse' });
    await door.client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }));
    await door.client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }));

    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    await door.client.send(new DeleteTargetGroupCommand({ TargetGroupArn: group }));
    await expect(
      door.client.send(new DescribeTargetGroupsCommand({ Names: ['api'] })),
    ).rejects.toMatchObject({ Code: 'TargetGroupNotFound' });
  });

  it('do not share a target group between two load balancers', async () => {
    const arn = await createLoadBalancer('api');

    await expect(createListener(arn, await freePort(), blueTargetGroupArn)).rejects.toMatchObject({
      Code: 'TargetGroupAssociationLimit',
    });
  });

  it('keep a load balancer under deletion protection', async () => {
    await door.client.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn: loadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
      }),
    );

    await expect(
      door.client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: loadBalancerArn })),
    ).rejects.toMatchObject({ Code: 'OperationNotPermitted' });
  });

  it('move a listener to another port and give it other default actions', async () => {
    const port = await freePort();
    await door.client.send(new ModifyListenerCommand({ ListenerArn: listenerArn, Port: port }));
    await door.client.send(
      new ModifyListenerCommand({
        ListenerArn: listenerArn,
        DefaultActions: [
          { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_302', Path: '/closed' } },
        ],
      }),
    );
    await door.client.send(
      new ModifyRuleCommand({
        RuleArn: ruleArn,
        Conditions: [{ Field: 'path-pattern', Values: ['/never'] }],
      }),
    );

    const answer = await fetch(`http://127.0.0.1:${port}/x`, { redirect: 'manual' });

    expect(answer.headers.get('location')).toBe(`http://127.0.0.1:${port}/closed`);
    await expect(door.get()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await door.client.send(new DeleteListenerCommand({ ListenerArn: listenerArn }));
    await expect(
      door.client.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] })),
    ).rejects.toMatchObject({ Code: 'ListenerNotFound' });
  });

  it('say so when a port of this machine is taken', async () => {
    const arn = await createLoadBalancer('api');

    await expect(
      createListener(arn, door.port, await createTargetGroup('api')),
    ).rejects.toMatchObject({
      Code: 'InvalidConfigurationRequest',
      message: expect.stringContaining('EADDRINUSE'),
    });
  });

  it('refuse the same name with other settings, and settings out of range', async () => {
    await createTargetGroup('api', 80);

    await expect(createTargetGroup('api', 81)).rejects.toMatchObject({
      Code: 'DuplicateTargetGroupName',
    });
    await expect(createTargetGroup('-api')).rejects.toMatchObject({ Code: 'ValidationError' });
    await expect(
      door.client.send(
        new ModifyTargetGroupCommand({
          TargetGroupArn: blueTargetGroupArn,
          HealthCheckIntervalSeconds: 4,
        }),
      ),
    ).rejects.toMatchObject({ Code: 'ValidationError' });
    await expect(
      door.client.send(
        new CreateLoadBalancerCommand({ Name: 'one-zone', Subnets: subnetIds.slice(0, 1) }),
      ),
    ).rejects.toMatchObject({ Code: 'ValidationError' });
    await expect(
      door.client.send(
        new CreateLoadBalancerCommand({ Name: 'x', Subnets: ['subnet-0', 'subnet-1'] }),
      ),
    ).rejects.toMatchObject({ Code: 'SubnetNotFound' });
  });

  it('refuse by name what is not played', async () => {
    await expect(
      door.client.send(
        new CreateTargetGroupCommand({
          Name: 'x',
          Protocol: 'UDP',
          Port: 80,
          VpcId: VPC.vpcId,
          TargetType: 'ip',
        }),
      ),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
    await expect(
      door.client.send(
        new CreateLoadBalancerCommand({ Name: 'gwlb', Subnets: subnetIds, Type: 'gateway' }),
      ),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  });

  it('take attributes they know and no others', async () => {
    await door.client.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn: greenTargetGroupArn,
        Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }],
      }),
    );
    const { Attributes } = await door.client.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: greenTargetGroupArn }),
    );

    expect(Attributes).toContainEqual({ Key: 'deregistration_delay.timeout_seconds', Value: '5' });
    await expect(
      door.client.send(
        new ModifyTargetGroupAttributesCommand({
          TargetGroupArn: greenTargetGroupArn,
          Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '3601' }],
        }),
      ),
    ).rejects.toMatchObject({ Code: 'InvalidConfigurationRequest' });
  });

  it('carry tags, which change a moment later', async () => {
    const tagsOf = async (arn: string) => {
      const { TagDescriptions } = await door.client.send(
        new DescribeTagsCommand({ ResourceArns: [arn] }),
      );
      return Object.fromEntries(
        (TagDescriptions?.[0]?.Tags ?? []).map(({ Key, Value }) => [Key, Value]),
      );
    };
    await door.client.send(
      new AddTagsCommand({
        ResourceArns: [greenTargetGroupArn],
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    await eventually(
      'tags were added',
      async () => (await tagsOf(greenTargetGroupArn))['b'] === '2',
    );
    await door.client.send(
      new RemoveTagsCommand({ ResourceArns: [greenTargetGroupArn], TagKeys: ['a'] }),
    );
    await eventually(
      'a tag was removed',
      async () => !('a' in (await tagsOf(greenTargetGroupArn))),
    );

    await expect(
      door.client.send(
        new AddTagsCommand({
          ResourceArns: [ruleArn],
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'a', Value: '2' },
          ],
        }),
      ),
    ).rejects.toMatchObject({ Code: 'DuplicateTagKeys' });
    await expect(
      door.client.send(new DescribeTagsCommand({ ResourceArns: [`${ruleArn}0`] })),
    ).rejects.toMatchObject({ Code: 'RuleNotFound' });
  });
});
