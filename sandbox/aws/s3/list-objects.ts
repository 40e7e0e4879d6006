/**
 * One page of a bucket's keys, in the order of their bytes. Called by s3-service.ts.
 * Source: docs AmazonS3/latest/API/API_ListObjectsV2.html
 */
import type { _Object, ListObjectsV2CommandInput, ListObjectsV2Output } from '@aws-sdk/client-s3';
import { AwsError } from '../core/aws-error.ts';
import type { StoredObject } from './s3-service.ts';

/** Most keys of one page. */
export const MOST_KEYS = 1_000;

export function listObjects(
  objects: ReadonlyMap<string, StoredObject>,
  input: ListObjectsV2CommandInput,
  keysPerPage: number,
): ListObjectsV2Output {
  const { Bucket, Prefix = '', MaxKeys = MOST_KEYS, ContinuationToken, StartAfter } = input;
  const after = ContinuationToken === undefined ? StartAfter : keyIn(ContinuationToken);
  const rest = [...objects]
    .filter(([key]) => key.startsWith(Prefix))
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .filter(
      ([key]) => after === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0,
    );
  const page = rest.slice(0, Math.min(MaxKeys, keysPerPage));
  const last = page.at(-1)?.[0];
  const isTruncated = last !== undefined && page.length < rest.length;
  return {
    Name: Bucket,
    Prefix,
    MaxKeys,
    KeyCount: page.length,
    IsTruncated: isTruncated,
    Contents: page.map(([Key, stored]): _Object => ({
      Key,
      Size: stored.body.length,
      ETag: stored.etag,
      LastModified: stored.modifiedAt,
      StorageClass: 'STANDARD',
    })),
    ...(isTruncated ? { NextContinuationToken: Buffer.from(last).toString('base64url') } : {}),
  };
}

function keyIn(token: string): string {
  const key = Buffer.from(token, 'base64url').toString();
  if (key !== '') return key;
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect', {
    httpStatus: 400,
  });
}
