/**
 * The shop's control API, on the same port as its pods but only for requests that were not sent to a pod: state, faults, and
 * clusters to watch, for a shop that runs as a process of its own. Everything that comes in is parsed; wrong input is 400
 * with the reason.
 *
 * GET /control/state · PUT /control/faults `[fault…]` · PUT /control/clusters/NAME `{endpoint, caData, bearerToken}` ·
 * DELETE /control/clusters/NAME
 */
import { text } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { createAdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { shopFaultSchema } from './shop-fault.ts';
import { sendJson } from './send-json.ts';
import type { Shop } from './shop.ts';

const clusterSchema = z.strictObject({
  endpoint: z.url(),
  caData: z.string().min(1),
  bearerToken: z.string().min(1),
});

export type ShopClusterAccess = z.infer<typeof clusterSchema>;

export async function answerShopControl(
  shop: Shop,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { status, body } = await controlAnswer(shop, request);
    sendJson(response, status, body);
  } catch (cause) {
    const wrong = cause instanceof z.ZodError || cause instanceof SyntaxError;
    const error = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    sendJson(response, wrong ? 400 : 500, { error });
  }
}

async function controlAnswer(
  shop: Shop,
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const path = (request.url ?? '').replace(/\?.*$/, '');
  const cluster = /^\/control\/clusters\/([a-zA-Z0-9_-]+)$/.exec(path)?.[1];
  const body = async (): Promise<unknown> => JSON.parse(await text(request));
  switch (`${request.method ?? ''} ${cluster === undefined ? path : 'cluster'}`) {
    case 'GET /control/state':
      return { status: 200, body: stateOf(shop) };
    case 'PUT /control/faults':
      shop.faults.set(z.array(shopFaultSchema).parse(await body()));
      return { status: 200, body: shop.faults.list() };
    case 'PUT cluster':
      await shop.registerCluster(
        cluster ?? '',
        createAdminClient(clusterSchema.parse(await body())),
      );
      return { status: 200, body: { clusters: shop.clusters() } };
    case 'DELETE cluster':
      await shop.unregisterCluster(cluster ?? '');
      return { status: 200, body: { clusters: shop.clusters() } };
    default:
      return { status: 404, body: { error: `no such control path: ${path}` } };
  }
}

function stateOf(shop: Shop): unknown {
  return {
    clusters: shop.clusters(),
    pods: shop.directory.all(),
    faults: shop.faults.list(),
    lostMetricPeriods: shop.metrics?.lostPeriods ?? 0,
  };
}
