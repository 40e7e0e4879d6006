/** The fault rule as JSON, for the control API and `cutover sandbox fault`. Unknown members are refused: a typo must not pass as "no fault". */
import { z } from 'zod';
import type { FaultRule } from './faults.ts';

const moment = z.enum(['before', 'after']).default('before');

const effect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('throttle') }),
  z.strictObject({
    kind: z.literal('error'),
    code: z.string().min(1),
    status: z.int().min(400).max(599).exactOptional(),
    message: z.string().exactOptional(),
  }),
  z
    .strictObject({
      kind: z.literal('latency'),
      minMs: z.number().min(0),
      maxMs: z.number().min(0),
    })
    .refine(({ minMs, maxMs }) => minMs <= maxMs, 'minMs must not exceed maxMs'),
  z.strictObject({ kind: z.literal('hang'), moment }),
  z.strictObject({ kind: z.literal('reset'), moment }),
  z.strictObject({ kind: z.literal('truncate') }),
  z.strictObject({ kind: z.literal('late'), afterMs: z.number().min(0) }),
]);

export const faultRuleSchema: z.ZodType<FaultRule> = z.strictObject({
  service: z.string().exactOptional(),
  operation: z.string().exactOptional(),
  caller: z.string().exactOptional(),
  where: z.record(z.string(), z.unknown()).exactOptional(),
  times: z.int().min(1).exactOptional(),
  rate: z.number().min(0).max(1).exactOptional(),
  effect,
});
