import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileCapsules } from '#activities/adapters/capsules/file-capsules.ts';
import { createS3Capsules } from '#activities/adapters/capsules/s3-capsules.ts';
import { createSsmCapsules } from '#activities/adapters/capsules/ssm-capsules.ts';
import { BUCKETS } from '#sandbox/aws/seed.ts';
import { FakeCapsules } from '#test/fakes/fake-capsules.ts';
import { capsulesContract } from './capsules.contract.ts';
import { ACCESS, startEmulatedAws } from './emulated-aws.ts';

capsulesContract('in memory', async () => ({
  capsules: new FakeCapsules(),
  place: { with: 'file', directory: null },
  stop: async () => undefined,
}));

capsulesContract('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-capsules-'));
  const directory = join(folder, 'not', 'made', 'yet');
  return {
    capsules: createFileCapsules({ directory }),
    place: { with: 'file', directory: null },
    stop: () => rm(folder, { recursive: true }),
  };
});

capsulesContract('Parameter Store, emulated', async () => {
  const aws = await startEmulatedAws();
  return {
    capsules: createSsmCapsules({ clients: aws.clients }),
    place: { with: 'ssm', prefix: '/cutover/test', access: ACCESS },
    stop: () => aws.stop(),
  };
});

capsulesContract('S3, emulated', async () => {
  const aws = await startEmulatedAws();
  return {
    capsules: createS3Capsules({ clients: aws.clients }),
    place: { with: 's3', bucket: BUCKETS.own.name, prefix: 'cutover/test', access: ACCESS },
    stop: () => aws.stop(),
  };
});
