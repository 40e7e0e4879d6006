import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));

interface Ending {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function bench(...args: readonly string[]): Promise<Ending> {
  return new Promise((resolve) => {
    const env = { ...process.env, NODE_OPTIONS: '' };
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr });
    });
  });
}

describe('npm run bench', () => {
  it.each([
    [
      ['nonsense'],
      'there is no bench "nonsense"; allowed: all, judgement, overhead, preflight, rollback, scale\n',
    ],
    [
      ['toString'],
      'there is no bench "toString"; allowed: all, judgement, overhead, preflight, rollback, scale\n',
    ],
    [
      ['all', '--only', 'judgement,no'],
      'there is no bench "no"; allowed: judgement, overhead, preflight, rollback, scale\n',
    ],
  ])('answers %j with the list of benches and exit code 64', async (args, answer) => {
    expect(await bench(...args)).toEqual({ code: 64, stdout: '', stderr: answer });
  });
});
