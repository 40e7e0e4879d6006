import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileCapsules } from '#activities/adapters/capsules/file-capsules.ts';
import { FakeCapsules } from '#test/fakes/fake-capsules.ts';
import { capsulesContract } from './capsules.contract.ts';

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
