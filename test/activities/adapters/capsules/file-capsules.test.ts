import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileCapsules } from '#activities/adapters/capsules/file-capsules.ts';
import { capsuleText } from '#domain/capsule/capsule.ts';
import { albRoute, capsuleOf } from '#test/domain/capsule/capsules.ts';

const { signal } = new AbortController();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-capsules-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a capsule’s file', () => {
  it('is its owner’s alone, and nothing is left beside it', async () => {
    const directory = join(folder, 'capsules');
    const capsules = createFileCapsules({ directory });

    for (const greenPercent of [1, 50, 100])
      await capsules.write(
        { with: 'file', directory: null },
        capsuleOf({ routes: [albRoute({ greenPercent })] }),
        signal,
      );

    const name = 'migrate.111122223333.eu-west-1.shop-blue.json';
    expect(await readdir(directory)).toEqual([name]);
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('is where the plan says', async () => {
    const capsules = createFileCapsules({ directory: join(folder, 'default') });

    await capsules.write({ with: 'file', directory: join(folder, 'named') }, capsuleOf(), signal);

    expect(await readdir(folder)).toEqual(['named']);
  });

  it('is never half a capsule to whoever reads while it is replaced', async () => {
    const capsules = createFileCapsules({ directory: folder });
    const place = { with: 'file', directory: null } as const;
    await capsules.write(place, capsuleOf(), signal);
    const [found] = await capsules.list(place, signal);
    const source = found?.source ?? '';
    const writes = Promise.all(
      Array.from({ length: 50 }, async () => capsules.write(place, capsuleOf(), signal)),
    );

    const texts: string[] = [];
    for (let count = 0; count < 50; count += 1) texts.push(await readFile(source, 'utf8'));

    await writes;
    expect(new Set(texts)).toEqual(new Set([capsuleText(capsuleOf())]));
  });

  it('that cannot be written says which and why', async () => {
    await writeFile(join(folder, 'in-the-way'), '');
    const capsules = createFileCapsules({ directory: join(folder, 'in-the-way') });

    const written = capsules.write({ with: 'file', directory: null }, capsuleOf(), signal);

    await expect(written).rejects.toMatchObject({
      type: 'capsule-not-written',
      resource: join(folder, 'in-the-way', 'migrate.111122223333.eu-west-1.shop-blue.json'),
      message: expect.stringContaining('EEXIST'),
    });
  });

  it('is not written for somebody who has given up', async () => {
    const capsules = createFileCapsules({ directory: folder });
    const aborted = AbortSignal.abort(new Error('given up'));

    const written = capsules.write({ with: 'file', directory: null }, capsuleOf(), aborted);

    await expect(written).rejects.toThrow('given up');
    expect(await readdir(folder)).toEqual([]);
  });
});
