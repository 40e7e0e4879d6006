/** What people answer for although preflight would hold the migration because of it. Called by `schema.ts`. */
import { z } from 'zod';
import { WAIVABLE_CODES } from '#domain/preflight/waivers.ts';
import { text } from './fields.ts';

const DAY = 'a day such as 2027-01-31';

/** Not the schema's own `date`: validators of the JSON schema know formats only with a plug-in. */
const dayField = z
  .string({ error: DAY })
  .refine((written) => z.iso.date().safeParse(written).success, { error: DAY });

const waiver = z.strictObject({
  code: z
    .enum(WAIVABLE_CODES, {
      error: `a code that people can judge: ${WAIVABLE_CODES.join(', ')}`,
    })
    .describe('Code of the finding, see docs/findings.md.'),
  resource: text(/^[\x20-\x7e]+$/, 500, 'the resource as the finding names it')
    .exactOptional()
    .describe('Only for this resource, as the finding names it. Default: all of this code.'),
  reason: text(/^[\x20-\x7e]{3,}$/, 300, 'why, in 3 to 300 printable ASCII characters').describe(
    'Why it may be so; shown with the finding.',
  ),
  expires: dayField.describe('Last day on which it holds, UTC.'),
});

export const preflight = z.strictObject({
  waivers: z
    .array(waiver, { error: 'a list of at most 100 waivers' })
    .max(100, { error: 'a list of at most 100 waivers' })
    .default([])
    .describe('Findings that do not hold the migration, each with its reason and its last day.'),
});
