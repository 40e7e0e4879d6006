/**
 * Nothing in the repository is a secret: every file that git knows is read by secretlint's recommended rules (keys of AWS and GCP, tokens of
 * Slack, GitHub and npm, private keys, basic auth in URLs, and others).
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { lintSource } from '@secretlint/core';
import { creator, rules } from '@secretlint/secretlint-rule-preset-recommend';

const run = promisify(execFile);

/** They say themselves that they are none: keys of the emulator, and what plans are refused for. */
const LOOK_ALIKES = /emulated\/secret\/of\/|https:\/\/user:secret@example\.com/u;

async function trackedFiles(): Promise<readonly string[]> {
  const { stdout } = await run('git', [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
  ]);
  return stdout.split('\0').filter((path) => path !== '');
}

/** What the rules say of a text, a sentence each. */
async function secretsIn(filePath: string, content: string): Promise<readonly string[]> {
  const { messages } = await lintSource({
    source: { filePath, content, ext: '.txt', contentType: 'text' },
    options: {
      config: {
        rules: [
          {
            id: '@secretlint/secretlint-rule-preset-recommend',
            rule: creator,
            rules: rules.map(({ meta: { id } }) => ({ id })),
          },
        ],
      },
    },
  });
  return messages.map(({ loc, message }) => `${filePath}:${loc.start.line}: ${message}`);
}

describe('the repository', () => {
  it('holds no secret', async () => {
    const paths = await trackedFiles();
    const found = await Promise.all(
      paths.map(async (path) => secretsIn(path, await readFile(path, 'utf8'))),
    );

    expect(paths.length).toBeGreaterThan(1000);
    expect(found.flat().filter((message) => !LOOK_ALIKES.test(message))).toEqual([]);
  });

  it('would be caught with one', async () => {
    // Put together here, so that this file holds none.
    const key = ['k3Jd8sLq0ZxW', 'v5Tn7Rb2Yc9P', 'h4Mf6Gu1QeXa', 'D7w2'].join('');
    const text = `aws_secret_access_key = ${key}\n`;
    expect(await secretsIn('notes.txt', text)).toHaveLength(1);
  });
});
