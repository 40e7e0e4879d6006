/**
 * The demo shop as a process of its own: `node sandbox/shop/main.ts --port 18080 [--seed 1] [--metrics-period-ms 1000]`.
 * Metrics go where the SDK's environment (`AWS_ENDPOINT_URL`, region, credentials) points. Prints its origin on a line
 * once it serves; ends on SIGTERM or SIGINT.
 */
import { parseArgs } from 'node:util';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { ShopMetrics } from './shop-metrics.ts';
import { startShopServer } from './shop-server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    'metrics-period-ms': { type: 'string', default: '1000' },
  },
});
const options = z
  .object({
    port: z.coerce.number().int().min(0).max(65_535),
    seed: z.coerce.number().int(),
    'metrics-period-ms': z.coerce.number().int().multipleOf(1_000).positive(),
  })
  .parse(values);

const metrics = new ShopMetrics({
  client: new CloudWatchClient({}),
  periodMs: options['metrics-period-ms'],
});
const shop = await startShopServer({ port: options.port, seed: options.seed, metrics });
process.stdout.write(`${shop.origin}\n`);

const end = (): void => void shop.close();
process.once('SIGTERM', end);
process.once('SIGINT', end);
