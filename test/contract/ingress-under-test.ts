/**
 * An Ingress on blue, as the contracts of router and smoke door want it: the emulated AWS, the load balancer controller's
 * stand-in at work all the time, and blue's API server in memory, because a real one would cost each of these tests seconds.
 */
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
  type Rule,
  type TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createIngressRouter } from '#activities/adapters/aws/ingress-router.ts';
import { createIngressSmokeDoor } from '#activities/adapters/aws/ingress-smoke-door.ts';
import { createTargetGroups } from '#activities/adapters/aws/target-groups.ts';
import { createCapsuleCalls } from '#activities/adapters/capsules/capsule-calls.ts';
import { createHttpProbe } from '#activities/adapters/http/http-probe.ts';
import type { CapsuleCalls } from '#activities/ports/capsules.ts';
import type { PlannedRouteRef, RouteRef } from '#activities/ports/traffic-router.ts';
import type { IngressPlace } from '#domain/traffic/route-place.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import {
  startLoadBalancerController,
  type LoadBalancerController,
} from '#sandbox/load-balancer-controller/controller.ts';
import { freePorts } from '#sandbox/processes/free-ports.ts';
import { fakeAdminClient } from '#test/fakes/fake-admin-client.ts';
import { REAL_CLOCK } from '#test/fakes/fake-clock.ts';
import { FakeKubernetes } from '#test/fakes/fake-kubernetes.ts';
import {
  INGRESS_NAMESPACE,
  ingressPath,
  seedIngress,
  seedService,
} from '#test/fakes/seed-ingress.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { strangersGroup } from './alb-under-test.ts';
import { ACCESS, PODS, startEmulatedAws, type EmulatedAws } from './emulated-aws.ts';
import type { DoorUnderTest } from './smoke-door.contract.ts';
import type { RouterUnderTest } from './traffic-router.contract.ts';

const INGRESSES = { apiVersion: 'networking.k8s.io/v1', plural: 'ingresses' };
const ACTION = 'alb.ingress.kubernetes.io/actions.web';
const { signal } = new AbortController();

type Route = RouteRef<IngressPlace> & PlannedRouteRef<'ingress'>;

