/** The stand-in serving Ingresses: an API server in memory, the emulated load balancer and its real data plane. */
import {
  CreateRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  ModifyRuleCommand,
  type Action,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { request } from 'undici';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import {
  startLoadBalancerController,
  type LoadBalancerController,
} from '#sandbox/load-balancer-controller/controller.ts';
import { freePorts } from '#sandbox/processes/free-ports.ts';
import { fakeAdminClient } from '#test/fakes/fake-admin-client.ts';
import { FakeKubernetes } from '#test/fakes/fake-kubernetes.ts';
import {
  INGRESS_NAMESPACE,
  ingressObject,
  ingressPath,
  seedIngress,
  seedService,
} from '#test/fakes/seed-ingress.ts';
import {
  BLUE_POD,
  GREEN_POD,
  openFrontDoor,
  type FrontDoor,
} from '../aws/elbv2/front-door-fixture.ts';
import { eventually } from '../data-plane/eventually.ts';

const NAME = 'k8s-shop-web';
const INGRESSES = { apiVersion: 'networking.k8s.io/v1', plural: 'ingresses' };
const ACTIONS = 'alb.ingress.kubernetes.io/actions';
const CONDITIONS = 'alb.ingress.kubernetes.io/conditions';
const GREEN = SHOP_FRONT_DOOR.greenTargetGroupArn;

let front: FrontDoor;
let cluster: FakeKubernetes;
let controller: LoadBalancerController;
let port: number;

beforeEach(async () => {
  front = await openFrontDoor();
  cluster = new FakeKubernetes();
  [port = 0] = await freePorts(1);
  controller = await startLoadBalancerController({
    clusterName: 'shop-blue',
    client: fakeAdminClient(cluster),
    elbv2: front.client,
    resyncMs: 150,
  });
});

afterEach(async () => {
  await controller.stop();
  await front.close();
});

describe('the stand-in serving an Ingress', () => {
  it('makes a load balancer, listener, rule, target group and binding of it, so that users reach the pods', async () => {
    seedIngress(cluster, { port, pods: [`${BLUE_POD}:8080`] });

    await answeredBy(BLUE_POD);

    const { LoadBalancers = [] } = await front.client.send(new DescribeLoadBalancersCommand({}));
    const made = LoadBalancers.find(({ LoadBalancerName }) => LoadBalancerName?.startsWith(NAME));
    expect(await tagsOf(made?.LoadBalancerArn)).toEqual({
      'elbv2.k8s.aws/cluster': 'shop-blue',
      'ingress.k8s.aws/stack': 'shop/web',
      'ingress.k8s.aws/resource': 'LoadBalancer',
    });
    const [rule] = await rules();
    expect(rule).toMatchObject({
      Priority: '1',
      Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
    });
    expect(await tagsOf(rule?.RuleArn)).toMatchObject({ 'ingress.k8s.aws/resource': `${port}:1` });
    const [binding] = cluster.all('targetgroupbindings');
    const targetGroup = rule?.Actions?.[0]?.TargetGroupArn;
    expect(binding).toMatchObject({
      metadata: {
        labels: { 'ingress.k8s.aws/stack-namespace': 'shop', 'ingress.k8s.aws/stack-name': 'web' },
      },
      spec: { targetGroupARN: targetGroup, serviceRef: { name: 'web', port: 80 } },
    });
    expect(await tagsOf(targetGroup)).toMatchObject({
      'ingress.k8s.aws/resource': 'shop/web-web:80',
    });
    expect(ingressNow()).toMatchObject({
      metadata: { finalizers: ['ingress.k8s.aws/resources'] },
      status: { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } },
    });
    expect(controller.failures()).toEqual({});
  });

  it('restores a rule that somebody else changed, and deletes one that it does not know', async () => {
    seedIngress(cluster, { port, pods: [`${BLUE_POD}:8080`] });
    await answeredBy(BLUE_POD);
    const before = await rules();
    const [rule] = before;

    await front.client.send(
      new ModifyRuleCommand({ RuleArn: rule?.RuleArn, Actions: forwardTo(GREEN) }),
    );
    await front.client.send(
      new CreateRuleCommand({
        ListenerArn: await listenerArn(),
        Priority: 7,
        Conditions: [{ Field: 'path-pattern', Values: ['/foreign'] }],
        Actions: forwardTo(GREEN),
      }),
    );

    await eventually('the rules are as before', async () => {
      const now = await rules();
      return JSON.stringify(now) === JSON.stringify(before);
    });
  });

  it('follows an action with weights and a foreign target group, and keeps its own target group when a plain backend becomes an action', async () => {
    seedIngress(cluster, { port, pods: [`${BLUE_POD}:8080`] });
    await answeredBy(BLUE_POD);
    const [plain] = await rules();
    const blue = plain?.Actions?.[0]?.TargetGroupArn ?? '';

    await write({
      metadata: {
        annotations: {
          [`${ACTIONS}.web`]: JSON.stringify({
            type: 'forward',
            forwardConfig: {
              targetGroups: [
                { serviceName: 'web', servicePort: 80, weight: 900 },
                { targetGroupARN: GREEN, weight: 99 },
              ],
              targetGroupStickinessConfig: { enabled: true, durationSeconds: 30 },
            },
          }),
        },
      },
      spec: { rules: [{ http: { paths: [ingressPath('/', 'web', { name: 'use-annotation' })] } }] },
    });

    await eventually('the rule has both', async () => {
      const [rule] = await rules();
      return rule?.Actions?.[0]?.ForwardConfig?.TargetGroups?.length === 2;
    });
    const [rule] = await rules();
    expect(rule?.RuleArn).toBe(plain?.RuleArn);
    expect(rule?.Actions?.[0]?.ForwardConfig).toEqual({
      TargetGroups: [
        { TargetGroupArn: blue, Weight: 900 },
        { TargetGroupArn: GREEN, Weight: 99 },
      ],
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 30 },
    });
    expect(cluster.all('targetgroupbindings')).toHaveLength(1);
  });

  it('changes nothing where a rule is as the Ingress says, whatever order and lone weight it has', async () => {
    seedIngress(cluster, { port, pods: [`${BLUE_POD}:8080`] });
    await answeredBy(BLUE_POD);
    const [rule] = await rules();
    const own = rule?.Actions?.[0]?.TargetGroupArn ?? '';
    const ForwardConfig = { TargetGroups: [{ TargetGroupArn: own, Weight: 5 }] };
    await front.client.send(
      new ModifyRuleCommand({
        RuleArn: rule?.RuleArn,
        Actions: [{ Type: 'forward', ForwardConfig }],
      }),
    );
    const written = front.emulator.audit.entries({ operation: 'ModifyRule' }).length;

    await write({ metadata: { annotations: { team: 'shop' } } });
    await anotherRound();

    expect(front.emulator.audit.entries({ operation: 'ModifyRule' })).toHaveLength(written);
  });

  it('puts a path with a condition before the path it stands before, and takes it off again', async () => {
    front.pods.set(`${GREEN_POD}:8080`, { kind: 'answers', status: 201 });
    seedIngress(cluster, { port, pods: [`${BLUE_POD}:8080`] });
    seedService(cluster, 'next', [`${GREEN_POD}:8080`]);
    await answeredBy(BLUE_POD);
    const before = await rules();
    const condition = {
      field: 'http-header',
      httpHeaderConfig: { httpHeaderName: 'x-door', values: ['secret'] },
    };
    const door = ingressPath('/', 'next', { number: 80 });
    const planned = ingressPath('/', 'web', { number: 80 });

    await write({
      metadata: { annotations: { [`${CONDITIONS}.next`]: JSON.stringify([condition]) } },
      spec: { rules: [{ http: { paths: [door, planned] } }] },
    });

    await answeredBy(GREEN_POD, { 'x-door': 'secret' });
    await answeredBy(BLUE_POD);
    const open = await rules();
    expect(open.map(({ Priority }) => Priority)).toEqual(['1', '2']);
    expect(open[1]?.RuleArn).toBe(before[0]?.RuleArn);

    await write({
      metadata: { annotations: { [`${CONDITIONS}.next`]: null } },
      spec: { rules: [{ http: { paths: [planned] } }] },
    });
    await eventually(
      'the rules are as before',
      async () => JSON.stringify(await rules()) === JSON.stringify(before),
    );
    await eventually('one binding is left', () => cluster.all('targetgroupbindings').length === 1);
  });

  it('tries exact paths first, then the longest prefix', async () => {
    seedIngress(cluster, {
      port,
      pods: [`${BLUE_POD}:8080`],
      spec: {
        rules: [
          {
            host: 'shop.example.com',
            http: {
              paths: [
                ingressPath('/', 'web', { number: 80 }),
                ingressPath('/api/v2/', 'web', { name: 'http' }),
                ingressPath('/api', 'web', { number: 80 }, 'Exact'),
              ],
            },
          },
        ],
      },
    });

    await eventually('three rules', async () => (await rules()).length === 3);

    const paths = (await rules()).map(
      ({ Conditions = [] }) => Conditions.find(({ Field }) => Field === 'path-pattern')?.Values,
    );
    expect(paths).toEqual([['/api'], ['/api/v2', '/api/v2/*'], ['/*']]);
  });

  it('has one load balancer for a group, and deletes it with its last Ingress', async () => {
    const annotations = { 'alb.ingress.kubernetes.io/group.name': 'front' };
    seedIngress(cluster, { port, pods: [`${BLUE_POD}:8080`], annotations });
    const paths = [ingressPath('/api', 'web', { number: 80 })];
    cluster.seed(
      'ingresses',
      ingressObject('api', { port, annotations, spec: { rules: [{ http: { paths } }] } }),
    );
    await eventually('two rules', async () => (await rules()).length === 2);

    const client = fakeAdminClient(cluster);
    for (const name of ['api', 'web'])
      await client.delete(
        {
          ...INGRESSES,
          kind: 'Ingress',
          namespaced: true,
          parse: (value) => ({ metadata: Object(value).metadata }),
        },
        { namespace: INGRESS_NAMESPACE, name },
      );

    await eventually('nothing is left', async () => {
      const { LoadBalancers = [] } = await front.client.send(new DescribeLoadBalancersCommand({}));
      const { TargetGroups = [] } = await front.client.send(new DescribeTargetGroupsCommand({}));
      return (
        cluster.all('ingresses').length === 0 &&
        cluster.all('targetgroupbindings').length === 0 &&
        LoadBalancers.length === 1 &&
        TargetGroups.length === 2
      );
    });
  });

  it('leaves everything as it is while an annotation cannot be read, and says so', async () => {
    seedIngress(cluster, { port, pods: [`${BLUE_POD}:8080`] });
    await answeredBy(BLUE_POD);
    const before = await rules();

    await write({
      metadata: { annotations: { [`${ACTIONS}.web`]: '{"type":"forward"}' } },
      spec: { rules: [{ http: { paths: [ingressPath('/', 'web', { name: 'use-annotation' })] } }] },
    });

    await eventually('the failure is known', () =>
      controller.failures()['ingress shop/web']?.includes('precisely one of'),
    );
    expect(await rules()).toEqual(before);
  });
});

