import {
  CreateRuleCommand,
  DescribeRulesCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
  type Rule,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createAlbSmokeDoor } from '#activities/adapters/aws/alb-smoke-door.ts';
import { createAwsClients, type AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import type { SmokeDoor } from '#activities/ports/smoke-door.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { albDoorUnderTest, ROUTE } from '#test/contract/alb-under-test.ts';

let under: Awaited<ReturnType<typeof albDoorUnderTest>>;
let door: SmokeDoor;
const { signal } = new AbortController();
const TAGS = { 'cutover/workflow-id': 'w', 'cutover/migration-id': 'm' };
const HEADER = { name: 'x-cutover-smoke', value: 'secret' };

const rules = async (): Promise<readonly Rule[]> => {
  const { Rules } = await under.aws.owner.elb.send(
    new DescribeRulesCommand({ ListenerArn: SHOP_FRONT_DOOR.listenerArn }),
  );
  return Rules ?? [];
};
const priorityOf = async (ruleArn: string): Promise<string | undefined> =>
  (await rules()).find(({ RuleArn }) => RuleArn === ruleArn)?.Priority;
const findDoor = async (): Promise<Rule | undefined> =>
  (await rules()).find(({ Conditions }) =>
    Conditions?.some(({ HttpHeaderConfig }) => HttpHeaderConfig?.HttpHeaderName === HEADER.name),
  );
const setPriority = async (RuleArn: string, Priority: number): Promise<void> => {
  const RulePriorities = [{ RuleArn, Priority }];
  await under.aws.owner.elb.send(new SetRulePrioritiesCommand({ RulePriorities }));
};
const addRule = async (Priority: number): Promise<void> => {
  await under.aws.owner.elb.send(
    new CreateRuleCommand({
      ListenerArn: SHOP_FRONT_DOOR.listenerArn,
      Priority,
      Conditions: [{ Field: 'path-pattern', Values: [`/other-${Priority}`] }],
      Actions: [{ Type: 'forward', TargetGroupArn: ROUTE.blueTargetGroupArn }],
    }),
  );
};
const setConditions = async (Conditions: RuleCondition[]): Promise<void> => {
  await under.aws.owner.elb.send(new ModifyRuleCommand({ RuleArn: ROUTE.ruleArn, Conditions }));
};

/** Long enough for every call of the emulator, short enough to wait for in a test. */
const REQUEST_TIMEOUT_MS = 1000;
let clients: AwsClients;

beforeEach(async () => {
  under = await albDoorUnderTest();
  clients = createAwsClients({ requestTimeoutMs: REQUEST_TIMEOUT_MS });
  door = createAlbSmokeDoor({ clients });
});
afterEach(async () => {
  clients.close();
  await under.stop();
});

describe('the smoke door of an ALB', () => {
  it('opens while doors of other migrations come and go on its listener', async () => {
    under.aws.world?.faults.add({
      operation: 'DescribeTags',
      times: 2,
      effect: { kind: 'error', code: 'RuleNotFound', status: 400 },
    });

    await door.open(ROUTE, HEADER, TAGS, signal);

    expect(await findDoor()).toMatchObject({ Priority: '9' });
  });

  it('stands right above the planned rule, with its conditions and the header', async () => {
    await addRule(9);
    await addRule(7);

    await door.open(ROUTE, HEADER, TAGS, signal);

    expect(await findDoor()).toMatchObject({
      Priority: '8',
      Conditions: [{ Field: 'path-pattern', Values: ['/*'] }, { Field: 'http-header' }],
      Actions: [{ Type: 'forward', TargetGroupArn: ROUTE.greenTargetGroupArn }],
    });
  });

  it('renumbers rules only when none is free above, and puts all of them back', async () => {
    await setPriority(ROUTE.ruleArn, 1);
    await addRule(2);
    await addRule(4);
    const before = await under.rules();

    await door.open(ROUTE, HEADER, TAGS, signal);
    expect((await findDoor())?.Priority).toBe('1');
    expect(await priorityOf(ROUTE.ruleArn)).toBe('2');
    await door.close(ROUTE, TAGS, signal);

    expect(await under.rules()).toBe(before);
  });

  it('puts nothing back where a worker died before it renumbered', async () => {
    await setPriority(ROUTE.ruleArn, 1);
    await addRule(2);
    const before = await under.rules();
    under.aws.world?.faults.add({
      operation: 'SetRulePriorities',
      effect: { kind: 'hang', moment: 'before' },
    });
    await expect(door.open(ROUTE, HEADER, TAGS, signal)).rejects.toMatchObject({
      type: 'unavailable',
    });
    under.aws.world?.faults.clear();

    await door.close(ROUTE, TAGS, signal);

    expect(await under.rules()).toBe(before);
  });

  it('is found and replaced where the answer of its creation was lost', async () => {
    const before = await under.rules();
    under.aws.world?.faults.add({
      operation: 'CreateRule',
      times: 1,
      effect: { kind: 'hang', moment: 'after' },
    });
    await expect(door.open(ROUTE, HEADER, TAGS, signal)).rejects.toMatchObject({
      type: 'unavailable',
    });

    await door.open(ROUTE, HEADER, TAGS, signal);
    const doors = (await rules()).filter(({ Conditions }) => Conditions?.length === 2);
    expect(doors).toHaveLength(1);
    await door.close(ROUTE, TAGS, signal);

    expect(await under.rules()).toBe(before);
  });

  it('says which host the rule asks for, also behind a pattern', async () => {
    expect(await door.open(ROUTE, HEADER, TAGS, signal)).toEqual({ host: null });
    await setConditions([{ Field: 'host-header', HostHeaderConfig: { Values: ['shop.example'] } }]);
    expect(await door.open(ROUTE, HEADER, TAGS, signal)).toEqual({ host: 'shop.example' });
    await setConditions([{ Field: 'host-header', Values: ['*.shop.example'] }]);
    expect(await door.open(ROUTE, HEADER, TAGS, signal)).toEqual({ host: 'smoke.shop.example' });
  });

  it('is refused, with a remedy, where the rule has no condition value left', async () => {
    await setConditions([{ Field: 'path-pattern', Values: ['/a', '/b', '/c', '/d', '/e'] }]);
    const before = await under.rules();

    await expect(door.open(ROUTE, HEADER, TAGS, signal)).rejects.toMatchObject({
      type: 'unexpected-shape',
      message: expect.stringContaining('split the rule'),
    });
    expect(await under.rules()).toBe(before);
  });

  it('of a default rule has the header alone', async () => {
    const route = { ...ROUTE, ruleArn: SHOP_FRONT_DOOR.defaultRuleArn };

    await door.open(route, HEADER, TAGS, signal);

    expect(await findDoor()).toMatchObject({ Conditions: [{ Field: 'http-header' }] });
    await door.close(route, TAGS, signal);
    expect(await findDoor()).toBeUndefined();
  });
});
