import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  ModifyRuleCommand,
  PriorityInUseException,
  RuleNotFoundException,
  SetRulePrioritiesCommand,
  TargetGroupNotFoundException,
  TooManyRulesException,
  type Action,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { openFrontDoor, type FrontDoor } from './front-door-fixture.ts';

const { ruleArn, listenerArn, defaultRuleArn, blueTargetGroupArn, greenTargetGroupArn } =
  SHOP_FRONT_DOOR;

const weighted = (blue: number, green: number): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: blueTargetGroupArn, Weight: blue },
      { TargetGroupArn: greenTargetGroupArn, Weight: green },
    ],
  },
});

describe('rules', () => {
  let door: FrontDoor;
  beforeEach(async () => {
    door = await openFrontDoor();
  });
  afterEach(() => door.close());

  const ruleNow = async () => {
    const { Rules } = await door.client.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
    return Rules?.[0];
  };
  const modify = (actions: Action[]) =>
    door.client.send(new ModifyRuleCommand({ RuleArn: ruleArn, Actions: actions }));
  const create = (priority: number, conditions: RuleCondition[], action: Action) =>
    door.client.send(
      new CreateRuleCommand({
        ListenerArn: listenerArn,
        Priority: priority,
        Conditions: conditions,
        Actions: [action],
      }),
    );

  it('stand as seeded, described as AWS describes a forward to one group', async () => {
    const { Rules } = await door.client.send(
      new DescribeRulesCommand({ ListenerArn: listenerArn }),
    );

    expect(Rules?.map(({ Priority, IsDefault }) => [Priority, IsDefault])).toEqual([
      ['10', false],
      ['default', true],
    ]);
    expect(Rules?.[0]).toMatchObject({
      RuleArn: ruleArn,
      Conditions: [
        { Field: 'path-pattern', Values: ['/*'], PathPatternConfig: { Values: ['/*'] } },
      ],
      Actions: [
        {
          Type: 'forward',
          TargetGroupArn: blueTargetGroupArn,
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: blueTargetGroupArn, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
    });
  });

  it('take weights, and show no single target group for a forward to two', async () => {
    await modify([weighted(990, 10)]);

    const rule = await ruleNow();

    expect(rule?.Actions?.[0]?.TargetGroupArn).toBeUndefined();
    expect(rule?.Actions?.[0]?.ForwardConfig?.TargetGroups).toEqual([
      { TargetGroupArn: blueTargetGroupArn, Weight: 990 },
      { TargetGroupArn: greenTargetGroupArn, Weight: 10 },
    ]);
  });

  it.each<[string, Action[], string]>([
    ['a weight above 999', [weighted(1_000, 0)], 'ValidationError'],
    ['a weight below 0', [weighted(1, -1)], 'ValidationError'],
    [
      'six target groups',
      [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: Array.from({ length: 6 }, (_, index) => ({
              TargetGroupArn: `arn:${index}`,
              Weight: 1,
            })),
          },
        },
      ],
      'ValidationError',
    ],
    [
      'a group named twice',
      [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: blueTargetGroupArn },
              { TargetGroupArn: blueTargetGroupArn },
            ],
          },
        },
      ],
      'ValidationError',
    ],
    [
      "a TargetGroupArn that is not the ForwardConfig's",
      [
        {
          Type: 'forward',
          TargetGroupArn: greenTargetGroupArn,
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: blueTargetGroupArn }] },
        },
      ],
      'ValidationError',
    ],
    [
      'stickiness without a duration',
      [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: blueTargetGroupArn }],
            TargetGroupStickinessConfig: { Enabled: true },
          },
        },
      ],
      'ValidationError',
    ],
    [
      'two forwards',
      [
        { ...weighted(1, 1), Order: 1 },
        { ...weighted(1, 1), Order: 2 },
      ],
      'InvalidLoadBalancerAction',
    ],
    ['no actions', [], 'ValidationError'],
  ])('refuse %s', async (_what, actions, code) => {
    const before = await ruleNow();

    await expect(modify(actions)).rejects.toMatchObject({ Code: code });

    expect(await ruleNow()).toEqual(before);
  });

  it('refuse target groups that do not exist', async () => {
    const unknown = blueTargetGroupArn.replace('6d0ecf831eec9f09', '0000000000000000');

    await expect(modify([{ Type: 'forward', TargetGroupArn: unknown }])).rejects.toThrow(
      TargetGroupNotFoundException,
    );
  });

  it('keep what is not changed', async () => {
    await door.client.send(
      new ModifyRuleCommand({
        RuleArn: ruleArn,
        Conditions: [{ Field: 'host-header', Values: ['shop.example.com'] }],
      }),
    );

    const rule = await ruleNow();

    expect(rule?.Conditions).toEqual([
      {
        Field: 'host-header',
        Values: ['shop.example.com'],
        HostHeaderConfig: { Values: ['shop.example.com'] },
      },
    ]);
    expect(rule?.Actions?.[0]?.TargetGroupArn).toBe(blueTargetGroupArn);
  });

  it('are created at a free priority with conditions, and deleted', async () => {
    const header: RuleCondition = {
      Field: 'http-header',
      HttpHeaderConfig: { HttpHeaderName: 'x-cutover-smoke', Values: ['s3cret'] },
    };
    const path: RuleCondition = { Field: 'path-pattern', Values: ['/*'] };
    const teapot: Action = {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '418', ContentType: 'text/plain', MessageBody: 'smoke' },
    };

    const { Rules } = await create(5, [path, header], teapot);

    expect(await door.get('/', { 'x-cutover-smoke': 's3cret' })).toMatchObject({
      status: 418,
      body: 'smoke',
    });
    expect((await door.get('/')).status).not.toBe(418);
    await expect(create(5, [path], teapot)).rejects.toThrow(PriorityInUseException);
    await door.client.send(new DeleteRuleCommand({ RuleArn: Rules?.[0]?.RuleArn }));
    expect((await door.get('/', { 'x-cutover-smoke': 's3cret' })).status).not.toBe(418);
    await expect(
      door.client.send(new DeleteRuleCommand({ RuleArn: Rules?.[0]?.RuleArn })),
    ).rejects.toThrow(RuleNotFoundException);
  });

  it('refuse conditions that AWS refuses', async () => {
    const path = (values: string[]): RuleCondition => ({ Field: 'path-pattern', Values: values });
    const action = weighted(1, 0);

    await expect(create(20, [], action)).rejects.toMatchObject({ Code: 'ValidationError' });
    await expect(create(20, [path(['/a']), path(['/b'])], action)).rejects.toMatchObject({
      Code: 'ValidationError',
    });
    await expect(create(20, [path(['1', '2', '3', '4', '5', '6'])], action)).rejects.toMatchObject({
      Code: 'ValidationError',
    });
    await expect(create(20, [{ Field: 'colour', Values: ['red'] }], action)).rejects.toMatchObject({
      Code: 'ValidationError',
    });
    await expect(create(0, [path(['/a'])], action)).rejects.toMatchObject({
      Code: 'ValidationError',
    });
    await expect(create(50_001, [path(['/a'])], action)).rejects.toMatchObject({
      Code: 'ValidationError',
    });
  });

  it('refuse transforms instead of serving without them', async () => {
    const rewrite = { UrlRewriteConfig: { Rewrites: [{ Regex: '^/a', Replace: '/b' }] } };
    const transforms = [{ Type: 'url-rewrite' as const, ...rewrite }];

    await expect(
      door.client.send(new ModifyRuleCommand({ RuleArn: ruleArn, Transforms: transforms })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  });

  it('swap priorities in one step, or not at all', async () => {
    const created = await create(20, [{ Field: 'path-pattern', Values: ['/b'] }], weighted(1, 0));
    const second = created.Rules?.[0]?.RuleArn;

    await door.client.send(
      new SetRulePrioritiesCommand({
        RulePriorities: [
          { RuleArn: ruleArn, Priority: 20 },
          { RuleArn: second, Priority: 10 },
        ],
      }),
    );

    const { Rules } = await door.client.send(
      new DescribeRulesCommand({ ListenerArn: listenerArn }),
    );
    expect(Rules?.map(({ RuleArn }) => RuleArn)).toEqual([second, ruleArn, defaultRuleArn]);
    await expect(
      door.client.send(
        new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: ruleArn, Priority: 10 }] }),
      ),
    ).rejects.toThrow(PriorityInUseException);
  });

  it('leave the default rule to ModifyListener', async () => {
    const attempts = [
      new ModifyRuleCommand({ RuleArn: defaultRuleArn, Actions: [weighted(1, 0)] }),
      new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: defaultRuleArn, Priority: 1 }] }),
    ] as const;

    await expect(door.client.send(attempts[0])).rejects.toMatchObject({
      Code: 'OperationNotPermitted',
    });
    await expect(door.client.send(attempts[1])).rejects.toMatchObject({
      Code: 'OperationNotPermitted',
    });
    await expect(
      door.client.send(new DeleteRuleCommand({ RuleArn: defaultRuleArn })),
    ).rejects.toMatchObject({ Code: 'OperationNotPermitted' });
  });

  it('number a hundred at most, and come in pages', async () => {
    for (let priority = 11; priority < 110; priority += 1) {
      await create(priority, [{ Field: 'path-pattern', Values: [`/${priority}`] }], weighted(1, 0));
    }
    await expect(
      create(200, [{ Field: 'path-pattern', Values: ['/x'] }], weighted(1, 0)),
    ).rejects.toThrow(TooManyRulesException);

    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await door.client.send(
        new DescribeRulesCommand({ ListenerArn: listenerArn, PageSize: 30, Marker }),
      );
      seen.push(...(page.Rules ?? []).flatMap(({ Priority }) => Priority ?? []));
      Marker = page.NextMarker;
    } while (Marker !== undefined);

    expect(seen).toHaveLength(101);
    expect(new Set(seen).size).toBe(101);
    expect(seen.at(-1)).toBe('default');
  });
});
