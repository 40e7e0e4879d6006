import { REFUSED_HEADER } from '#sandbox/data-plane/target-network.ts';
import type { Shop } from '#sandbox/shop/shop.ts';
import { startShopServer } from '#sandbox/shop/shop-server.ts';
import { eventually } from '../data-plane/eventually.ts';
import { withinBinomialBounds } from '../data-plane/statistics.ts';
import { ask, askPod } from './ask.ts';
import { FakeCluster, type PodShape } from './fake-cluster.ts';

const WEB: PodShape = { name: 'web-1', address: '10.1.0.1' };
const CATALOG: PodShape = { name: 'catalog-1', address: '10.1.0.2', service: 'catalog' };
const AT_WEB = '10.1.0.1:8080';

describe('the shop', () => {
  let shop: Shop;
  afterEach(() => shop.close());

  async function open(pods: readonly PodShape[]): Promise<FakeCluster> {
    shop = await startShopServer({ latency: { medianMs: 1, sigma: 0 } });
    const cluster = new FakeCluster(pods);
    await shop.registerCluster('shop-blue', cluster.client);
    await eventually('the pods are known', () => shop.directory.all().length === pods.length);
    return cluster;
  }

  const healthOf = async (target: string): Promise<number> =>
    (await askPod(shop.origin, target, '/healthz')).status;

  it('answers as the pod that was asked and says whose it is', async () => {
    await open([WEB, CATALOG]);

    const page = await askPod(shop.origin, AT_WEB, '/');
    const catalog = await askPod(shop.origin, AT_WEB, '/catalog/teapot?size=m');

    expect(page).toMatchObject({ status: 200, body: { shop: 'open', image: 'shop/web:2.4.1' } });
    expect(page.headers).toMatchObject({
      'x-served-by-cluster': 'shop-blue',
      'x-served-by-pod': 'web-1',
    });
    expect(catalog).toMatchObject({ status: 200, body: { from: 'catalog-1' } });
    expect((await askPod(shop.origin, AT_WEB, '/nowhere')).status).toBe(404);
  });

  it('cannot serve what needs a service that the cluster does not have', async () => {
    await open([WEB]);

    expect((await askPod(shop.origin, AT_WEB, '/catalog')).status).toBe(503);
    expect((await askPod(shop.origin, AT_WEB, '/')).status).toBe(200);
  });

  it('refuses connections to addresses and ports where nobody lives', async () => {
    const cluster = await open([WEB]);
    cluster.tell('added', { name: 'web-2', address: '10.1.0.9', phase: 'Pending' });
    cluster.tell('added', { name: 'agent', address: '10.1.0.10', hostNetwork: true });
    cluster.tell('added', { name: 'job', address: '10.1.0.11', phase: 'Succeeded' });
    await eventually('the pending pod is known', () => shop.directory.find('10.1.0.9'));

    for (const target of [
      '10.9.9.9:8080',
      '10.1.0.1:9090',
      '10.1.0.9:8080',
      '10.1.0.10:8080',
      '10.1.0.11:8080',
    ]) {
      expect((await askPod(shop.origin, target, '/')).headers[REFUSED_HEADER]).toBe('1');
    }
  });

  it('follows a pod through unreadiness, readiness, termination and deletion', async () => {
    const cluster = await open([{ ...WEB, ready: false }]);
    expect(await healthOf(AT_WEB)).toBe(503);
    expect((await askPod(shop.origin, AT_WEB, '/')).status).toBe(503);

    cluster.tell('modified', WEB);
    await eventually('the pod is ready', async () => (await healthOf(AT_WEB)) === 200);

    cluster.tell('modified', { ...WEB, ready: false, terminating: true });
    await eventually('the pod is terminating', async () => (await healthOf(AT_WEB)) === 503);
    expect((await askPod(shop.origin, AT_WEB, '/')).status).toBe(200);

    cluster.tell('deleted', WEB);
    await eventually('the pod is gone', async () => (await healthOf(AT_WEB)) === 421);
  });

  it('gives an address to the pod that took it over, also when the old one is deleted later', async () => {
    const cluster = await open([WEB]);
    cluster.tell('added', { name: 'web-2', address: '10.1.0.1' });
    cluster.tell('deleted', WEB);
    cluster.tell('added', { name: 'last', address: '10.1.0.7' });
    await eventually('all events were seen', () => shop.directory.find('10.1.0.7'));

    const page = await askPod(shop.origin, AT_WEB, '/');
    expect(page.headers['x-served-by-pod']).toBe('web-2');
  });

  it('forgets pods that are missing after a watch began anew, and all of them with their cluster', async () => {
    const cluster = await open([WEB, CATALOG]);
    cluster.relist([CATALOG]);
    await eventually('web is forgotten', () => shop.directory.find('10.1.0.1') === undefined);
    expect(shop.directory.find('10.1.0.2')).toBeDefined();

    await shop.unregisterCluster('shop-blue');

    expect(shop.directory.all()).toEqual([]);
    expect(cluster.closed).toBe(true);
    expect(shop.clusters()).toEqual({});
  });

  describe('with a fault', () => {
    const statuses = async (
      count: number,
      headers: Record<string, string> = {},
    ): Promise<number[]> => {
      const replies = await Promise.all(
        Array.from({ length: count }, () => askPod(shop.origin, AT_WEB, '/', headers)),
      );
      return replies.map((reply) => reply.status);
    };

    it('answers that share of users wrongly and spares probes, smoke requests and other clusters', async () => {
      await open([WEB]);
      const green = new FakeCluster([{ name: 'green-1', address: '10.2.0.1' }]);
      await shop.registerCluster('shop-green', green.client);
      await eventually('green is known', () => shop.directory.find('10.2.0.1'));
      shop.faults.set([{ cluster: 'shop-blue', rate: 0.3 }]);

      const users = await statuses(400);
      const smoke = await statuses(50, { 'x-cutover-smoke': 'secret' });
      const probes = await Promise.all(Array.from({ length: 50 }, () => healthOf(AT_WEB)));

      const failed = users.filter((status) => status === 503).length;
      expect(withinBinomialBounds(failed, 400, 0.3)).toBe(true);
      expect(failed).toBeGreaterThan(0);
      expect(new Set([...smoke, ...probes])).toEqual(new Set([200]));
      expect((await askPod(shop.origin, '10.2.0.1:8080', '/')).status).toBe(200);
    });

    it('begins only after the users it was told to let pass', async () => {
      await open([WEB]);
      shop.faults.set([{ cluster: 'shop-blue', rate: 1, status: 500, afterRequests: 20 }]);

      expect(new Set(await statuses(20))).toEqual(new Set([200]));
      expect(new Set(await statuses(20))).toEqual(new Set([500]));
    });

    it('resets connections, and hits everyone when told to', async () => {
      await open([WEB]);
      shop.faults.set([{ cluster: 'shop-blue', resets: 1, everyone: true }]);

      await expect(askPod(shop.origin, AT_WEB, '/')).rejects.toThrow();
      await expect(healthOf(AT_WEB)).rejects.toThrow();
      shop.faults.set([]);
      expect(await healthOf(AT_WEB)).toBe(200);
    });

    it('answers slower by the factor', async () => {
      await open([WEB]);
      shop.faults.set([{ cluster: 'shop-blue', latencyMultiplier: 300 }]);
      const startedAt = performance.now();

      await askPod(shop.origin, AT_WEB, '/');

      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
    });
  });

  describe('its control API', () => {
    it('sets faults and shows the state', async () => {
      await open([WEB]);

      const set = await ask(`${shop.origin}/control/faults`, 'PUT', [
        { cluster: 'shop-blue', rate: 0.5 },
      ]);
      const state = await ask(`${shop.origin}/control/state`, 'GET');

      expect(set.status).toBe(200);
      expect(shop.faults.list()).toMatchObject([{ cluster: 'shop-blue', rate: 0.5, status: 503 }]);
      expect(state.body).toMatchObject({
        clusters: { 'shop-blue': { failure: null } },
        pods: [{ name: 'web-1', ready: true }],
        faults: [{ rate: 0.5 }],
      });
    });

    it('refuses what it does not understand, with the reason', async () => {
      await open([WEB]);

      const wrong = await ask(`${shop.origin}/control/faults`, 'PUT', [{ cluster: 'x', rate: 3 }]);
      const noCluster = await ask(`${shop.origin}/control/clusters/green`, 'PUT', {
        endpoint: 'x',
      });

      expect(wrong).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining('rate') },
      });
      expect(noCluster.status).toBe(400);
      expect((await ask(`${shop.origin}/control/none`, 'GET')).status).toBe(404);
    });

    it('watches a cluster by its address and stops watching it', async () => {
      await open([WEB]);
      const access = { endpoint: 'https://127.0.0.1:9', caData: 'AAAA', bearerToken: 't' };

      await ask(`${shop.origin}/control/clusters/green`, 'PUT', access);
      expect(Object.keys(shop.clusters())).toEqual(['shop-blue', 'green']);
      await ask(`${shop.origin}/control/clusters/green`, 'DELETE');
      expect(Object.keys(shop.clusters())).toEqual(['shop-blue']);
    });
  });
});
