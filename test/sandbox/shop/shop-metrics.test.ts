import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ShopMetrics } from '#sandbox/shop/shop-metrics.ts';
import { startShopServer } from '#sandbox/shop/shop-server.ts';
import { NOON_MS, watchClouds, type Watched } from '../aws/cloudwatch/cloudwatch-fixture.ts';
import { eventually } from '../data-plane/eventually.ts';
import { askPod } from './ask.ts';
import { FakeCluster } from './fake-cluster.ts';

describe('the metrics of the shop', () => {
  let clouds: Watched;
  let metrics: ShopMetrics;

  const start = (endpoint: string): void => {
    metrics = new ShopMetrics({
      client: new CloudWatchClient({
        endpoint,
        region: 'eu-west-1',
        credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
        maxAttempts: 1,
      }),
    });
  };
  beforeEach(async () => {
    clouds = await watchClouds({ nowMs: Date.now, customLateness: { minMs: 0, maxMs: 0 } });
  });
  afterEach(() => clouds.close());

  /** All that was published of a cluster: every period added up. */
  const total = async (name: string, cluster: string, stat = 'Sum'): Promise<number> => {
    const nowSeconds = (Date.now() - NOON_MS) / 1_000;
    const values = await clouds.ask({
      name,
      stat,
      period: 1,
      dimensions: { Cluster: cluster },
      from: nowSeconds - 600,
      to: nowSeconds + 60,
    });
    return Object.values(values).reduce((sum, value) => sum + value, 0);
  };

  it('are lost where a fault says so, while the pods answer as ever', async () => {
    start(clouds.url);
    const shop = await startShopServer({ metrics });
    const cluster = new FakeCluster([{ name: 'web-1', address: '10.1.0.1' }]);
    await shop.registerCluster('shop-blue', cluster.client);
    await eventually('the pod is known', () => shop.directory.all().length === 1);
    const askWeb = async (): Promise<number> =>
      (await askPod(shop.origin, '10.1.0.1:8080', '/')).status;

    expect(await askWeb()).toBe(200);
    shop.faults.set([{ cluster: 'shop-blue', silent: true }]);
    expect(await askWeb()).toBe(200);
    await shop.close();

    expect(await total('Requests', 'shop-blue')).toBe(1);
  });

  it('arrive by themselves, per cluster and second, with errors counted as 0 where requests were', async () => {
    start(clouds.url);
    for (let index = 0; index < 20; index += 1)
      metrics.count('shop-green', index < 5 ? 503 : 200, 10 + index);
    metrics.count('shop-blue', 404, 8);

    await eventually(
      'green is published',
      async () => (await total('Requests', 'shop-green')) === 20,
    );

    expect(await total('Errors', 'shop-green')).toBe(5);
    expect(await total('Errors', 'shop-blue', 'SampleCount')).toBe(1);
    expect(await total('Latency', 'shop-green', 'SampleCount')).toBe(20);
    expect(await total('Requests', 'nobody', 'SampleCount')).toBe(0);
    await metrics.stop();
  });

  it('are all published when the shop stops, however many different latencies there were', async () => {
    start(clouds.url);
    for (let index = 0; index < 400; index += 1) metrics.count('shop-green', 200, index);
    await metrics.stop();

    expect(await total('Requests', 'shop-green')).toBe(400);
    expect(await total('Latency', 'shop-green', 'SampleCount')).toBe(400);
    expect(metrics.lostPeriods).toBe(0);
  });

  it('are lost, and counted as lost, when CloudWatch cannot be reached', async () => {
    start('http://127.0.0.1:9');
    metrics.count('shop-green', 200, 8);
    await metrics.stop();

    expect(metrics.lostPeriods).toBe(1);
  });
});
