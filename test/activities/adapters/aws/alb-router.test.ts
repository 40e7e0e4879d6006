import {
  AddTagsCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type Action,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createAlbRouter } from '#activities/adapters/aws/alb-router.ts';
import { createAwsClients } from '#activities/adapters/aws/aws-clients.ts';
import type { TrafficRouter } from '#activities/ports/traffic-router.ts';
import type { AlbPlace } from '#domain/traffic/route-place.ts';
import type { FaultEffect } from '#sandbox/aws/core/faults.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { albRouterUnderTest, ROUTE } from '#test/contract/alb-under-test.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

let under: Awaited<ReturnType<typeof albRouterUnderTest>>;
let router: TrafficRouter<AlbPlace>;
const { signal } = new AbortController();
const later = (): number => Date.now() + 60_000;
const { blueTargetGroupArn: BLUE, greenTargetGroupArn: GREEN } = ROUTE;

const LOGIN: Action = {
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://login.example',
    AuthorizationEndpoint: 'https://login.example/authorize',
    TokenEndpoint: 'https://login.example/token',
    UserInfoEndpoint: 'https://login.example/me',
    ClientId: 'shop',
  },
};
const forward = (stickySeconds?: number): Action => ({
  Type: 'forward',
  Order: 2,
  ForwardConfig: {
    TargetGroups: [{ TargetGroupArn: BLUE, Weight: 7 }],
    TargetGroupStickinessConfig:
      stickySeconds === undefined
        ? { Enabled: false }
        : { Enabled: true, DurationSeconds: stickySeconds },
  },
});

const rewrite = async (Actions: Action[]): Promise<void> => {
  await under.aws.owner.elb.send(new ModifyRuleCommand({ RuleArn: ROUTE.ruleArn, Actions }));
};
const fault = (operation: string, effect: FaultEffect): void => {
  under.aws.world?.faults.add({ operation, effect });
};
const calls = (operation: string): number =>
  under.aws.world?.audit.entries().filter((entry) => entry.operation === operation).length ?? 0;

const attached = async (): Promise<void> =>
  router.attach(ROUTE, (await router.describe(ROUTE, signal)).before, signal);

beforeEach(async () => {
  under = await albRouterUnderTest();
  ({ router } = under);
});
afterEach(async () => under.stop());

describe('a rule with more than a forward', () => {
  it('keeps its other actions, their order and its stickiness through every write', async () => {
    await rewrite([{ ...LOGIN, AuthenticateOidcConfig: login('secret') }, forward(600)]);
    const before = await under.rule();
    const { before: note } = await router.describe(ROUTE, signal);

    await router.attach(ROUTE, note, signal);
    await router.setGreenPercent(ROUTE, 25, later(), signal);
    const weighed = await under.rule();
    await router.detach(ROUTE, note, signal);

    expect(JSON.parse(weighed)).toMatchObject([
      {
        Actions: [
          { Type: 'authenticate-oidc', Order: 1 },
          {
            Type: 'forward',
            Order: 2,
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: BLUE, Weight: 749 },
                { TargetGroupArn: GREEN, Weight: 250 },
              ],
              TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
            },
          },
        ],
      },
    ]);
    expect(withoutSecretMark(await under.rule())).toBe(withoutSecretMark(before));
  });

  it('is never asked for its login secret again', async () => {
    await rewrite([{ ...LOGIN, AuthenticateOidcConfig: login('secret') }, forward()]);

    await attached();

    const [written] =
      under.aws.world?.audit
        .entries()
        .filter(
          ({ operation, principalArn }) =>
            operation === 'ModifyRule' && principalArn.endsWith('cutover-engine'),
        ) ?? [];
    expect(written?.input).toMatchObject({
      Actions: [{ AuthenticateOidcConfig: { UseExistingClientSecret: true } }, {}],
    });
  });
});

describe('a rule of another shape', () => {
  it('that forwards to a stranger is refused, and the stranger named', async () => {
    const stranger: typeof ROUTE = {
      ...ROUTE,
      blueTargetGroupArn: BLUE.replace('shop-blue', 'other'),
    };

    for (const attempt of [
      async () => router.describe(stranger, signal),
      async () => router.attach(stranger, '', signal),
      async () => router.setGreenPercent(stranger, 5, later(), signal),
    ])
      await expect(attempt()).rejects.toMatchObject({
        type: 'unexpected-shape',
        message: expect.stringContaining(BLUE),
      });
  });

  it('that forwards nowhere is refused', async () => {
    const fixed = { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'no' };
    await rewrite([{ Type: 'fixed-response', FixedResponseConfig: fixed }]);

    const described = router.describe(ROUTE, signal);

    await expect(described).rejects.toMatchObject({ type: 'unexpected-shape' });
  });
});

