/**
 * A run outlives deploys (I12): every history that a released version has recorded replays on the sources of today.
 * When this fails, guard the change with `patched()`; recordings of released versions are never made anew.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { quietTemporal } from '#test/support/temporal-server.ts';
import { withActivitySwapped, withoutGuards } from '#test/support/other-builds.ts';
import { workflowBundle } from '#test/support/workflow-bundle.ts';

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));

const NON_DETERMINISTIC = /nondetermin|determinism/iu;

const paths = (await readdir(FOLDER, { recursive: true })).filter((path) =>
  path.endsWith('.json.gz'),
);

const read = async (path: string): Promise<string> =>
  gunzipSync(await readFile(join(FOLDER, path))).toString();

/** What stands against each history, by its name; nothing where it replays. */
async function replay(
  histories: Readonly<Record<string, string>>,
  code?: string,
): Promise<readonly string[]> {
  const iterable = Object.entries(histories).map(([workflowId, json]) => ({
    workflowId,
    history: historyFromJSON(JSON.parse(json)),
  }));
  const options = { workflowBundle: code === undefined ? await workflowBundle() : { code } };
  const problems: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, iterable))
    if (error !== undefined) problems.push(`${workflowId}: ${error.message}`);
  return problems;
}

beforeAll(quietTemporal);

describe('recorded histories', () => {
  it('are of every path of the story', () => {
    const names =
      'completed moved-2 rolled-back rejected forced blocked judged repaired amended asked own-door keeps-blue sticky';
    for (const story of names.split(' '))
      expect(paths.some((path) => path.includes(story))).toBe(true);
  });

  it('all replay on the sources of today', async () => {
    const histories = Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, await read(path)] as const)),
    );

    expect(await replay(histories)).toEqual([]);
  }, 60_000);

  it('do not replay on a code with one activity in the place of another', async () => {
    const { code } = await workflowBundle();
    // One that no other workflow has.
    const swapped = withActivitySwapped(code, 'awaitWorkloads', 'copyWorkloads');
    const told = { completed: await read('v0.2/completed.json.gz') };

    expect(await replay(told, swapped)).toEqual([expect.stringMatching(NON_DETERMINISTIC)]);
  }, 60_000);

  it('do not replay on a code whose changes somebody made without a patch', async () => {
    const { code } = await workflowBundle();
    const told = { 'of an older version': await read('v0.1/completed.json.gz') };

    expect(await replay(told)).toEqual([]);
    expect(await replay(told, withoutGuards(code))).toEqual([
      expect.stringMatching(NON_DETERMINISTIC),
    ]);
  }, 60_000);

  it('would not replay on a story that does something else', async () => {
    const told = await read('v0.1/completed.json.gz');
    const tampered = told.replaceAll('"createGreen"', '"createRed"');
    expect(tampered).not.toBe(told);

    expect(await replay({ tampered })).toEqual([expect.stringMatching(NON_DETERMINISTIC)]);
  }, 60_000);
});