export interface IngressStage {
  readonly aws: EmulatedAws;
  readonly cluster: FakeKubernetes;
  readonly controller: LoadBalancerController;
  readonly router: ReturnType<typeof createIngressRouter>;
  readonly door: ReturnType<typeof createIngressSmokeDoor>;
  readonly calls: CapsuleCalls;
  readonly planned: PlannedRouteRef<'ingress'>;
  readonly port: number;
  /** The rules of the Ingress's load balancer and the Ingress itself, once the controller has nothing to do, as text. */
  readonly places: () => Promise<string>;
  /** A person's hand on the Ingress. */
  readonly write: (patch: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface StageOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  /** @default ten minutes: only events wake the controller */
  readonly resyncMs?: number;
  /** @default 1 */
  readonly rules?: number;
  /** Services besides `web`. @default none */
  readonly services?: readonly string[];
}

/** Users come in through the Ingress, and the controller has made everything of it. */
export async function ingressStage(options: StageOptions = {}): Promise<IngressStage> {
  const aws = await startEmulatedAws();
  const cluster = new FakeKubernetes();
  const [port = 0] = await freePorts(1);
  const { annotations = {}, spec = {}, rules = 1, services = [], resyncMs = 600_000 } = options;
  seedIngress(cluster, { port, pods: [PODS.blue], annotations, spec });
  for (const name of services) seedService(cluster, name, [PODS.blue]);
  const controller = await startLoadBalancerController({
    clusterName: 'shop-blue',
    client: fakeAdminClient(cluster),
    elbv2: aws.owner.elb,
    resyncMs,
  });
  const parts = {
    clients: aws.clients,
    kubernetes: { connect: async () => cluster },
    clock: REAL_CLOCK,
  };
  const settled = async (): Promise<void> => {
    await eventually('the controller has nothing to do', () => controller.idle());
  };
  const stage: IngressStage = {
    aws,
    cluster,
    controller,
    router: createIngressRouter(parts),
    door: createIngressSmokeDoor(parts),
    calls: createCapsuleCalls(parts),
    planned: PLANNED,
    port,
    settled,
    places: async () => {
      await settled();
      const [ingress] = cluster.all('ingresses');
      return JSON.stringify({
        rules: await rulesOf(stage),
        annotations: ingress?.metadata.annotations,
        spec: ingress?.['spec'],
      });
    },
    write: async (patch) => cluster.merge(INGRESSES, INGRESS_NAMESPACE, 'web', patch),
    stop: async () => {
      await controller.stop();
      await aws.stop();
    },
  };
  await eventually('the controller has made the rules', async () => {
    return (await rulesOf(stage)).length >= rules;
  });
  await settled();
  return stage;
}

const PLANNED: PlannedRouteRef<'ingress'> = {
  id: 'web',
  with: 'ingress',
  namespace: INGRESS_NAMESPACE,
  ingress: 'web',
  service: 'web',
  greenTargetGroupArn: SHOP_FRONT_DOOR.greenTargetGroupArn,
  acceptSticky: false,
  access: ACCESS,
  blue: {
    access: ACCESS,
    name: 'shop-blue',
    arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop-blue',
    createdAt: '2026-01-01T00:00:00.000Z',
  },
};

/** The route with its names resolved, as later phases have it. */
export async function resolvedRoute({ router, planned }: IngressStage): Promise<Route> {
  const { place, blueTargetGroupArn } = await router.describe(planned, signal);
  return { ...planned, ...place, blueTargetGroupArn };
}

export async function ingressRouterUnderTest(): Promise<RouterUnderTest<IngressPlace>> {
  const stage = await ingressStage();
  const route = await resolvedRoute(stage);
  const asAction = (action: object): Readonly<Record<string, unknown>> => ({
    metadata: { annotations: { [ACTION]: JSON.stringify(action) } },
    spec: { rules: [{ http: { paths: [ingressPath('/', 'web', { name: 'use-annotation' })] } }] },
  });
  return {
    router: calm(stage),
    route,
    missing: { ...route, ingress: 'nowhere' },
    calls: {
      send: async (call, access, abort) => {
        const answer = await stage.calls.send(call, access, abort);
        await stage.settled();
        return answer;
      },
    },
    ownedByCluster: 'shop-blue',
    rule: stage.places,
    stick: async (seconds) => {
      const forwardConfig = {
        targetGroups: [{ serviceName: 'web', servicePort: 80 }],
        targetGroupStickinessConfig: { enabled: true, durationSeconds: seconds },
      };
      await stage.write(asAction({ type: 'forward', forwardConfig }));
      await eventually('the rule is sticky', async () =>
        (await stage.places()).includes(`"DurationSeconds":${seconds}`),
      );
    },
    foreignEdit: async () => {
      const stranger = await strangersGroup(stage.aws);
      // Without blue's Service in it the controller would delete blue's target group.
      const targetGroups = [
        { serviceName: 'web', servicePort: 80, weight: 0 },
        { targetGroupARN: route.greenTargetGroupArn, weight: 1 },
        { targetGroupARN: stranger, weight: 1 },
      ];
      await stage.write(asAction({ type: 'forward', forwardConfig: { targetGroups } }));
      await eventually('the controller has followed', async () =>
        (await stage.places()).includes(`"TargetGroupArn":"${stranger}"`),
      );
    },
    nowMs: () => Date.now(),
    stop: stage.stop,
  };
}

/**
 * The router at the pace of a migration: after each write the controller has had its turn, which may undo it for a moment
 * when it was about to write what the Ingress said before.
 */
function calm({ router, settled }: IngressStage): RouterUnderTest<IngressPlace>['router'] {
  const after = async (write: Promise<void>): Promise<void> => {
    await write;
    await settled();
  };
  return {
    ...router,
    attach: async (...args) => after(router.attach(...args)),
    detach: async (...args) => after(router.detach(...args)),
    setGreenPercent: async (...args) => after(router.setGreenPercent(...args)),
    sendAllToBlue: async (...args) => after(router.sendAllToBlue(...args)),
    removeBlue: async (...args) => after(router.removeBlue(...args)),
  };
}

export async function ingressDoorUnderTest(): Promise<DoorUnderTest<IngressPlace>> {
  const stage = await ingressStage();
  const route = await resolvedRoute(stage);
  const { before } = await stage.router.describe(route, signal);
  await stage.router.attach(route, before, signal);
  const [Id, Port] = PODS.green.split(':');
  await stage.aws.owner.elb.send(
    new RegisterTargetsCommand({
      TargetGroupArn: route.greenTargetGroupArn,
      Targets: [{ Id, Port: Number(Port) }],
    }),
  );
  const targetGroups = createTargetGroups({ clients: stage.aws.clients });
  for (const arn of [route.blueTargetGroupArn, route.greenTargetGroupArn])
    await eventually(`a healthy target in ${arn}`, async () => {
      const { healthy } = await targetGroups.readHealth(ACCESS, arn, signal);
      return healthy > 0;
    });
  const probe = createHttpProbe();
  return {
    door: stage.door,
    route,
    ask: async (headers) => {
      const url = `http://127.0.0.1:${stage.port}/`;
      const { status } = await probe.get(url, { headers, timeoutMs: 2000 }, signal);
      return status === 201 ? 'green' : status === 200 ? 'blue' : 'nobody';
    },
    rules: stage.places,
    stop: stage.stop,
  };
}

/** Somebody changes the rules behind the controller's back. */
export async function meddle(
  { aws }: IngressStage,
  ruleArn: string,
  TargetGroups: TargetGroupTuple[],
): Promise<void> {
  await aws.owner.elb.send(
    new ModifyRuleCommand({
      RuleArn: ruleArn,
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    }),
  );
}

/** All rules but the default ones of the Ingress's load balancer, in their order; none before it is made. */
export async function rulesOf({ aws }: Pick<IngressStage, 'aws'>): Promise<readonly Rule[]> {
  const { elb } = aws.owner;
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  const made = LoadBalancers.find(({ LoadBalancerName }) => LoadBalancerName?.startsWith('k8s-'));
  if (made === undefined) return [];
  const { LoadBalancerArn } = made;
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const all = await Promise.all(
    Listeners.map(async ({ ListenerArn }) => {
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
      return Rules.filter(({ IsDefault }) => IsDefault !== true);
    }),
  );
  return all.flat();
}
