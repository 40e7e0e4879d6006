import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CommandFailedError, runCommand } from '#sandbox/tools/run-command.ts';

const TEN_MINUTES_MS = 600_000;

describe('a command of the set-up', () => {
  it('gives what it said', async () => {
    const said = await runCommand('sh', ['-c', 'echo out; echo err >&2'], { timeoutMs: 10_000 });

    expect(said.split('\n').toSorted()).toEqual(['', 'err', 'out']);
  });

  it('that fails is reported with its code and the last line it said', async () => {
    const failed = runCommand('sh', ['-c', 'echo first; echo last; exit 7'], { timeoutMs: 10_000 });

    await expect(failed).rejects.toThrow(CommandFailedError);
    await expect(failed).rejects.toThrow('sh failed with code 7: last');
  });

  it('that takes too long is ended', async () => {
    const failed = runCommand('sleep', ['600'], { timeoutMs: 20 });

    await expect(failed).rejects.toThrow('sleep was stopped by SIGKILL (limit 0.02 s)');
  });

  it('that cannot be started does not keep the set-up from ending', async () => {
    const module = fileURLToPath(new URL('../../../sandbox/tools/run-command.ts', import.meta.url));
    const program = `import { runCommand } from ${JSON.stringify(module)};
      await runCommand('/no/such/program', [], { timeoutMs: ${String(TEN_MINUTES_MS)} })
        .catch((cause) => process.stdout.write(cause.message));`;

    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { timeout: 20_000, env: { ...process.env, NODE_OPTIONS: '' } },
    );

    expect(stdout).toBe('/no/such/program could not be started (is it on PATH?)');
  });
});
