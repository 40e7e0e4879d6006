/** Definitions of resources that a cluster does not have by itself: whoever plays a controller brings its own. */
import { z } from 'zod';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import type { AdminClient } from './admin-client.ts';
import { defineResource, objectSchema } from './kubernetes-object.ts';
import { conditionsSchema, hasCondition } from './resources.ts';

/** As a file has it. */
export const definitionSchema = z.object({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({}),
});

const customResourceDefinitions = defineResource({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  schema: objectSchema.extend({
    status: z.looseObject({ conditions: conditionsSchema }).default({ conditions: [] }),
  }),
});

/** Returns when the API server serves it. @throws WaitTimeoutError */
export async function installDefinition(
  client: AdminClient,
  definition: z.infer<typeof definitionSchema>,
  timeoutMs: number,
): Promise<void> {
  await client.apply(customResourceDefinitions, definition);
  const { name } = definition.metadata;
  await waitUntil(
    async () => {
      const found = await client.get(customResourceDefinitions, { name });
      return found !== undefined && hasCondition(found, 'Established');
    },
    { what: `${name} to be served`, timeoutMs },
  );
}
