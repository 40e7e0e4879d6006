import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/**
 * A plan in miniature: one route, three steps, and durations of fractions of a second, which no plan file may have,
 * so that workflow tests with a guard in real time take moments.
 */
type Spec = MigrationPlan['spec'];

const FAKE_ACCOUNT = '111122223333';
const FAKE_REGION = 'eu-west-1';

const ELB = `arn:aws:elasticloadbalancing:${FAKE_REGION}:${FAKE_ACCOUNT}`;

type FakeRoute<Kind> = Extract<
  Spec['traffic']['groups'][number]['routes'][number],
  { readonly with: Kind }
>;

/** A route of its own rule and target groups. */
export function fakeRoute(id: string): FakeRoute<'alb'> {
  const suffix = Buffer.from(id).toString('hex').padEnd(16, '0').slice(0, 16);
  return {
    id,
    with: 'alb',
    ruleArn: `${ELB}:listener-rule/app/front-door/50dc6c495c0c9188/f2f7dc8efc522ab2/${suffix}`,
    blueTargetGroupArn: `${ELB}:targetgroup/blue-${id}/${suffix}`,
    greenTargetGroupArn: `${ELB}:targetgroup/green-${id}/${suffix}`,
    acceptSticky: false,
  };
}

/** The same on a listener of a Network Load Balancer. */
export function fakeNlbRoute(id: string): FakeRoute<'nlb'> {
  const { blueTargetGroupArn, greenTargetGroupArn } = fakeRoute(id);
  return {
    id,
    with: 'nlb',
    listenerArn: `${ELB}:listener/net/flows-${id}/50dc6c495c0c9188/f2f7dc8efc522ab2`,
    blueTargetGroupArn,
    greenTargetGroupArn,
  };
}

/** The same on an Ingress of blue. */
export function fakeIngressRoute(id: string): FakeRoute<'ingress'> {
  const { greenTargetGroupArn, acceptSticky } = fakeRoute(id);
  const name = { namespace: 'shop', ingress: id, service: id };
  return { id, with: 'ingress', ...name, greenTargetGroupArn, acceptSticky };
}

/** The same by a name of its own, with a load balancer for each colour. */
export function fakeNameRoute(id: string): FakeRoute<'route53'> {
  const { blueTargetGroupArn, greenTargetGroupArn } = fakeRoute(id);
  return {
    id,
    with: 'route53',
    zoneId: 'Z0123456789ABCDEFGHIJ',
    recordName: `${id}.example.com.`,
    recordType: 'A',
    takeFromExternalDns: false,
    blueLoadBalancerArn: `${ELB}:loadbalancer/app/${id}-blue/50dc6c495c0c9188`,
    greenLoadBalancerArn: `${ELB}:loadbalancer/app/${id}-green/50dc6c495c0c9189`,
    blueTargetGroupArn,
    greenTargetGroupArn,
  };
}

/** The same on an HTTPRoute of a cluster in front of both colours. */
export function fakeGatewayRoute(id: string): FakeRoute<'gateway'> {
  const { blueTargetGroupArn, greenTargetGroupArn } = fakeRoute(id);
  const backend = (colour: string) => ({
    group: '',
    kind: 'Service',
    name: `${id}-${colour}`,
    port: 80,
  });
  return {
    id,
    with: 'gateway',
    namespace: 'shop',
    httpRoute: id,
    heldByCluster: 'shop-edge',
    blueBackend: backend('blue'),
    greenBackend: backend('green'),
    blueTargetGroupArn,
    greenTargetGroupArn,
    requests: 'app',
  };
}

const SPEC: Spec = {
  access: { default: { account: FAKE_ACCOUNT, region: FAKE_REGION } },
  blue: { cluster: 'shop-blue' },
  green: { cluster: 'shop-green', version: '1.36', provision: { with: 'eks' } },
  identity: { trustPolicies: 'extend' },
  addons: { choose: 'default', pinned: {} },
  workloads: { with: 'copy', namespaces: ['shop'], availableWithinSeconds: 5 },
  singletons: { handOverAtPercent: 100, cronJobs: 'all', deployments: ['shop/queue-worker'] },
  traffic: {
    promise: { rollbackWithinSeconds: 10, shedWithinSeconds: 1 },
    groups: [
      {
        name: 'storefront',
        steps: [5, 50, 100],
        bakeSeconds: 0.1,
        bakeAtMostSeconds: 60,
        routes: [fakeRoute('web')],
      },
    ],
  },
  analysis: {
    intervalSeconds: 0.05,
    sources: {
      app: {
        with: 'cloudwatch',
        namespace: 'Shop',
        dimension: 'Cluster',
        metrics: { requests: 'Requests', errors: 'Errors', latency: 'Latency' },
        periodSeconds: 0.05,
        latenessSeconds: 0,
      },
    },
    truth: 'app',
    missingDataSeconds: 1,
    guardrails: [
      { metric: 'error-rate', from: 'app', max: 1, minRequests: 50 },
      { metric: 'latency-p99', from: 'app', max: 500, minRequests: 50 },
      { metric: 'healthy-targets', from: 'app', min: 1, minRequests: 0 },
    ],
    compare: [],
  },
  smoke: [{ http: { path: '/healthz', expect: 200, attempts: 3 } }],
  gates: {
    shift: {
      approvers: ['sre'],
      quorum: 1,
      notRequester: false,
      expiresSeconds: 86_400,
      onExpiry: 'reject',
    },
    retire: {
      approvers: ['sre', 'lead'],
      quorum: 1,
      notRequester: false,
      expiresSeconds: 604_800,
      onExpiry: 'hold',
    },
  },
  soak: { forSeconds: 0.2, keepBluePercent: 0 },
  drain: { quietSeconds: 0.1 },
  rollback: { green: 'keep' },
  notify: [{ with: 'log' }],
};

/** Add-ons with tests of them. */
export const FAKE_PROBED_ADDONS: Spec['addons'] = {
  ...SPEC.addons,
  probes: { image: 'registry.example/node:24', namespace: 'cutover-probes', forSeconds: 60 },
};

/** The miniature with whole sections of its spec replaced. */
export function fakePlan(spec: Partial<Spec> = {}): MigrationPlan {
  return {
    apiVersion: 'cutover/v1',
    kind: 'ClusterMigration',
    metadata: { name: 'shop' },
    spec: { ...SPEC, ...spec },
  };
}
