import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ACCOUNT_ID, BUCKETS } from '#sandbox/aws/seed.ts';
import { clientConfig, startWorld, type WorldFixture } from './world-fixture.ts';

const Bucket = BUCKETS.own.name;
const NAMES = ['b/ü.json', 'a/1.json', 'a/10.json', 'a/2.json', 'a b+c%/~.json'];
let fixture: WorldFixture;
let s3: S3Client;

beforeEach(async () => {
  fixture = await startWorld();
  s3 = new S3Client(clientConfig(fixture.world.url));
});
afterEach(async () => {
  s3.destroy();
  await fixture.stop();
  expect(fixture.world.defects()).toEqual([]);
});

const put = async (Key: string, Body = `body of ${Key}`) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/plain' }));

async function keys(Prefix: string): Promise<readonly string[]> {
  const pages = paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Prefix });
  const found: string[] = [];
  for await (const { Contents = [] } of pages)
    found.push(...Contents.flatMap(({ Key }) => Key ?? []));
  return found;
}

describe('S3', () => {
  it('gives back what was put, with type, length and checksum, whatever the key', async () => {
    for (const name of NAMES) await put(name);

    for (const Key of NAMES) {
      const found = await s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(found).toMatchObject({
        ContentType: 'text/plain',
        ETag: expect.stringMatching(/^"/u),
      });
      expect(found.ChecksumCRC32).toBeDefined();
      expect(await found.Body?.transformToString()).toBe(`body of ${Key}`);
    }
  });

  it('replaces an object as a whole, and keeps bytes as they are', async () => {
    await put('one', 'a much longer body than the next');
    const bytes = Buffer.from([0, 255, 128, 10]);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'one', Body: bytes }));

    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'one' }));

    expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(bytes);
  });

  it('lists by prefix in the order of bytes, page by page', async () => {
    for (const name of NAMES) await put(name);

    expect(await keys('a/')).toEqual(['a/1.json', 'a/10.json', 'a/2.json']);
    expect(await keys('')).toEqual([
      'a b+c%/~.json',
      'a/1.json',
      'a/10.json',
      'a/2.json',
      'b/ü.json',
    ]);
    expect(await keys('nothing')).toEqual([]);
  });

  it('deletes one or many, also what is not there', async () => {
    for (const name of NAMES) await put(name);

    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/1.json' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/1.json' }));
    const Objects = [{ Key: 'a/2.json' }, { Key: 'none' }];
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));

    expect(Deleted).toEqual(Objects);
    expect(await keys('a/')).toEqual(['a/10.json']);
    const gone = s3.send(new GetObjectCommand({ Bucket, Key: 'a/1.json' }));
    await expect(gone).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('knows its buckets, and whose they are', async () => {
    const object = { Key: 'one', Body: 'one' };
    const strangers = { Bucket: BUCKETS.strangers.name, ...object };
    const none = s3.send(new PutObjectCommand({ Bucket: 'no-such-bucket', ...object }));
    await expect(none).rejects.toMatchObject({ name: 'NoSuchBucket' });

    await s3.send(new PutObjectCommand(strangers));
    const checked = s3.send(
      new PutObjectCommand({ ...strangers, ExpectedBucketOwner: ACCOUNT_ID }),
    );
    await expect(checked).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('refuses a body that is not what its checksum says', async () => {
    const wrong = s3.send(
      new PutObjectCommand({ Bucket, Key: 'one', Body: 'one', ChecksumCRC32: 'AAAAAA==' }),
    );

    await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
  });

  it('refuses by name what it does not play', async () => {
    const object = { Bucket, Key: 'one', Body: 'one' };
    const refused = [
      s3.send(new PutObjectCommand({ ...object, ACL: 'public-read' })),
      s3.send(new PutObjectCommand({ ...object, Metadata: { colour: 'blue' } })),
      s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' })),
    ];

    const reasons = await Promise.all(
      refused.map((one) => one.then(String, (cause: unknown) => String(cause))),
    );

    expect(reasons).toEqual(
      ['ACL', 'Metadata', 'Delimiter'].map((member) =>
        expect.stringContaining(`${member} is not emulated`),
      ),
    );
  });
});
