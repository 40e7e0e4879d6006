/** Which rule a request meets at the stand-in: the Gateway API's own order of precedence. */
import { LoadBalancerNode } from '#sandbox/data-plane/load-balancer-node.ts';
import {
  gateways,
  httpRoutes,
  type HttpRoute,
} from '#sandbox/gateway-controller/gateway-objects.ts';
import { parentsOf } from '#sandbox/gateway-controller/route-status.ts';
import { listenerId, routingOf } from '#sandbox/gateway-controller/routing-of-gateway.ts';
import { endpointSlices, services } from '#sandbox/load-balancer-controller/service-endpoints.ts';

const NOW = '2026-11-25T12:00:00.000Z';
const GATEWAY = gateways.parse({
  metadata: { name: 'front', namespace: 'shop' },
  spec: {
    gatewayClassName: 'sandbox',
    listeners: [
      { name: 'http', port: 80, protocol: 'HTTP' },
      { name: 'office', port: 81, protocol: 'HTTP' },
    ],
  },
});
const VIEW = {
  service: (namespace: string, name: string) =>
    name.startsWith('web')
      ? services.parse({ metadata: { name, namespace }, spec: { ports: [{ port: 80 }] } })
      : undefined,
  slices: () => [
    endpointSlices.parse({
      metadata: {
        name: 'web-1',
        namespace: 'shop',
        labels: { 'kubernetes.io/service-name': 'web' },
      },
      endpoints: [{ addresses: ['10.0.0.1'] }],
      ports: [{ port: 8080 }],
    }),
  ],
};

function routeOf(name: string, rules: readonly unknown[], change: object = {}): HttpRoute {
  return httpRoutes.parse({
    metadata: { name, namespace: 'shop', generation: 4, creationTimestamp: NOW },
    spec: { parentRefs: [{ name: 'front', sectionName: 'http' }], rules, ...change },
  });
}

function ruleTo(backend: string, ...matches: readonly unknown[]) {
  return { matches, backendRefs: [{ name: backend, port: 80 }] };
}

/** Name of the rule that a request meets. */
function metBy(
  routes: readonly HttpRoute[],
  url: string,
  { method = 'GET', headers = {}, listener = 'http' } = {},
): string {
  const node = new LoadBalancerNode('node');
  node.receive(1, routingOf(GATEWAY, routes, VIEW), 0, () => undefined);
  const request = {
    method,
    url,
    headers: { host: 'shop.example.com', ...headers },
    sourceAddress: '127.0.0.1',
  };
  return node.ruleFor(listenerId(GATEWAY, listener), request)?.ruleArn ?? 'none';
}

const prefix = (value: string) => ({ path: { type: 'PathPrefix', value } });
const exact = (value: string) => ({ path: { type: 'Exact', value } });
const header = (name: string) => ({ headers: [{ name, value: 'yes' }] });

describe('a Gateway of the sandbox', () => {
  const shop = routeOf('shop', [
    ruleTo('web'),
    ruleTo('web', prefix('/api')),
    ruleTo('web', exact('/api/v1')),
    ruleTo('web', { ...prefix('/api'), method: 'POST' }),
  ]);

  it.each([
    ['/', {}, 'httproute/shop/shop/0'],
    ['/apis', {}, 'httproute/shop/shop/0'],
    ['/api', {}, 'httproute/shop/shop/1'],
    ['/api/v2', {}, 'httproute/shop/shop/1'],
    ['/api/v1', {}, 'httproute/shop/shop/2'],
    ['/api/v2', { method: 'POST' }, 'httproute/shop/shop/3'],
    ['/', { listener: 'office' }, 'nothing matches'],
  ])('serves %s %j by %s', (url, request, rule) => {
    expect(metBy([shop], url, request)).toBe(rule);
  });

  it('prefers more headers over fewer, in whatever HTTPRoute they are: that is how a smoke door opens', () => {
    const door = routeOf('door', [ruleTo('web', { ...prefix('/'), ...header('x-smoke') })]);

    expect(metBy([shop, door], '/', { headers: { 'x-smoke': 'yes' } })).toBe(
      'httproute/shop/door/0',
    );
    expect(metBy([shop, door], '/', { headers: { 'x-smoke': 'no' } })).toBe(
      'httproute/shop/shop/0',
    );
  });

  it('serves hostnames of a route only, and prefers the older of two that match alike', () => {
    const other = routeOf('other', [ruleTo('web')], { hostnames: ['other.example.com'] });
    const older = httpRoutes.parse({
      ...shop,
      metadata: { ...shop.metadata, name: 'older', creationTimestamp: '2026-01-01T00:00:00.000Z' },
    });

    expect(metBy([other], '/')).toBe('nothing matches');
    expect(metBy([shop, older], '/')).toBe('httproute/shop/older/0');
  });
});

describe('the status of an HTTPRoute of the sandbox', () => {
  const told = (route: HttpRoute) => JSON.stringify(parentsOf(route, [GATEWAY], VIEW, NOW));

  it('names the generation, and the reason where a backend cannot be used', () => {
    expect(told(routeOf('shop', [ruleTo('web')]))).toContain('"observedGeneration":4');
    expect(told(routeOf('shop', [ruleTo('gone')]))).toContain('BackendNotFound');
    const elsewhere = { backendRefs: [{ name: 'web', namespace: 'other', port: 80 }] };
    expect(told(routeOf('shop', [elsewhere]))).toContain('RefNotPermitted');
    const strange = { backendRefs: [{ kind: 'TargetGroupName', name: 'web' }] };
    expect(told(routeOf('shop', [strange]))).toContain('InvalidKind');
  });

  it('says nothing of Gateways of other classes, and leaves what others say', () => {
    const theirs = { controllerName: 'other/one', parentRef: { name: 'back' }, conditions: [] };
    const route = httpRoutes.parse({
      ...routeOf('shop', [ruleTo('web')]),
      status: { parents: [theirs] },
    });

    expect(parentsOf(route, [], VIEW, NOW)).toEqual([theirs]);
    expect(parentsOf(route, [GATEWAY], VIEW, NOW)).toMatchObject([theirs, {}]);
  });
});
