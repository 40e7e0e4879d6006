/** What the contract of smoke doors does not say: a door that an Ingress has no room for, or that its controller does not make. */
import { createIngressSmokeDoor } from '#activities/adapters/aws/ingress-smoke-door.ts';
import {
  ingressStage,
  resolvedRoute,
  rulesOf,
  type IngressStage,
} from '#test/contract/ingress-under-test.ts';
import { ingressPath } from '#test/fakes/seed-ingress.ts';

const { signal } = new AbortController();
const TAGS = { 'cutover/migration-id': 'aaaaaaaaaaaa' };
const HEADER = { name: 'x-cutover-smoke', value: 'secret' };
const CONDITIONS = 'alb.ingress.kubernetes.io/conditions.web';

let stage: IngressStage;
afterEach(async () => stage.stop());

describe('a smoke door in an Ingress', () => {
  it('asks for what the path asks for, and the header besides, on a host that the path has', async () => {
    const condition = {
      field: 'http-request-method',
      httpRequestMethodConfig: { values: ['GET', 'HEAD'] },
    };
    stage = await ingressStage({
      annotations: { [CONDITIONS]: JSON.stringify([condition]) },
      spec: {
        rules: [
          {
            host: '*.example.com',
            http: { paths: [ingressPath('/', 'web', { number: 80 })] },
          },
        ],
      },
    });
    const route = await resolvedRoute(stage);
    const before = await stage.places();

    const opened = await stage.door.open(route, HEADER, TAGS, signal);

    const [door] = await rulesOf(stage);
    expect(opened?.host).toBe('smoke.example.com');
    expect(door?.Conditions?.map(({ Field }) => Field).toSorted()).toEqual([
      'host-header',
      'http-header',
      'http-request-method',
      'path-pattern',
    ]);
    await stage.door.close(route, TAGS, signal);
    expect(await stage.places()).toBe(before);
  });

  it('stands before the default backend too', async () => {
    const service = { name: 'web', port: { number: 80 } };
    stage = await ingressStage({
      spec: { rules: undefined, defaultBackend: { service } },
      rules: 0,
    });
    const route = await resolvedRoute(stage);
    const before = await stage.places();

    await stage.door.open(route, HEADER, TAGS, signal);

    expect(await rulesOf(stage)).toHaveLength(1);
    await stage.door.close(route, TAGS, signal);
    expect(await stage.places()).toBe(before);
  });

  it('is refused where the path has as many condition values as a rule may have', async () => {
    const condition = {
      field: 'http-request-method',
      httpRequestMethodConfig: { values: ['GET', 'HEAD', 'POST', 'PUT'] },
    };
    stage = await ingressStage({ annotations: { [CONDITIONS]: JSON.stringify([condition]) } });
    const route = await resolvedRoute(stage);
    const before = await stage.places();

    const opened = stage.door.open(route, HEADER, TAGS, signal);

    await expect(opened).rejects.toMatchObject({ type: 'unexpected-shape' });
    expect(await stage.places()).toBe(before);
  });

  it('does not call itself open while the controller has not made its rules: the secret would lead to blue', async () => {
    stage = await ingressStage();
    const route = await resolvedRoute(stage);
    await stage.controller.stop();
    let nowMs = 0;
    const door = createIngressSmokeDoor({
      clients: stage.aws.clients,
      kubernetes: { connect: async () => stage.cluster },
      clock: {
        nowMs: () => nowMs,
        sleep: async (ms) => {
          nowMs += ms;
        },
      },
    });

    const opened = door.open(route, HEADER, TAGS, signal);

    await expect(opened).rejects.toMatchObject({ type: 'unavailable' });
    await door.close(route, TAGS, signal);
    expect(JSON.stringify(stage.cluster.all('ingresses'))).not.toContain('cutover');
  });

  it('is closed with an Ingress that is gone', async () => {
    stage = await ingressStage();
    const route = await resolvedRoute(stage);

    await expect(
      stage.door.close({ ...route, ingress: 'gone' }, TAGS, signal),
    ).resolves.toBeUndefined();
  });
});
