/**
 * What a rollback leaves behind, and where it is written down for the day when nobody of ours is there to do it.
 * Called by `schema.ts`.
 */
import { z } from 'zod';
import { providerError, text } from './fields.ts';

const directoryField = text(
  /^(?!.*\/\.\.(?:\/|$))\/[ -~]*$/,
  1_024,
  'an absolute path on the worker of printable ASCII, without ..',
);

/** Parameter names: at most 1,011 characters and 15 levels; they may not begin with aws or ssm (Systems Manager API reference, PutParameter). */
const prefixField = text(
  /^(?!\/(?:[aA][wW][sS]|[sS]{2}[mM]))(?:\/[\w.-]+){1,8}$/,
  500,
  'a path of parameters such as /cutover: one to eight levels of letters, digits, hyphens, points or underscores',
);

const capsule = z.discriminatedUnion(
  'with',
  [
    z.strictObject({
      with: z
        .literal('file')
        .describe('A file on the worker’s machine; several workers need a volume that they share.'),
      directory: directoryField
        .exactOptional()
        .describe(
          'Directory of the capsules, an absolute path. Default: CUTOVER_CAPSULES of the worker, or $XDG_STATE_HOME/cutover/capsules.',
        ),
    }),
    z.strictObject({
      with: z
        .literal('ssm')
        .describe('Systems Manager Parameter Store, with the access of the load balancer.'),
      prefix: prefixField
        .prefault('/cutover')
        .describe('Path under which the parameters are written.'),
    }),
  ],
  { error: providerError(['file', 'ssm'], ['s3']) },
);

export const rollback = z.strictObject({
  green: z
    .enum(['keep', 'delete'])
    .default('keep')
    .describe('What becomes of green after a rollback: kept for inspection, or deleted.'),
  capsule: capsule
    .exactOptional()
    .describe(
      'Where the rollback is written down at every step, so that it works without Temporal and without a worker. Default: a file in the worker’s own directory.',
    ),
});
