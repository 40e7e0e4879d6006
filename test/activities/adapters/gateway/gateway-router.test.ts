/** What the contract of routers does not say: an HTTPRoute with rules, filters and neighbours of its own, and who else writes it. */
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import { httpRoutes } from '#sandbox/gateway-controller/gateway-objects.ts';
import { services } from '#sandbox/load-balancer-controller/service-endpoints.ts';
import {
  BLUE_REF,
  gatewayStage,
  GREEN_REF,
  groundInMemory,
  LEGACY_REF,
  meddledRouter,
  resolvedGatewayRoute,
  SHOP_RULE,
  type GatewayGround,
  type GatewayStage,
} from '#test/contract/gateway-under-test.ts';
import { startEmulatedAws, type EmulatedAws } from '#test/contract/emulated-aws.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

const { signal } = new AbortController();
const inTime = (): number => Date.now() + 60_000;

let aws: EmulatedAws;
let ground: GatewayGround;
beforeAll(async () => {
  aws = await startEmulatedAws();
  ground = await groundInMemory(aws);
});
afterAll(async () => {
  await ground.stop();
  await aws.stop();
});

async function attached(stage: GatewayStage) {
  const route = await resolvedGatewayRoute(stage);
  const { before } = await stage.router.describe(stage.planned, signal);
  await stage.router.attach(route, before, signal);
  await stage.settled();
  return { route, before };
}

/** Answers of green among so many. */
async function greenOf(stage: GatewayStage, requests: number): Promise<number> {
  let green = 0;
  for (let i = 0; i < requests; i += 1) if ((await stage.ask()) === 201) green += 1;
  return green;
}

