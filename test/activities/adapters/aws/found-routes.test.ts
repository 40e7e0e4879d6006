/** What leads users to a target group, on the emulated AWS: whoever made the load balancer. */
import { ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { findRoutes } from '#activities/adapters/aws/found-routes.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { albRouterUnderTest } from '#test/contract/alb-under-test.ts';
import { ACCESS } from '#test/contract/emulated-aws.ts';
import { ingressStage } from '#test/contract/ingress-under-test.ts';
import { nlbRouterUnderTest } from '#test/contract/nlb-under-test.ts';

const { signal } = new AbortController();
const BLUE = { access: ACCESS, name: 'shop-blue' };

describe('a rule of an Application Load Balancer', () => {
  let under: Awaited<ReturnType<typeof albRouterUnderTest>>;
  beforeEach(async () => {
    under = await albRouterUnderTest();
  });
  afterEach(() => under.stop());

  const { blueTargetGroupArn, greenTargetGroupArn, ruleArn } = SHOP_FRONT_DOOR;
  const found = async (targetGroupArn = blueTargetGroupArn) =>
    findRoutes(under.aws.clients, BLUE, { targetGroupArn, service: 'shop/web' }, signal);

  it('is found, with what it matches and the call that makes a twin of its target group', async () => {
    const [route] = await found();

    expect(route).toMatchObject({
      with: 'alb',
      place: ruleArn,
      service: 'shop/web',
      ingress: null,
      obstacles: [],
      twinCommand: expect.stringMatching(
        /^aws elbv2 create-target-group --name shop-green --protocol HTTP /u,
      ),
    });
    expect(route?.matches).toMatch(/^path \/\*/u);
  });

  it('that somebody split already is told as such', async () => {
    await under.aws.owner.elb.send(
      new ModifyRuleCommand({
        RuleArn: ruleArn,
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: blueTargetGroupArn, Weight: 90 },
                { TargetGroupArn: greenTargetGroupArn, Weight: 10 },
              ],
            },
          },
        ],
      }),
    );

    const [route] = await found();

    expect(route?.obstacles).toEqual(['it forwards to 2 target groups already']);
  });

  it('is not there for a target group that nobody sends to, and one that does not exist is a failure', async () => {
    expect(await found(greenTargetGroupArn)).toEqual([]);
    await expect(found(`${blueTargetGroupArn}0`)).rejects.toMatchObject({ type: 'not-found' });
  });
});

it('a listener of a Network Load Balancer is found as one', async () => {
  const under = await nlbRouterUnderTest();
  try {
    const { route, aws } = under;
    const bound = { targetGroupArn: route.blueTargetGroupArn, service: 'shop/queue' };

    const [found, ...others] = await findRoutes(aws.clients, BLUE, bound, signal);

    expect(others).toEqual([]);
    expect(found).toMatchObject({ with: 'nlb', place: route.listenerArn, matches: '' });
    expect(found?.twinCommand).not.toContain('protocol-version');
  } finally {
    await under.stop();
  }
});

it('an Ingress is found by what its controller wrote on the target group', async () => {
  const stage = await ingressStage();
  try {
    await stage.settled();
    const { targetGroupArn } = await blueOf(stage);
    const bound = { targetGroupArn, service: `${stage.planned.namespace}/web` };

    const found = await findRoutes(stage.aws.clients, BLUE, bound, signal);

    expect(found).toMatchObject([
      {
        with: 'ingress',
        ingress: `${stage.planned.namespace}/${stage.planned.ingress}`,
        obstacles: [],
      },
    ]);
  } finally {
    await stage.stop();
  }
});

async function blueOf({
  router,
  planned,
}: Awaited<ReturnType<typeof ingressStage>>): Promise<{ readonly targetGroupArn: string }> {
  const { blueTargetGroupArn } = await router.describe(planned, signal);
  return { targetGroupArn: blueTargetGroupArn };
}
