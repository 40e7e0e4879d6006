/** The sandbox's own programs that run as processes, so that measuring does not disturb what is measured. */
import { fileURLToPath } from 'node:url';
import type { Supervisor } from '#sandbox/processes/supervisor.ts';
import { trafficClient } from '#sandbox/traffic/traffic-client.ts';
import { shopClient, type ShopClient } from './shop-client.ts';

const READY_TIMEOUT_MS = 30_000;
/** Users are there for two whole periods of the examples' source, so that whoever measures the load finds one. */
const MEASURED_MS = 12_000;

const program = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const originOf = (port: number): string => `http://127.0.0.1:${String(port)}`;

export async function startShop(options: {
  readonly supervisor: Supervisor;
  readonly port: number;
  readonly seed: number;
  /** The SDK's variables: the shop publishes its own metrics. */
  readonly env: Readonly<Record<string, string>>;
}): Promise<{ readonly origin: string; readonly client: ShopClient }> {
  const origin = originOf(options.port);
  const client = shopClient(origin);
  await options.supervisor.spawn({
    name: 'shop',
    command: process.execPath,
    args: [program('shop/main.ts'), '--port', String(options.port), '--seed', String(options.seed)],
    env: options.env,
    ready: { timeoutMs: READY_TIMEOUT_MS, probe: () => client.isServing() },
  });
  return { origin, client };
}

export async function startTraffic(options: {
  readonly supervisor: Supervisor;
  readonly target: string;
  readonly controlPort: number;
  readonly requestsPerSecond: number;
  /** Users with cookies of their own; 0 for users that are not told apart. */
  readonly sessions: number;
  readonly seed: number;
}): Promise<{ readonly origin: string }> {
  const origin = originOf(options.controlPort);
  await options.supervisor.spawn({
    name: 'traffic',
    command: process.execPath,
    args: [
      program('traffic/main.ts'),
      '--target',
      options.target,
      '--control-port',
      String(options.controlPort),
      '--requests-per-second',
      String(options.requestsPerSecond),
      '--sessions',
      String(options.sessions),
      '--seed',
      String(options.seed),
    ],
    ready: {
      timeoutMs: READY_TIMEOUT_MS,
      probe: async () => {
        const { colours, firstFailedAtMs } = await trafficClient(origin).summary();
        const firstAtMs = Math.min(...Object.values(colours).map((colour) => colour.firstAtMs));
        return firstFailedAtMs !== null || Date.now() - firstAtMs >= MEASURED_MS;
      },
    },
  });
  return { origin };
}
