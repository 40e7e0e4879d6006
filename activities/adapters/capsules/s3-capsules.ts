import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { capsuleKey } from '#domain/capsule/capsule-key.ts';
import { capsuleText } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { CapsulePlace, Capsules, FoundCapsule } from '#activities/ports/capsules.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { asFailure, knownFailure } from '#activities/adapters/known-failures.ts';
import { orNotWritten } from './or-not-written.ts';

/**
 * Capsules as objects of a bucket, `PREFIX/<workflow id>.json`, one for each migration line. S3 replaces an object as a whole,
 * and whoever reads afterwards reads the new one (S3 user guide, "Amazon S3 data consistency model").
 *
 * Invariant: every call names the account that must own the bucket (`ExpectedBucketOwner`), so that a stranger who took a name
 * of ours is neither written to nor believed.
 */
type S3Place = Extract<CapsulePlace, { readonly with: 's3' }>;
/** A bucket and the access to its account and region. */
type S3Bucket = Omit<S3Place, 'with' | 'prefix'>;

const SUFFIX = '.json';
/** Objects that are read at the same time. */
const READS_AT_ONCE = 8;

export function createS3Capsules({ clients }: { readonly clients: AwsClients }): Capsules<S3Place> {
  return {
    write: async (place, capsule, signal) => {
      const Key = capsuleKey(place, capsule.workflowId);
      const why = (cause: unknown) => whyOf(cause, place, 's3:PutObject');
      await orNotWritten(sourceOf(place, Key), why, signal, async () => {
        const object = new PutObjectCommand({
          ...bucketOf(place),
          Key,
          Body: capsuleText(capsule),
          ContentType: 'application/json',
        });
        await clients.s3(place.access).send(object, { abortSignal: signal });
      });
    },

    remove: async (place, workflowId, signal) => {
      const Key = capsuleKey(place, workflowId);
      const why = (cause: unknown) => whyOf(cause, place, 's3:DeleteObject');
      await orNotWritten(sourceOf(place, Key), why, signal, async () => {
        const object = new DeleteObjectCommand({ ...bucketOf(place), Key });
        await clients.s3(place.access).send(object, { abortSignal: signal });
      });
    },

    list: async (place, signal) => {
      const keys = await keysUnder(clients, place, signal);
      const found: FoundCapsule[] = [];
      for (let from = 0; from < keys.length; from += READS_AT_ONCE) {
        const some = keys.slice(from, from + READS_AT_ONCE);
        const read = some.map((key) => readObject(clients, place, key, signal));
        found.push(...(await Promise.all(read)).flatMap((one) => one ?? []));
      }
      return found;
    },
  };
}

/** What is at that key; null: nothing. */
export async function readObject(
  clients: AwsClients,
  place: S3Bucket,
  Key: string,
  signal: AbortSignal,
): Promise<FoundCapsule | null> {
  const source = sourceOf(place, Key);
  return orFailure({ place, source, permission: 's3:GetObject', signal }, async () => {
    try {
      const object = new GetObjectCommand({ ...bucketOf(place), Key });
      const { Body } = await clients.s3(place.access).send(object, { abortSignal: signal });
      return { source, text: (await Body?.transformToString()) ?? '' };
    } catch (cause) {
      // Also one that was taken away since it was listed.
      if (cause instanceof NoSuchKey) return null;
      throw cause;
    }
  });
}

async function keysUnder(
  clients: AwsClients,
  place: S3Place,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const Prefix = `${place.prefix}/`;
  const source = sourceOf(place, Prefix);
  return orFailure({ place, source, permission: 's3:ListBucket', signal }, async () => {
    const keys: string[] = [];
    const pages = paginateListObjectsV2(
      { client: clients.s3(place.access) },
      { ...bucketOf(place), Prefix },
      { abortSignal: signal },
    );
    for await (const { Contents = [] } of pages)
      keys.push(...Contents.flatMap(({ Key = '' }) => (Key.endsWith(SUFFIX) ? [Key] : [])));
    return keys;
  });
}

/** Like `asFailure`, with a reason that names the permission. */
async function orFailure<T>(
  about: {
    readonly place: S3Bucket;
    readonly source: string;
    readonly permission: string;
    readonly signal: AbortSignal;
  },
  read: () => Promise<T>,
): Promise<T> {
  const { place, source, permission, signal } = about;
  return asFailure(source, signal, async () => {
    try {
      return await read();
    } catch (cause) {
      const { type } = knownFailure(cause, source);
      throw new CutoverFailure(type, whyOf(cause, place, permission), { resource: source, cause });
    }
  });
}

function bucketOf({ bucket, access }: S3Bucket): {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
} {
  return { Bucket: bucket, ExpectedBucketOwner: access.account };
}

function sourceOf({ bucket }: Pick<S3Place, 'bucket'>, key: string): string {
  return `s3://${bucket}/${key}`;
}

/** Why, without the next move: that one is the failure's own. */
function whyOf(cause: unknown, place: S3Bucket, permission: string): string {
  if (!(cause instanceof S3ServiceException)) return knownFailure(cause, place.bucket).message;
  const said = `${cause.name}: ${cause.message}`;
  // To a foreign owner S3 says no more than "Access Denied", and often to a missing permission too.
  return cause.name === 'AccessDenied'
    ? `${said} (${permission} is missing, or bucket ${place.bucket} does not belong to account ${place.access.account})`
    : said;
}
