import { describeValue } from '#domain/plan/problems.ts';
import {
  gatewayRoute,
  nameRoute,
  nlbRoute,
  planWith,
  problemsOf,
  route,
  summaryOf,
  targetGroupArn,
} from './plan-builder.ts';

const groups = 'spec.traffic.groups';
const app = { with: 'cloudwatch', namespace: 'Shop', period: '5s', lateness: '2s' };

function ingressRoute(index: number, ingress = 'shop/front'): Record<string, unknown> {
  const green = targetGroupArn('green', index);
  return { id: `route-${index}`, with: 'ingress', ingress, service: 'api', green };
}

function elsewhere(arn: string): string {
  return arn.replace('eu-west-1', 'eu-central-1');
}

describe('the rules between fields', () => {
  const cases: readonly (readonly [
    string,
    Readonly<Record<string, unknown>>,
    readonly string[],
  ])[] = [
    [
      'green is another cluster than blue',
      { 'spec.green.cluster': 'shop-blue' },
      ['spec.green.cluster: "shop-blue", which is blue'],
    ],
    [
      'a role lives in the account it gives access to',
      { 'spec.access.default.roleArn': 'arn:aws:iam::444455556666:role/cutover' },
      ['spec.access.default.roleArn: a role of account 444455556666'],
    ],
    [
      'a namespace is named once',
      { 'spec.workloads.namespaces': ['shop', 'orders', 'shop'] },
      ['spec.workloads.namespaces.2: "shop" again (first at spec.workloads.namespaces[0])'],
    ],
    [
      'an approver is named once per gate',
      { 'spec.gates.retire.approvers': ['sre', 'sre'] },
      ['spec.gates.retire.approvers.1: "sre" again (first at spec.gates.retire.approvers[0])'],
    ],
    [
      'a Deployment that is handed over is carried over',
      { 'spec.singletons.deployments': ['shop/worker', 'orders/worker'] },
      ['spec.singletons.deployments.1: "orders/worker", whose namespace is not carried over'],
    ],
    [
      'groups have names of their own',
      { [groups]: [1, 2].map((index) => ({ name: 'same', routes: [route(index)] })) },
      ['spec.traffic.groups.1.name: "same" again (first at spec.traffic.groups[0].name)'],
    ],
    [
      'route ids are unique over all groups',
      { [`${groups}.1`]: { name: 'second', routes: [{ ...route(2), id: 'route-1' }] } },
      [
        'spec.traffic.groups.1.routes.0.id: "route-1" again (first at spec.traffic.groups[0].routes[0].id)',
      ],
    ],
    [
      'a service of an Ingress is in one route only',
      { [`${groups}.0.routes`]: [1, 2].map((index) => ingressRoute(index)) },
      [
        'spec.traffic.groups.0.routes.1.service: "api of shop/front" again (first at spec.traffic.groups[0].routes[0].service)',
      ],
    ],
    [
      'the namespace of an Ingress is carried over',
      { [`${groups}.0.routes.0`]: ingressRoute(1, 'edge/front') },
      ['spec.traffic.groups.0.routes.0.ingress: "edge/front", whose namespace is not carried over'],
    ],
    [
      'an HTTPRoute is in one route only, but its name may be used on another cluster',
      {
        [`${groups}.0.routes`]: [1, 2, 3].map((index) => ({
          ...gatewayRoute(index),
          httpRoute: 'shop/web',
          cluster: index === 2 ? 'shop-edge-2' : 'shop-edge',
        })),
      },
      [
        'spec.traffic.groups.0.routes.2.httpRoute: "shop/web on shop-edge" again (first at spec.traffic.groups[0].routes[0].httpRoute)',
      ],
    ],
    [
      'an HTTPRoute is held by blue or by a cluster in front of both',
      {
        [`${groups}.0.routes`]: [
          { ...gatewayRoute(1), cluster: 'shop-blue' },
          { ...gatewayRoute(2), cluster: 'shop-green' },
          Object.fromEntries(Object.entries(gatewayRoute(3)).filter(([key]) => key !== 'cluster')),
        ],
      },
      [
        'spec.traffic.groups.0.routes.0.cluster: "shop-blue", which is blue',
        'spec.traffic.groups.0.routes.1.cluster: "shop-green", which is green',
      ],
    ],
    [
      'the backends of an HTTPRoute differ, and a Service says its port',
      {
        [`${groups}.0.routes.0`]: gatewayRoute(),
        [`${groups}.0.routes.0.green.backend`]: { name: 'web-blue', port: 80, namespace: 'shop' },
        [`${groups}.0.routes.1`]: gatewayRoute(2),
        [`${groups}.0.routes.1.green.backend`]: { name: 'web-green' },
        [`${groups}.0.routes.2`]: gatewayRoute(3),
        [`${groups}.0.routes.2.green.backend`]: { kind: 'TargetGroupName', name: 'web-green' },
      },
      [
        "spec.traffic.groups.0.routes.0.green.backend: blue's own backend",
        'spec.traffic.groups.0.routes.1.green.backend.port: a Service without a port',
      ],
    ],
    [
      'requests of an HTTPRoute are counted at the pods',
      {
        'spec.analysis.sources': { app, alb: { with: 'cloudwatch-alb' } },
        [`${groups}.0.routes`]: ['app', 'alb', 'nobody'].map((requests, index) => ({
          ...gatewayRoute(index + 1),
          requests,
        })),
      },
      [
        'spec.traffic.groups.0.routes.1.requests: "alb", which is no such source',
        'spec.traffic.groups.0.routes.2.requests: "nobody", which is no such source',
      ],
    ],
    [
      'blue and green of a route differ',
      { [`${groups}.0.routes.0.green`]: targetGroupArn('blue') },
      [
        "spec.traffic.groups.0.routes.0.green: a target group that is blue's at spec.traffic.groups[0].routes[0].blue",
      ],
    ],
    [
      'what is blue for one route is not green for another',
      { [`${groups}.0.routes.1`]: { ...route(2), green: targetGroupArn('blue') } },
      [
        "spec.traffic.groups.0.routes.1.green: a target group that is blue's at spec.traffic.groups[0].routes[0].blue",
      ],
    ],
    [
      'target groups are in the region that access names',
      { [`${groups}.0.routes.0.green`]: elsewhere(targetGroupArn('green')) },
      ['spec.traffic.groups.0.routes.0.green: an ARN of account 111122223333 in eu-central-1'],
    ],
    [
      'load balancers may have an access of their own',
      { 'spec.access.loadBalancer': { account: '444455556666', region: 'eu-west-1' } },
      ['rule', 'blue', 'green'].map(
        (key) => `${groups}.0.routes.0.${key}: an ARN of account 111122223333 in eu-west-1`,
      ),
    ],
    [
      'a listener is in one route only, and where access reaches',
      {
        [`${groups}.0.routes.0`]: nlbRoute(),
        [`${groups}.0.routes.1`]: { ...nlbRoute(2), listener: nlbRoute().listener },
        [`${groups}.0.routes.2`]: { ...nlbRoute(3), listener: elsewhere(nlbRoute(3).listener) },
      },
      [
        `spec.traffic.groups.0.routes.1.listener: ${describeValue(nlbRoute().listener)} again (first at spec.traffic.groups[0].routes[0].listener)`,
        'spec.traffic.groups.0.routes.2.listener: an ARN of account 111122223333 in eu-central-1',
      ],
    ],
    [
      'flows are counted by an application, not by the load balancer',
      { [`${groups}.0.routes.0`]: { ...nlbRoute(), flows: 'alb' } },
      ['spec.traffic.groups.0.routes.0.flows: "alb", which is no such source'],
    ],
    [
      'each name and type is in one route only',
      {
        'spec.traffic.promise': { rollbackWithin: '2m' },
        [`${groups}.0.routes.0`]: nameRoute(),
        [`${groups}.0.routes.1`]: { ...nameRoute(2), name: 'Shop-1.example.com' },
      },
      [
        'spec.traffic.groups.0.routes.1.name: "Z0123456789ABC shop-1.example.com A" again (first at spec.traffic.groups[0].routes[0].name)',
      ],
    ],
    [
      'a name leads to two load balancers',
      {
        'spec.traffic.promise': { rollbackWithin: '2m' },
        [`${groups}.0.routes.0`]: {
          ...nameRoute(),
          green: { ...nameRoute().green, loadBalancer: nameRoute().blue.loadBalancer },
        },
      },
      ["spec.traffic.groups.0.routes.0.green.loadBalancer: blue's own load balancer"],
    ],
    [
      'colours of names are kept apart too',
      {
        'spec.traffic.promise': { rollbackWithin: '2m' },
        [`${groups}.0.routes.0`]: nameRoute(),
        [`${groups}.0.routes.1`]: {
          ...nameRoute(2),
          green: { ...nameRoute(2).green, targetGroup: targetGroupArn('blue') },
        },
      },
      [
        "spec.traffic.groups.0.routes.1.green.targetGroup: a target group that is blue's at spec.traffic.groups[0].routes[0].blue.targetGroup",
      ],
    ],
    [
      'nothing is promised faster than DNS',
      { [`${groups}.0.routes.0`]: nameRoute() },
      ['spec.traffic.promise.rollbackWithin: 1m (the default)'],
    ],
    [
      'steps rise',
      { [`${groups}.0.steps`]: [1, 25, 25, 100] },
      ['spec.traffic.groups.0.steps.2: 25 after 25'],
    ],
    [
      'steps end at 100',
      { [`${groups}.0.steps`]: [1, 25] },
      ['spec.traffic.groups.0.steps.1: 25 as the last step'],
    ],
    [
      'singletons change sides at a step',
      { 'spec.singletons.handOverAt': 30 },
      ['spec.singletons.handOverAt: 30, which is no step of spec.traffic.groups[0]'],
    ],
    [
      'a bake is no shorter than the interval',
      { [`${groups}.0.bake`]: '10s' },
      ['spec.traffic.groups.0.bake: "10s"'],
    ],
    [
      'a default bake is held to the interval too',
      { 'spec.analysis': { interval: '30m', missingData: '1h' } },
      ['spec.traffic.groups.0.bake: "10m"'],
    ],
    [
      'missing data is tolerated for at least one interval',
      { 'spec.analysis.missingData': '10s' },
      ['spec.analysis.missingData: "10s"'],
    ],
    [
      'the truth is a source',
      { 'spec.analysis.truth': 'app' },
      ['spec.analysis.truth: "app", which is no source'],
    ],
    [
      'guardrails and comparisons refer to sources',
      {
        'spec.analysis.guardrails': [{ metric: 'error-rate', from: 'nope', max: '1%' }],
        'spec.analysis.compare': [{ metric: 'error-rate', from: 'nope' }],
      },
      [
        'spec.analysis.guardrails.0.from: "nope", which is no source',
        'spec.analysis.compare.0.from: "nope", which is no source',
      ],
    ],
    [
      'queries of Prometheus tell the colours apart, with placeholders that exist',
      {
        'spec.analysis.sources': {
          prom: {
            with: 'prometheus',
            url: 'http://prometheus:9090',
            queries: { requests: 'sum(x)', errors: 'y{c="{{clutser}}"}' },
          },
        },
      },
      [
        'spec.analysis.sources.prom.queries.requests: a query about both clusters together',
        'spec.analysis.sources.prom.queries.errors: the placeholder "clutser"',
      ],
    ],
    [
      'a percentile is asked for before it is limited or compared, by the default source too',
      {
        'spec.analysis': {
          sources: {
            prom: {
              with: 'prometheus',
              url: 'http://prometheus:9090',
              queries: { requests: 'x{c="{{cluster}}"}', errors: 'y{c="{{cluster}}"}' },
            },
          },
          guardrails: [{ metric: 'latency-p99', max: '1s' }],
          compare: [{ metric: 'latency-p50', from: 'prom' }],
        },
      },
      [
        'spec.analysis.guardrails.0.from: "prom", which has no query for p99',
        'spec.analysis.compare.0.from: "prom", which has no query for p50',
      ],
    ],
    [
      'a promise is no finer than the source that must show it',
      { 'spec.traffic.promise': { rollbackWithin: '59s' } },
      ['spec.traffic.promise.rollbackWithin: "59s"'],
    ],
    [
      'a bake is no shorter than its slowest source needs for one figure',
      { [`${groups}.0.bake`]: '3m' },
      ['spec.traffic.groups.0.bake: "3m"'],
    ],
    [
      'a query that is limited is asked of a Prometheus, with a limit and placeholders that exist',
      {
        'spec.analysis.guardrails': [
          { metric: 'promql', query: 'up{c="{{green}}", d="{{gren}}"}' },
          { metric: 'promql', from: 'alb', query: 'up', min: 1 },
        ],
        'spec.analysis.sources': { alb: { with: 'cloudwatch-alb' } },
      },
      [
        'spec.analysis.guardrails.0.query: the placeholder "gren"',
        'spec.analysis.guardrails.0.max: no limit',
        'spec.analysis.guardrails.0.from: no source with prometheus',
        'spec.analysis.guardrails.1.from: "alb"',
      ],
    ],
    [
      'an alarm is of the account that access reaches',
      {
        'spec.analysis.guardrails': [
          { metric: 'alarm', alarm: 'arn:aws:cloudwatch:eu-west-1:444455556666:alarm:x' },
        ],
      },
      ['spec.analysis.guardrails.0.alarm: an alarm of account 444455556666'],
    ],
    [
      'an alarm, a query, an address is limited once, different ones as often as wanted',
      {
        'spec.analysis.guardrails': ['a', 'b', 'a'].map((alarm) => ({ metric: 'alarm', alarm })),
      },
      [
        'spec.analysis.guardrails.2.metric: "alarm a" again (first at spec.analysis.guardrails[0].metric)',
      ],
    ],
    [
      'healthy targets are counted by the load balancer',
      {
        'spec.analysis': {
          sources: { app },
          guardrails: [{ metric: 'healthy-targets', from: 'app', min: 1 }],
        },
      },
      ['spec.analysis.guardrails.0.from: "app"'],
    ],
    [
      'healthy targets need a load balancer as source',
      {
        'spec.analysis': { sources: { app }, guardrails: [{ metric: 'healthy-targets', min: 1 }] },
      },
      ['spec.analysis.guardrails.0.from: no source with cloudwatch-alb'],
    ],
    [
      'there is one guardrail per metric and source',
      { 'spec.analysis.guardrails': ['1%', '2%'].map((max) => ({ metric: 'error-rate', max })) },
      [
        'spec.analysis.guardrails.1.metric: "error-rate" again (first at spec.analysis.guardrails[0].metric)',
      ],
    ],
    [
      'an allowed increase needs an increase to be bad',
      {
        'spec.analysis.compare': [
          { metric: 'error-rate', direction: 'decrease', allowedIncrease: 1.1 },
        ],
      },
      ['spec.analysis.compare.0.allowedIncrease: an allowed increase where only a decrease is bad'],
    ],
  ];

  it.each(cases)('%s', (_, changes, expected) => {
    expect(summaryOf(planWith(changes))).toEqual(expected);
  });

  it('a rule belongs to one route', () => {
    const changes = { [`${groups}.0.routes.1`]: { ...route(2), rule: route(1)['rule'] } };

    expect(problemsOf(planWith(changes)).map(({ path }) => path.join('.'))).toEqual([
      `${groups}.0.routes.1.rule`,
    ]);
  });

  it.each(cases)('%s, also when other fields are wrong or missing', (_, changes, expected) => {
    const broken = {
      apiVersion: undefined,
      'metadata.name': 7,
      'spec.notify': 'everybody',
      extra: true,
    };

    const problems = summaryOf(planWith({ ...changes, ...broken }));

    expect(problems).toEqual(expect.arrayContaining([...expected]));
    expect(problems).toHaveLength(expected.length + Object.keys(broken).length);
  });

  it('measures ARNs against each other where access is wrong', () => {
    const changes = {
      'spec.access.default.region': 7,
      [`${groups}.0.routes.0.green`]: elsewhere(targetGroupArn('green')),
    };

    expect(summaryOf(planWith(changes))).toEqual([
      'spec.access.default.region: the number 7',
      'spec.traffic.groups.0.routes.0.green: an ARN of account 111122223333 in eu-central-1',
    ]);
  });

  it('offers the source that was probably meant', () => {
    expect(problemsOf(planWith({ 'spec.analysis.truth': 'abl' }))[0]?.hint).toBe(
      'did you mean "alb"?',
    );
  });
});
