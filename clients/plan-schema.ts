/**
 * The JSON schema of the plan file, for editors (`yaml-language-server`) and other tools: what people write, not what
 * the engine gets.
 *
 * Invariant: generated from the schema that checks plans, so both always say the same; cross-field rules and reserved
 * names cannot be expressed in it. Called by the verb `schema`.
 */
import { z } from 'zod';
import { planSchema } from '#domain/plan/schema.ts';

/** Draft 7, which editors understand best. JSON-safe. */
export function planJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(planSchema, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Cutover migration plan' };
}