async function answeredBy(pod: string, headers: Record<string, string> = {}): Promise<void> {
  await eventually(`${pod} answers`, async () => {
    for (let i = 0; i < 5; i += 1) {
      const answer = await request(`http://127.0.0.1:${port}/`, { headers }).catch(() => undefined);
      await answer?.body.dump();
      if (answer?.headers['x-pod'] !== `${pod}:8080`) return false;
    }
    return true;
  });
}

async function listenerArn(): Promise<string> {
  const { LoadBalancers = [] } = await front.client.send(new DescribeLoadBalancersCommand({}));
  const [own] = LoadBalancers.filter(({ LoadBalancerName = '' }) =>
    LoadBalancerName.startsWith('k8s-'),
  );
  if (own === undefined) return '';
  const { Listeners } = await front.client.send(
    new DescribeListenersCommand({ LoadBalancerArn: own.LoadBalancerArn }),
  );
  return Listeners?.[0]?.ListenerArn ?? '';
}

async function rules(): Promise<readonly Rule[]> {
  const ListenerArn = await listenerArn();
  if (ListenerArn === '') return [];
  const { Rules = [] } = await front.client.send(new DescribeRulesCommand({ ListenerArn }));
  return Rules.filter(({ IsDefault }) => IsDefault !== true);
}

async function tagsOf(arn = ''): Promise<Readonly<Record<string, string>>> {
  const { TagDescriptions } = await front.client.send(
    new DescribeTagsCommand({ ResourceArns: [arn] }),
  );
  return Object.fromEntries(
    (TagDescriptions?.[0]?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]),
  );
}

function forwardTo(arn: string): Action[] {
  return [{ Type: 'forward', TargetGroupArn: arn }];
}

function ingressNow(): unknown {
  return cluster.all('ingresses').find(({ metadata }) => metadata.name === 'web');
}

async function write(patch: Readonly<Record<string, unknown>>): Promise<void> {
  await cluster.merge(INGRESSES, INGRESS_NAMESPACE, 'web', patch);
}

/** The controller has looked at everything once more: it reads the rules at each of its rounds. */
async function anotherRound(): Promise<void> {
  const looks = (): number => front.emulator.audit.entries({ operation: 'DescribeRules' }).length;
  const before = looks();
  await eventually('two more rounds', () => looks() >= before + 2);
}
