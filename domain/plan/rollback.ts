/**
 * What a rollback leaves behind, and where it is written down for the day when nobody of ours is there to do it.
 * Called by `schema.ts`.
 */
import { z } from 'zod';
import { regionField } from './clusters.ts';
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

/** General purpose buckets (S3 user guide, "Bucket naming rules"); such a name is no IP address and has no two points in a row. */
const bucketField = text(
  /^(?!(?:\d{1,3}\.){3}\d{1,3}$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  63,
  'the name of an S3 bucket: 3 to 63 lower-case letters, digits, points and hyphens',
);

/** Keys have at most 1,024 bytes; of the characters that need no care, and no level that a browser or a proxy would fold away. */
const keyPrefixField = text(
  /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/,
  500,
  'a prefix of keys such as cutover or ops/cutover: levels of letters, digits, hyphens, points or underscores, without a slash at either end',
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
    z.strictObject({
      with: z
        .literal('s3')
        .describe(
          'An object of an S3 bucket that belongs to the load balancer’s account, with the access of the load balancer.',
        ),
      bucket: bucketField.describe('Name of the bucket. Encryption is the bucket’s own default.'),
      prefix: keyPrefixField
        .prefault('cutover')
        .describe('What the keys of the capsules begin with; a slash follows.'),
      region: regionField
        .exactOptional()
        .describe('Region of the bucket. Default: the load balancer’s.'),
    }),
  ],
  { error: providerError(['file', 'ssm', 's3'], []) },
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