describe('an HTTPRoute', () => {
  it('sends users where its weights say, on every rule that names both, and back', async () => {
    const stage = await gatewayStage(ground);
    const { route } = await attached(stage);
    expect(await greenOf(stage, 20)).toBe(0);

    await stage.router.setGreenPercent(route, 50, inTime(), signal);
    await eventually('both colours answer', async () => {
      const green = await greenOf(stage, 40);
      return green > 5 && green < 35;
    });
    await stage.router.setGreenPercent(route, 100, inTime(), signal);
    await eventually('green answers everybody', async () => (await greenOf(stage, 20)) === 20);
    expect(await stage.ask('/api', { 'x-version': '2' })).toBe(201);
    await stage.router.sendAllToBlue(route, inTime(), signal);

    await eventually('blue answers everybody', async () => (await greenOf(stage, 20)) === 0);
    expect(await stage.ask('/api', { 'x-version': '2' })).toBe(200);
  });

  it('keeps everything but the weights of both backends, to the letter', async () => {
    const stage = await gatewayStage(ground);
    const before = JSON.stringify(await stage.spec());
    const { route } = await attached(stage);

    await stage.router.setGreenPercent(route, 25, inTime(), signal);

    const blue = JSON.stringify({ ...BLUE_REF, weight: 75 });
    const green = JSON.stringify({ ...GREEN_REF, weight: 25 });
    const spec = JSON.stringify(await stage.spec());
    expect(spec.replaceAll(`${blue},${green}`, JSON.stringify(BLUE_REF))).toBe(before);
    expect(spec.split(green)).toHaveLength(3);
  });

  it('keeps a green that its team had written beside blue, with filters of its own, in its place', async () => {
    const filters = [
      { type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x-old'] } },
    ];
    const refs = [
      { ...GREEN_REF, weight: 0, filters },
      { ...BLUE_REF, weight: 7, filters },
    ];
    const stage = await gatewayStage(ground, [{ ...SHOP_RULE, backendRefs: refs }]);
    const before = JSON.stringify(await stage.spec());
    const { route, before: note } = await attached(stage);
    expect(JSON.stringify(await stage.spec())).toBe(before);

    await stage.router.setGreenPercent(route, 50, inTime(), signal);
    const wayBack = await stage.router.wayBack(route, signal);
    await stage.router.sendAllToBlue(route, inTime(), signal);

    const [readBack] = wayBack.readBack;
    expect(readBack?.accept).toContainEqual({
      spec: {
        rules: [
          {
            backendRefs: [
              expect.objectContaining({ name: 'web-green', weight: 0, filters }),
              expect.objectContaining({ name: 'web-blue', filters }),
            ],
          },
        ],
      },
    });
    await stage.router.detach(route, note, signal);
    expect(JSON.stringify(await stage.spec())).toBe(before);
  });

  it('is read back only when its controller has taken the weights in', async () => {
    const stage = await gatewayStage(ground);
    const { route } = await attached(stage);
    const { namespace } = route;
    await stage.router.setGreenPercent(route, 25, inTime(), signal);
    await stage.settled();
    const object = await ground.admin.get(httpRoutes, { name: 'web', namespace });
    const parents = object?.status?.parents.map((parent) =>
      JSON.parse(
        JSON.stringify(parent).replaceAll(/"observedGeneration":\d+/gu, '"observedGeneration":1'),
      ),
    );
    // A second controller, which is behind.
    const [behind] = parents ?? [];
    const both = [...(object?.status?.parents ?? []), { ...behind, controllerName: 'other/one' }];
    await ground.admin.patch(httpRoutes, { name: 'web', namespace }, { status: { parents: both } });

    await expect(stage.router.readGreenPercent(route, signal)).rejects.toMatchObject({
      type: 'write-not-verified',
      message: expect.stringContaining('other/one on Gateway front has not taken in generation'),
    });
  });

  it('refuses a green that its controller cannot find, and names it; the way back is not kept from anybody', async () => {
    const stage = await gatewayStage(ground);
    const { route, before } = await attached(stage);
    const { namespace } = route;
    await stage.router.setGreenPercent(route, 25, inTime(), signal);
    await ground.admin.delete(services, { name: 'web-green', namespace });
    await eventually('the controller has noticed', async () =>
      JSON.stringify(await ground.admin.get(httpRoutes, { name: 'web', namespace })).includes(
        'BackendNotFound',
      ),
    );

    const refusal = {
      type: 'unexpected-shape',
      message: expect.stringMatching(
        /BackendNotFound \(backendRef Service web-green.*ReferenceGrant/u,
      ),
    };
    await expect(stage.router.readGreenPercent(route, signal)).rejects.toMatchObject(refusal);
    await expect(stage.router.attach(route, before, signal)).rejects.toMatchObject(refusal);
    const set = stage.router.setGreenPercent(route, 50, inTime(), signal);
    await expect(set).rejects.toMatchObject(refusal);
    await stage.router.sendAllToBlue(route, inTime(), signal);
    await stage.settled();
    expect(await stage.router.readGreenPercent(route, signal)).toBe(0);
  });

  it('keeps what somebody changes elsewhere in it between our read and our write', async () => {
    const stage = await gatewayStage(ground, [SHOP_RULE]);
    const { route } = await attached(stage);
    const timed = { ...SHOP_RULE, timeouts: { request: '3s' } };
    const router = meddledRouter(ground, async () =>
      stage.write({
        rules: [{ ...timed, backendRefs: [BLUE_REF, { ...GREEN_REF, weight: 0 }] }],
      }),
    );

    await router.setGreenPercent(route, 25, inTime(), signal);
    await stage.settled();

    expect(await stage.router.readGreenPercent(route, signal)).toBe(25);
    expect(await stage.spec()).toMatchObject({ rules: [{ timeouts: { request: '3s' } }] });
  });

  it('refuses a forward write that comes after a rollback, and a rollback overwrites a forward write', async () => {
    const stage = await gatewayStage(ground, [SHOP_RULE]);
    const { route } = await attached(stage);
    await stage.router.setGreenPercent(route, 25, inTime(), signal);
    await stage.settled();
    const late = meddledRouter(ground, async () =>
      stage.router.sendAllToBlue(route, inTime(), signal),
    );

    const write = late.setGreenPercent(route, 50, inTime(), signal);

    await expect(write).rejects.toMatchObject({ type: 'conflict', resource: nameOfPlace(route) });
    await stage.settled();
    expect(await stage.router.readGreenPercent(route, signal)).toBe(0);
    await stage.router.setGreenPercent(route, 25, inTime(), signal);
    const back = meddledRouter(ground, async () =>
      stage.router.setGreenPercent(route, 50, inTime(), signal),
    );
    await back.sendAllToBlue(route, inTime(), signal);
    await stage.settled();
    expect(await stage.router.readGreenPercent(route, signal)).toBe(0);
  });

  it('is strange while its rules give green different shares, and comes back whole', async () => {
    const api = { ...SHOP_RULE, matches: [{ path: { type: 'PathPrefix', value: '/api' } }] };
    const stage = await gatewayStage(ground, [api, SHOP_RULE]);
    const { route, before } = await attached(stage);
    await stage.router.setGreenPercent(route, 50, inTime(), signal);
    await stage.write({
      rules: [
        { ...api, backendRefs: [BLUE_REF, GREEN_REF] },
        { ...SHOP_RULE, backendRefs: [BLUE_REF, { ...GREEN_REF, weight: 3 }] },
        // A rule that was not there, straight to green.
        { ...api, matches: [{ path: { type: 'Exact', value: '/new' } }], backendRefs: [GREEN_REF] },
      ],
    });

    await expect(stage.router.readGreenPercent(route, signal)).rejects.toMatchObject({
      type: 'unexpected-shape',
      message: expect.stringContaining('its rules give green 50 % and 75 %'),
    });
    await stage.router.sendAllToBlue(route, inTime(), signal);
    await stage.settled();
    expect(await stage.router.readGreenPercent(route, signal)).toBe(0);
    await eventually('the new rule leads to blue', async () => (await stage.ask('/new')) === 200);
    await stage.router.detach(route, before, signal);
    expect(await stage.spec()).toMatchObject({
      rules: [
        { backendRefs: [BLUE_REF] },
        { backendRefs: [BLUE_REF] },
        { backendRefs: [BLUE_REF] },
      ],
    });
  });

  const mirror = (name: string) => [
    { type: 'RequestMirror', requestMirror: { backendRef: { name, port: 80 } } },
  ];
  it.each([
    [
      'no rule sends to blue',
      [{ ...SHOP_RULE, backendRefs: [GREEN_REF] }],
      'sends to green and not to blue',
    ],
    [
      'nothing is ours',
      [{ ...SHOP_RULE, backendRefs: [LEGACY_REF] }],
      'no rule of it sends to blue',
    ],
    [
      'somebody else gets requests, too',
      [{ ...SHOP_RULE, backendRefs: [BLUE_REF, { ...LEGACY_REF, weight: 5 }] }],
      'also sends to Service legacy:80',
    ],
    [
      'blue is named twice',
      [{ ...SHOP_RULE, backendRefs: [BLUE_REF, BLUE_REF] }],
      'names blue more than once',
    ],
    [
      'nobody gets anything',
      [{ ...SHOP_RULE, backendRefs: [{ ...BLUE_REF, weight: 0 }] }],
      'weights of a rule are 0',
    ],
    [
      'requests are mirrored to green',
      [{ ...SHOP_RULE, filters: mirror('web-green') }],
      'mirrors requests',
    ],
    [
      'blue has filters of its own and green is not there',
      [{ ...SHOP_RULE, backendRefs: [{ ...BLUE_REF, filters: mirror('legacy') }] }],
      "write green's backendRef beside it, at weight 0",
    ],
    [
      'two rules match the same',
      [SHOP_RULE, { ...SHOP_RULE, backendRefs: [{ ...BLUE_REF, weight: 2 }] }],
      'match the same',
    ],
    [
      'a backend is not found',
      [{ ...SHOP_RULE, backendRefs: [BLUE_REF, { ...LEGACY_REF, name: 'gone' }] }],
      'BackendNotFound (backendRef Service gone',
    ],
  ])('is refused where %s', async (_, rules, message) => {
    const stage = await gatewayStage(ground, rules);

    await expect(stage.router.describe(stage.planned, signal)).rejects.toMatchObject({
      type: 'unexpected-shape',
      resource: nameOfPlace(stage.planned),
      message: expect.stringContaining(message),
    });
  });

  it('is taken with mirrors to somebody else: their pods count nothing of ours', async () => {
    const stage = await gatewayStage(ground, [{ ...SHOP_RULE, filters: mirror('legacy') }]);

    const { place } = await stage.router.describe(stage.planned, signal);

    expect(place.rules).toHaveLength(1);
  });

  it('is refused where the load balancer controller holds sessions for it', async () => {
    const extensionRef = {
      group: 'gateway.k8s.aws',
      kind: 'ListenerRuleConfiguration',
      name: 'sticky',
    };
    const stage = await gatewayStage(ground, [
      { ...SHOP_RULE, filters: [{ type: 'ExtensionRef', extensionRef }] },
    ]);
    const { namespace } = stage.planned;
    const cluster = await ground.kubernetes.connect(stage.planned.blue, stage.planned.blue, signal);
    const stickiness = { enabled: true, durationSeconds: 120 };
    await cluster.apply(
      { apiVersion: 'gateway.k8s.aws/v1beta1', plural: 'listenerruleconfigurations' },
      {
        apiVersion: 'gateway.k8s.aws/v1beta1',
        kind: 'ListenerRuleConfiguration',
        metadata: { name: 'sticky', namespace },
        spec: {
          actions: [
            { type: 'forward', forwardConfig: { targetGroupStickinessConfig: stickiness } },
          ],
        },
      },
      signal,
    );

    await expect(stage.router.describe(stage.planned, signal)).rejects.toMatchObject({
      message: expect.stringContaining('ListenerRuleConfiguration sticky holds sessions'),
    });
  });

  it('is refused where the load balancer controller would forget a blue of weight 0', async () => {
    const stage = await gatewayStage(ground);
    const { namespace, ...planned } = stage.planned;
    const ref = { name: 'web', namespace };
    const object = await ground.admin.get(httpRoutes, ref);
    const parents = (object?.status?.parents ?? []).flatMap((parent) => [
      parent,
      { ...parent, controllerName: 'gateway.k8s.aws/alb' },
    ]);
    await ground.admin.patch(httpRoutes, ref, { status: { parents } });
    const byName = { group: '', kind: 'TargetGroupName', name: 'shop-green' };

    const described = stage.router.describe(stage.planned, signal);

    await expect(described).rejects.toMatchObject({
      message: expect.stringContaining('not named by its target group (kind TargetGroupName)'),
    });
    const { place } = await stage.router.describe(
      { ...planned, namespace, greenBackend: byName },
      signal,
    );
    expect(place.greenBackend).toEqual(byName);
  });

  it('says who else writes it (I15)', async () => {
    const stage = await gatewayStage(ground);
    const { namespace } = stage.planned;
    expect((await stage.router.describe(stage.planned, signal)).owner).toBeNull();

    await ground.admin.patch(
      httpRoutes,
      { name: 'web', namespace },
      { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'shop' } } },
    );

    expect((await stage.router.describe(stage.planned, signal)).owner?.who).toContain('Argo CD');
  });
});
