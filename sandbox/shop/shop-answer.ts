/**
 * What a pod of the shop says to a request: which status and which words. Pure: waiting, metrics and sockets belong to
 * shop-server.ts. `web` answers pages and asks `catalog` and `orders` of its own cluster, so a cluster where those are
 * missing answers 503 for what needs them, as a shop would.
 */
import { pathOf } from '#sandbox/data-plane/rule-matcher.ts';
import type { PodDirectory, PodRecord } from './pod-directory.ts';

export interface ShopAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const ITEMS = ['teapot', 'lantern', 'compass', 'kettle', 'hammock'] as const;

/** True for the path that probes ask. */
export function isHealthPath(url: string): boolean {
  return pathOf(url) === '/healthz';
}

/** `turn` picks the pod of a service behind; any counter will do. */
export function answerOf(
  pod: PodRecord,
  url: string,
  directory: PodDirectory,
  turn: number,
): ShopAnswer {
  if (isHealthPath(url)) {
    const well = pod.ready && !pod.terminating;
    return { status: well ? 200 : 503, body: { status: well ? 'ok' : 'not ready' } };
  }
  if (!pod.ready && !pod.terminating) return { status: 503, body: { error: 'not ready' } };

  const [, place = ''] = pathOf(url).split('/');
  switch (place) {
    case '':
      return { status: 200, body: { shop: 'open', image: pod.image } };
    case 'catalog':
      return behind(pod, 'catalog', directory, turn, { items: ITEMS });
    case 'orders':
      return behind(pod, 'orders', directory, turn, { orders: [], currency: 'EUR' });
    default:
      return { status: 404, body: { error: 'no such page' } };
  }
}

function behind(
  pod: PodRecord,
  service: string,
  directory: PodDirectory,
  turn: number,
  content: Readonly<Record<string, unknown>>,
): ShopAnswer {
  const pods = directory.readyPods(pod.cluster, service);
  const asked = pods[turn % Math.max(1, pods.length)];
  if (asked === undefined) return { status: 503, body: { error: `${service} is not available` } };
  return { status: 200, body: { ...content, from: asked.name, image: asked.image } };
}
