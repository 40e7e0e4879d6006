/**
 * Users and pods of all cases, as a process of its own: pods answer for the data plane and publish the application's metrics, users
 * ask each case's own listener in an open loop. Real HTTP both ways. Started by `world.ts`.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { ShopMetrics } from '#sandbox/shop/shop-metrics.ts';
import { shopFaultSchema, type ShopFaultInput } from '#sandbox/shop/shop-fault.ts';
import { startShopServer } from '#sandbox/shop/shop-server.ts';
import { startTraffic, type TrafficGenerator } from '#sandbox/traffic/traffic-generator.ts';
import { answerQuestions } from './child.ts';
import { LATENCY } from './setting.ts';

const podsSchema = z.object({ cluster: z.string(), addresses: z.array(z.string()) });
const usersSchema = z.object({
  number: z.number(),
  target: z.string(),
  paths: z.array(z.string()).default(['/']),
  requestsPerSecond: z.number(),
  seed: z.number(),
});
const faultsSchema = z.object({ number: z.number(), faults: z.array(shopFaultSchema) });
const caseSchema = z.object({ number: z.number() });
const lookSchema = z.object({
  number: z.number(),
  green: z.string(),
  fromMs: z.number(),
  slowMs: z.number(),
});

const shop = await startShopServer({
  port: z.coerce.number().parse(process.env['BENCH_PODS_PORT']),
  latency: LATENCY,
  metrics: new ShopMetrics({ client: new CloudWatchClient({}) }),
});
const users = new Map<number, TrafficGenerator>();
const faults = new Map<number, readonly ShopFaultInput[]>();

answerQuestions({
  pods: (input) => {
    const { cluster, addresses } = podsSchema.parse(input);
    const pods = addresses.map((address, index) => ({
      cluster,
      namespace: 'shop',
      name: `web-${index}`,
      uid: `${cluster}-${index}`,
      address,
      ports: [8080],
      service: 'web',
      image: 'shop/web:1',
      running: true,
      ready: true,
      terminating: false,
    }));
    shop.directory.replaceCluster(cluster, pods);
  },
  users: (input) => {
    const { number, ...options } = usersSchema.parse(input);
    users.set(number, startTraffic({ ...options, keep: 500_000 }));
  },
  faults: (input) => {
    const { number, faults: wanted } = faultsSchema.parse(input);
    faults.set(number, wanted);
    shop.faults.set([...faults.values()].flat());
    return Date.now();
  },
  look: (input) => lookAt(lookSchema.parse(input)),
  leave: async (input) => {
    const { number } = caseSchema.parse(input);
    await users.get(number)?.stop();
    users.delete(number);
  },
});

/** Blue is well in every case, so whoever got no good answer was sent to green. */
function lookAt({ number, green, fromMs, slowMs }: z.infer<typeof lookSchema>) {
  const log = users.get(number)?.log;
  const records = [...(log?.between(fromMs, Number.POSITIVE_INFINITY) ?? [])];
  const failed = records.filter(({ status }) => status === 0 || status >= 500);
  const onGreen = records.filter(
    ({ colour, status }) => colour === green || status === 0 || status >= 500,
  );
  const bad = onGreen.filter(
    ({ status, latencyMs }) => status === 0 || status >= 500 || latencyMs > slowMs,
  );
  const times = (of: typeof records): readonly number[] => of.map(({ sentAtMs }) => sentAtMs);
  return {
    firstBadMs: least(times(bad)),
    lastGreenMs: most(times(onGreen)),
    failedRequests: failed.length,
    requests: records.length,
  };
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b));
}

function most(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
}
