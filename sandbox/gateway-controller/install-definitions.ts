/**
 * Brings the Gateway API to a cluster: the definitions of its standard channel, as `make-definitions.ts` took them from its Go
 * module, and the class that the stand-in serves. Called by gateway-controller.ts.
 */
import { readFile } from 'node:fs/promises';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import {
  definitionSchema,
  installDefinition,
} from '#sandbox/kubernetes/custom-resource-definitions.ts';
import { gatewayClasses } from './gateway-objects.ts';

export const GATEWAY_CLASS = 'sandbox';
export const CONTROLLER_NAME = 'cutover.sandbox/gateway-controller';

const KINDS = ['gatewayclasses', 'gateways', 'httproutes'];
const TIMEOUT_MS = 20_000;

/** @throws WaitTimeoutError */
export async function installDefinitions(client: AdminClient): Promise<void> {
  for (const kind of KINDS) {
    const file = new URL(`definitions/${kind}.json`, import.meta.url);
    const definition = definitionSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    await installDefinition(client, definition, TIMEOUT_MS);
  }
  const spec = { controllerName: CONTROLLER_NAME };
  await client.apply(gatewayClasses, { metadata: { name: GATEWAY_CLASS }, spec });
}
