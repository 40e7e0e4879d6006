/** The contracts of router and smoke door on HTTPRoutes: of blue on an API server in memory, of a cluster in front on a real one. */
import {
  gatewayDoorUnderTest,
  gatewayRouterUnderTest,
  groundInMemory,
  groundOnApiServer,
  meddledRouter,
  type GatewayGround,
} from './gateway-under-test.ts';
import { SET_UP_TIMEOUT_MS } from './kubernetes-under-test.ts';
import { smokeDoorContract } from './smoke-door.contract.ts';
import { trafficRouterContract } from './traffic-router.contract.ts';

let inMemory: GatewayGround;
let onApiServer: GatewayGround;

beforeAll(async () => {
  onApiServer = await groundOnApiServer();
  inMemory = await groundInMemory(onApiServer.aws);
}, SET_UP_TIMEOUT_MS);
afterAll(async () => {
  await inMemory.stop();
  await onApiServer.stop();
});

trafficRouterContract(
  'HTTPRoute of blue, API server in memory',
  () => gatewayRouterUnderTest(inMemory),
  'refused',
);
// The standard channel of the Gateway API knows no session persistence: a real API server drops the field.
trafficRouterContract(
  'HTTPRoute in front, real API server',
  () => gatewayRouterUnderTest(onApiServer),
  'none',
);
describe('an HTTPRoute on a real API server', () => {
  const { signal } = new AbortController();
  const inTime = (): number => Date.now() + 60_000;

  it('refuses a forward write that comes after a rollback', async () => {
    const { router, route } = await gatewayRouterUnderTest(onApiServer);
    const { before } = await router.describe(route, signal);
    await router.attach(route, before, signal);
    await router.setGreenPercent(route, 25, inTime(), signal);
    const late = meddledRouter(onApiServer, async () =>
      router.sendAllToBlue(route, inTime(), signal),
    );

    const write = late.setGreenPercent(route, 50, inTime(), signal);

    await expect(write).rejects.toMatchObject({ type: 'conflict' });
    expect(await router.readGreenPercent(route, signal)).toBe(0);
  });

  it('is not touched when its cluster is another one of that name', async () => {
    const { router, route } = await gatewayRouterUnderTest(onApiServer);
    const { heldBy } = route;
    if (heldBy === undefined) throw new Error('a cluster in front holds it');
    const stranger = { ...route, heldBy: { ...heldBy, createdAt: '2020-01-01T00:00:00.000Z' } };

    const back = router.sendAllToBlue(stranger, inTime(), signal);

    await expect(back).rejects.toMatchObject({ type: 'identity-changed' });
  });
});
smokeDoorContract('HTTPRoute of blue, API server in memory', () => gatewayDoorUnderTest(inMemory));
smokeDoorContract('HTTPRoute in front, real API server', () => gatewayDoorUnderTest(onApiServer));