describe('a default rule', () => {
  it('is weighed through its listener and put back as it was', async () => {
    const route = { ...ROUTE, ruleArn: SHOP_FRONT_DOOR.defaultRuleArn };
    await under.aws.owner.elb.send(
      new ModifyListenerCommand({
        ListenerArn: SHOP_FRONT_DOOR.listenerArn,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: BLUE }],
      }),
    );
    const { before } = await router.describe(route, signal);

    await router.attach(route, before, signal);
    await router.setGreenPercent(route, 50, later(), signal);
    expect(await router.readGreenPercent(route, signal)).toBe(50);
    await router.detach(route, before, signal);

    expect((await router.describe(route, signal)).before).toBe(before);
  });
});

describe('a load balancer of a cluster', () => {
  it('is told by its tags', async () => {
    await under.aws.owner.elb.send(
      new AddTagsCommand({
        ResourceArns: [SHOP_FRONT_DOOR.loadBalancerArn],
        Tags: [{ Key: 'elbv2.k8s.aws/cluster', Value: 'shop-blue' }],
      }),
    );

    const owner = await eventually('the tag to be seen', async () => {
      const described = await router.describe(ROUTE, signal);
      return described.ownedByCluster ?? false;
    });

    expect(owner).toBe('shop-blue');
  });
});

describe('a rule that somebody keeps in files', () => {
  it('is told by its tags, or by those of its load balancer', async () => {
    const tagged = async (arn: string, value: string) => {
      const Tags = [{ Key: 'managed-by', Value: value }];
      await under.aws.owner.elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags }));
      return eventually('the tag to be seen', async () => {
        const { weightsOwner: owner } = await router.describe(ROUTE, signal);
        return owner?.tag === `managed-by=${value}` ? owner : false;
      });
    };

    expect(await tagged(SHOP_FRONT_DOOR.loadBalancerArn, 'pulumi')).toEqual({
      tool: 'Pulumi',
      tag: 'managed-by=pulumi',
      of: 'load-balancer',
    });
    expect(await tagged(ROUTE.ruleArn, 'terraform')).toMatchObject({
      tool: 'Terraform',
      of: 'route',
    });
  });
});

describe('trouble', () => {
  it('makes a read ask again, and a write never', async () => {
    await attached();
    const [reads, writes] = [calls('DescribeRules'), calls('ModifyRule')];
    fault('DescribeRules', { kind: 'throttle' });
    await expect(router.readGreenPercent(ROUTE, signal)).rejects.toMatchObject({
      type: 'throttled',
    });
    under.aws.world?.faults.clear();
    fault('ModifyRule', { kind: 'throttle' });

    const written = router.setGreenPercent(ROUTE, 5, later(), signal);

    await expect(written).rejects.toMatchObject({ type: 'throttled' });
    expect(calls('DescribeRules') - reads).toBe(3 + 1);
    expect(calls('ModifyRule') - writes).toBe(1);
  });

  it.each<readonly [string, FaultEffect]>([
    ['unavailable', { kind: 'hang', moment: 'after' }],
    ['unavailable', { kind: 'error', code: 'ServiceUnavailable', status: 503 }],
    ['access-denied', { kind: 'error', code: 'AccessDenied', status: 403 }],
  ])('of a write is %s: %j', async (type, effect) => {
    await attached();
    const clients = createAwsClients({ requestTimeoutMs: 300 });
    const impatient = createAlbRouter({ clients, clock: { nowMs: () => Date.now() } });
    fault('ModifyRule', effect);

    const written = impatient.setGreenPercent(ROUTE, 5, later(), signal);

    await expect(written).rejects.toMatchObject({ type, resource: ROUTE.ruleArn });
    clients.close();
  });

  it('does not keep a cancelled call waiting', async () => {
    const controller = new AbortController();
    const cancelled = new Error('cancelled');
    fault('DescribeRules', { kind: 'hang', moment: 'before' });

    const read = router.readGreenPercent(ROUTE, controller.signal);
    controller.abort(cancelled);

    await expect(read).rejects.toBe(cancelled);
  });
});

function login(ClientSecret: string): NonNullable<Action['AuthenticateOidcConfig']> {
  const { AuthenticateOidcConfig } = LOGIN;
  if (AuthenticateOidcConfig === undefined) throw new Error('no login');
  return { ...AuthenticateOidcConfig, ClientSecret };
}

/** ELBv2 answers neither the secret nor the mark that says to keep it. */
function withoutSecretMark(rule: string): string {
  return rule.replaceAll(/,"(?:ClientSecret|UseExistingClientSecret)":[^,}]*/gu, '');
}
