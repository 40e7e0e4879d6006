/**
 * Brings the Gateway API to a cluster: the definitions of its standard channel, as `make-definitions.ts` took them from its Go
 * module, and the class that the stand-in serves. Called by gateway-controller.ts.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { hasCondition } from '#sandbox/kubernetes/resources.ts';
import { customResourceDefinitions } from '#sandbox/load-balancer-controller/target-group-binding.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { gatewayClasses } from './gateway-objects.ts';

export const GATEWAY_CLASS = 'sandbox';
export const CONTROLLER_NAME = 'cutover.sandbox/gateway-controller';

const KINDS = ['gatewayclasses', 'gateways', 'httproutes'];
const TIMEOUT_MS = 20_000;

const definitionSchema = z.object({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({}),
});

/** @throws WaitTimeoutError */
export async function installDefinitions(client: AdminClient): Promise<void> {
  for (const kind of KINDS) {
    const file = new URL(`definitions/${kind}.json`, import.meta.url);
    const definition = definitionSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    await client.apply(customResourceDefinitions, definition);
    const { name } = definition.metadata;
    await waitUntil(
      async () => {
        const found = await client.get(customResourceDefinitions, { name });
        return found !== undefined && hasCondition(found, 'Established');
      },
      { what: `${name} to be served`, timeoutMs: TIMEOUT_MS },
    );
  }
  const spec = { controllerName: CONTROLLER_NAME };
  await client.apply(gatewayClasses, { metadata: { name: GATEWAY_CLASS }, spec });
}
