/**
 * One HTTP server that plays every pod of the demo shop in every cluster. A kwok pod has an address and no process; the data
 * plane translates the address to this server and names it in a header, and the server answers as that pod, or says that
 * nothing lives there. What the API server says about a pod (ready, terminating, gone) decides what it answers. Requests
 * without that header come from this machine itself and meet the control API (shop-control.ts).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { listenOnLoopback } from '#sandbox/data-plane/listener-server.ts';
import { HEALTH_CHECK_USER_AGENT } from '#sandbox/data-plane/health-probe.ts';
import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';
import {
  REFUSED_HEADER,
  REFUSED_STATUS,
  TARGET_HEADER,
} from '#sandbox/data-plane/target-network.ts';
import { drawLatencyMs, SHOP_LATENCY, type LatencyModel } from './latency-model.ts';
import { ClusterWatches } from './cluster-watches.ts';
import { PodDirectory, type PodRecord } from './pod-directory.ts';
import { acceptLiveConnection } from './live-connection.ts';
import { sendJson } from './send-json.ts';
import { answerOf, isHealthPath } from './shop-answer.ts';
import { answerShopControl } from './shop-control.ts';
import { ShopFaults, type Asker } from './shop-fault.ts';
import type { ShopMetrics } from './shop-metrics.ts';
import type { Shop } from './shop.ts';

/** Requests with a header of this prefix are smoke requests, not users'. */
const SMOKE_HEADER_PREFIX = 'x-cutover-';

export interface ShopServerOptions {
  /** @default a free port */
  readonly port?: number;
  /** @default 1 */
  readonly seed?: number;
  /** @default half of the answers within 8 ms */
  readonly latency?: LatencyModel;
  /** Where requests are counted; without it nothing is published. Stopped with the server. */
  readonly metrics?: ShopMetrics;
}

export async function startShopServer(options: ShopServerOptions = {}): Promise<Shop> {
  const seed = options.seed ?? 1;
  const latencyRandom = seededRandom(seed, 'shop latency');
  const directory = new PodDirectory();
  const faults = new ShopFaults(seededRandom(seed, 'shop faults'));
  const watches = new ClusterWatches(directory);
  let turn = 0;

  const answerAsPod = (
    pod: PodRecord,
    request: IncomingMessage,
    response: ServerResponse,
  ): void => {
    const startedAt = performance.now();
    const asker = askerOf(request);
    const misfortune = faults.strike(pod.cluster, asker);
    if (misfortune.kind === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const waitMs =
      asker === 'health-check'
        ? 0
        : drawLatencyMs(options.latency ?? SHOP_LATENCY, latencyRandom) *
          misfortune.latencyMultiplier;
    setTimeout(() => {
      turn += 1;
      const answer =
        misfortune.kind === 'error'
          ? { status: misfortune.status, body: { error: 'a fault of the sandbox' } }
          : answerOf(pod, request.url ?? '/', directory, turn);
      sendJson(response, answer.status, answer.body, {
        'x-served-by-cluster': pod.cluster,
        'x-served-by-pod': pod.name,
      });
      if (asker !== 'health-check' && !misfortune.silent) {
        options.metrics?.count(pod.cluster, answer.status, performance.now() - startedAt);
      }
    }, waitMs);
  };

  const podAt = (target: string): PodRecord | undefined => {
    const [address = '', port = ''] = target.split(':');
    const pod = directory.find(address);
    return pod?.running === true && pod.ports.includes(Number(port)) ? pod : undefined;
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const target = request.headers[TARGET_HEADER];
    if (target === undefined) {
      void answerShopControl(shop, request, response);
      return;
    }
    request.resume();
    const pod = podAt(String(target));
    if (pod === undefined) {
      response.writeHead(REFUSED_STATUS, { [REFUSED_HEADER]: '1', 'content-length': 0 }).end();
      return;
    }
    answerAsPod(pod, request, response);
  };
  const stayOpen = (request: IncomingMessage, socket: Duplex): void => {
    const pod = podAt(String(request.headers[TARGET_HEADER]));
    if (pod === undefined) socket.destroy();
    else acceptLiveConnection(request, socket, pod.cluster, { 'x-served-by-cluster': pod.cluster });
  };
  const server = await listenOnLoopback(options.port ?? 0, answer, '127.0.0.1', stayOpen);

  const shop: Shop = {
    origin: `http://127.0.0.1:${server.port}`,
    directory,
    faults,
    metrics: options.metrics,
    registerCluster: (name, client) => watches.start(name, client),
    unregisterCluster: (name) => watches.stop(name),
    clusters: () => watches.list(),
    close: async () => {
      await watches.stopAll();
      await options.metrics?.stop();
      await server.close();
    },
  };
  return shop;
}

function askerOf(request: IncomingMessage): Asker {
  const agent = request.headers['user-agent'] ?? '';
  if (agent === HEALTH_CHECK_USER_AGENT || agent.startsWith('kube-probe/')) return 'health-check';
  if (Object.keys(request.headers).some((name) => name.startsWith(SMOKE_HEADER_PREFIX))) {
    return 'smoke';
  }
  return isHealthPath(request.url ?? '/') ? 'health-check' : 'user';
}
