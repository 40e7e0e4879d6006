import { createHttpProbe } from '#activities/adapters/http/http-probe.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { startLocalServer } from '#test/support/local-server.ts';
import { httpProbeContract } from './http-probe.contract.ts';

httpProbeContract('in memory', async () => {
  const { ports, world } = createFakeWorld();
  world.setHealthyTargets('blue', 1);
  const [rule] = world.loadBalancer.rules;
  return {
    probe: ports.httpProbe,
    url: `${rule?.frontDoorUrl ?? ''}/`,
    deadUrl: 'http://nobody.test/',
    stop: async () => undefined,
  };
});

httpProbeContract('HTTP', async () => {
  const server = await startLocalServer((_, response) => response.end('hello'));
  const dead = await startLocalServer((_, response) => response.end());
  await dead.stop();
  return {
    probe: createHttpProbe(),
    url: server.url,
    deadUrl: dead.url,
    stop: () => server.stop(),
  };
});
