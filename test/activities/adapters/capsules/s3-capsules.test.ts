import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createS3Capsules } from '#activities/adapters/capsules/s3-capsules.ts';
import { capsuleText } from '#domain/capsule/capsule.ts';
import { ACCOUNT_ID, BUCKETS, REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { ACCESS, startEmulatedAws, type EmulatedAws } from '#test/contract/emulated-aws.ts';
import { albRoute, capsuleOf } from '#test/domain/capsule/capsules.ts';

const { signal } = new AbortController();
const PLACE = {
  with: 's3',
  bucket: BUCKETS.own.name,
  prefix: 'cutover',
  access: ACCESS,
} as const;
const KEY = 'cutover/migrate/111122223333/eu-west-1/shop-blue.json';
const SOURCE = `s3://${PLACE.bucket}/${KEY}`;
const STRANGERS = { ...PLACE, bucket: BUCKETS.strangers.name };
const { workflowId } = capsuleOf();
let aws: EmulatedAws;
let person: S3Client;

beforeEach(async () => {
  aws = await startEmulatedAws({ keysPerPage: 5 });
  person = new S3Client({ region: REGION, credentials: { ...SANDBOX_CREDENTIALS } });
});
afterEach(async () => {
  person.destroy();
  await aws.stop();
});

const refuse = (operation: string): void => {
  const effect = { kind: 'error', code: 'AccessDenied', status: 403 } as const;
  aws.world?.faults.add({ service: 's3', operation, effect });
};
const inputs = (): readonly unknown[] =>
  (aws.world?.audit.entries({ service: 's3' }) ?? []).map(({ input }) => input);

describe('a capsule in S3', () => {
  it('is one JSON object, whatever its size', async () => {
    const routes = Array.from({ length: 200 }, (_, index) => albRoute({ id: `route-${index}` }));

    await createS3Capsules(aws).write(PLACE, capsuleOf({ routes }), signal);

    const { Body, ContentType } = await person.send(
      new GetObjectCommand({ Bucket: PLACE.bucket, Key: KEY }),
    );
    expect(ContentType).toBe('application/json');
    expect(await Body?.transformToString()).toBe(capsuleText(capsuleOf({ routes })));
    expect(inputs()).toHaveLength(2);
  });

  it('is written through a service that asks to slow down', async () => {
    aws.world?.faults.add({ operation: 'PutObject', times: 2, effect: { kind: 'throttle' } });

    await createS3Capsules(aws).write(PLACE, capsuleOf(), signal);

    expect(await createS3Capsules(aws).list(PLACE, signal)).toHaveLength(1);
  });

  it('is found among many, page after page, and nothing beside capsules is read', async () => {
    const capsules = createS3Capsules(aws);
    const others = Array.from({ length: 9 }, (_, index) => `cutover/a/${index}.txt`);
    for (const Key of [...others, 'cutover-elsewhere/one.json'])
      await person.send(new PutObjectCommand({ Bucket: PLACE.bucket, Key, Body: 'other' }));
    await capsules.write(PLACE, capsuleOf(), signal);

    const found = await capsules.list(PLACE, signal);

    expect(found).toEqual([{ source: SOURCE, text: capsuleText(capsuleOf()) }]);
    expect(aws.world?.audit.entries({ operation: 'ListObjectsV2' })).toHaveLength(2);
    expect(aws.world?.audit.entries({ operation: 'GetObject' })).toHaveLength(1);
  });

  it('shows what somebody else put there as it is, so that a reader refuses it', async () => {
    await person.send(new PutObjectCommand({ Bucket: PLACE.bucket, Key: KEY, Body: 'hello' }));

    expect(await createS3Capsules(aws).list(PLACE, signal)).toEqual([
      { source: SOURCE, text: 'hello' },
    ]);
  });

  it('goes to a bucket of the plan’s account alone: a stranger’s is neither written, read nor cleared', async () => {
    const capsules = createS3Capsules(aws);
    const Bucket = STRANGERS.bucket;
    // So open is it that without the check all would be done.
    await person.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'trap' }));
    const reason = `does not belong to account ${ACCOUNT_ID}`;
    const notWritten = { type: 'capsule-not-written', message: expect.stringContaining(reason) };

    await expect(capsules.write(STRANGERS, capsuleOf(), signal)).rejects.toMatchObject(notWritten);
    await expect(capsules.remove(STRANGERS, workflowId, signal)).rejects.toMatchObject(notWritten);
    await expect(capsules.list(STRANGERS, signal)).rejects.toMatchObject({
      type: 'access-denied',
      message: expect.stringContaining(reason),
    });

    const { Body } = await person.send(new GetObjectCommand({ Bucket, Key: KEY }));
    expect(await Body?.transformToString()).toBe('trap');
  });

  it('that may not be written or taken away says which, and which permission it wants', async () => {
    const capsules = createS3Capsules(aws);
    refuse('PutObject');
    refuse('DeleteObject');

    const missing = (permission: string) => ({
      type: 'capsule-not-written',
      resource: SOURCE,
      message: expect.stringContaining(`${permission} is missing`),
    });
    await expect(capsules.write(PLACE, capsuleOf(), signal)).rejects.toMatchObject(
      missing('s3:PutObject'),
    );
    await expect(capsules.remove(PLACE, workflowId, signal)).rejects.toMatchObject(
      missing('s3:DeleteObject'),
    );
  });

  it('that may not be listed or read is not "none", and says which permission it wants', async () => {
    const capsules = createS3Capsules(aws);
    await capsules.write(PLACE, capsuleOf(), signal);
    refuse('GetObject');

    await expect(capsules.list(PLACE, signal)).rejects.toMatchObject({
      type: 'access-denied',
      resource: SOURCE,
      message: expect.stringContaining('s3:GetObject is missing'),
    });
    refuse('ListObjectsV2');
    await expect(capsules.list(PLACE, signal)).rejects.toMatchObject({
      message: expect.stringContaining('s3:ListBucket is missing'),
    });
  });

  it('has no place in a bucket that is not there', async () => {
    const nowhere = { ...PLACE, bucket: 'no-such-bucket' };
    const capsules = createS3Capsules(aws);

    await expect(capsules.write(nowhere, capsuleOf(), signal)).rejects.toMatchObject({
      type: 'capsule-not-written',
      message: expect.stringContaining('NoSuchBucket'),
    });
    await expect(capsules.list(nowhere, signal)).rejects.toMatchObject({ type: 'not-found' });
  });

  it('is not written for somebody who has given up', async () => {
    const aborted = AbortSignal.abort(new Error('given up'));

    const written = createS3Capsules(aws).write(PLACE, capsuleOf(), aborted);

    await expect(written).rejects.toThrow('given up');
    expect(inputs()).toEqual([]);
  });
});
