/**
 * S3 of the emulator, as far as whole objects of plain buckets go: put, get, listed by prefix, deleted; strongly consistent, with
 * the bucket owner's check and CRC32 checksums. Buckets are seeded and never made; whatever else an object may have is refused by
 * name. Sources: docs AmazonS3/latest/API/API_PutObject.html, API_GetObject.html, API_ListObjectsV2.html, API_DeleteObjects.html,
 * userguide/bucket-owner-condition.html, userguide/object-keys.html
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import * as sdk from '@aws-sdk/client-s3';
import type { AwsAccount } from '../account.ts';
import { AwsError } from '../core/aws-error.ts';
import type { CallContext, OperationHandlers } from '../core/operation-handlers.ts';
import { defineService, type Service } from '../core/service.ts';
import type { SeededBucket } from '../seed.ts';
import { listObjects, MOST_KEYS } from './list-objects.ts';

export interface StoredObject {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly modifiedAt: Date;
  readonly etag: string;
  readonly crc32: string;
}

const LONGEST_KEY_BYTES = 1_024;
const MOST_KEYS_PER_DELETE = 1_000;

export function s3Service(
  account: Pick<AwsAccount, 'clock'>,
  options: {
    readonly buckets: readonly SeededBucket[];
    /** S3 may list fewer keys at once than it was asked for. @default 1000 */
    readonly keysPerPage?: number | undefined;
  },
): Service {
  const buckets = new Map(
    options.buckets.map((bucket) => [
      bucket.name,
      { ...bucket, objects: new Map<string, StoredObject>() },
    ]),
  );

  /** The bucket's objects, for those who may have them. */
  const objectsOf = (
    input: {
      readonly Bucket?: string | undefined;
      readonly ExpectedBucketOwner?: string | undefined;
    },
    { caller }: CallContext,
  ): Map<string, StoredObject> => {
    const bucket = buckets.get(input.Bucket ?? '');
    if (bucket === undefined)
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', {
        httpStatus: 404,
      });
    const { ExpectedBucketOwner: expected = bucket.owner } = input;
    const isAllowed = bucket.owner === caller.accountId || bucket.isPublic;
    if (expected !== bucket.owner || !isAllowed)
      throw new AwsError('AccessDenied', 'Access Denied', { httpStatus: 403 });
    return bucket.objects;
  };

  const handlers: OperationHandlers<typeof sdk> = {
    PutObject: (input, call) => {
      const { Bucket, Key = '', Body, ContentType, ChecksumCRC32, ExpectedBucketOwner } = input;
      const objects = objectsOf({ Bucket, ExpectedBucketOwner }, call);
      refuseAllBut(input, PUT_MEMBERS);
      if (Buffer.byteLength(Key) > LONGEST_KEY_BYTES)
        throw new AwsError('KeyTooLongError', 'Your key is too long', { httpStatus: 400 });
      const stored = storedObject(Body, ContentType, account.clock.now());
      if (ChecksumCRC32 !== undefined && ChecksumCRC32 !== stored.crc32)
        throw new AwsError('BadDigest', 'The CRC32 you specified did not match', {
          httpStatus: 400,
        });
      objects.set(Key, stored);
      return { ETag: stored.etag, ChecksumCRC32: stored.crc32, ChecksumType: 'FULL_OBJECT' };
    },

    GetObject: (input, call) => {
      const stored = objectsOf(input, call).get(input.Key ?? '');
      refuseAllBut(input, ['Bucket', 'Key', 'ExpectedBucketOwner', 'ChecksumMode']);
      if (stored === undefined)
        throw new AwsError('NoSuchKey', 'The specified key does not exist.', { httpStatus: 404 });
      return {
        Body: stored.body,
        ContentLength: stored.body.length,
        ContentType: stored.contentType,
        LastModified: stored.modifiedAt,
        ETag: stored.etag,
        AcceptRanges: 'bytes',
        ...(input.ChecksumMode === 'ENABLED'
          ? { ChecksumCRC32: stored.crc32, ChecksumType: 'FULL_OBJECT' as const }
          : {}),
      };
    },

    ListObjectsV2: (input, call) => {
      const objects = objectsOf(input, call);
      refuseAllBut(input, LIST_MEMBERS);
      return listObjects(objects, input, options.keysPerPage ?? MOST_KEYS);
    },

    DeleteObject: (input, call) => {
      const objects = objectsOf(input, call);
      refuseAllBut(input, ['Bucket', 'Key', 'ExpectedBucketOwner']);
      objects.delete(input.Key ?? '');
      return {};
    },

    DeleteObjects: (input, call) => {
      const objects = objectsOf(input, call);
      const { Objects = [], Quiet = false } = input.Delete ?? {};
      if (Objects.length > MOST_KEYS_PER_DELETE)
        throw new AwsError('MalformedXML', 'more than 1,000 keys', { httpStatus: 400 });
      for (const { Key = '' } of Objects) objects.delete(Key);
      return Quiet ? {} : { Deleted: Objects.map(({ Key }) => ({ Key })) };
    },
  };

  return defineService({
    sdk,
    signingName: 's3',
    protocol: { kind: 's3' },
    validationErrorCode: 'InvalidRequest',
    handlers,
  });
}

const PUT_MEMBERS = [
  'Bucket',
  'Key',
  'Body',
  'ContentType',
  'ContentLength',
  'ChecksumAlgorithm',
  'ChecksumCRC32',
  'ExpectedBucketOwner',
];
const LIST_MEMBERS = [
  'Bucket',
  'Prefix',
  'MaxKeys',
  'ContinuationToken',
  'StartAfter',
  'ExpectedBucketOwner',
];

/** The wire hands a body over as bytes, whatever the client gave it as. */
function storedObject(body: unknown, contentType: string | undefined, now: Date): StoredObject {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return {
    body: bytes,
    contentType: contentType ?? 'binary/octet-stream',
    modifiedAt: now,
    etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
    crc32: sum.toString('base64'),
  };
}

function refuseAllBut(input: object, members: readonly string[]): void {
  const other = Object.entries(input).find(
    ([name, value]) => value !== undefined && !members.includes(name),
  )?.[0];
  if (other !== undefined)
    throw new AwsError('NotImplemented', `${other} is not emulated`, { httpStatus: 501 });
}
