/** The worker as a process, where its operators meet it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

function runWorker(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [WORKER], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stderr }));
  });
}

describe('cutover worker', () => {
  it('refuses a wrong variable with exit code 64 and without a stack trace', async () => {
    const { code, stderr } = await runWorker({ CUTOVER_LOG_LEVEL: 'loud' });

    expect(code).toBe(64);
    expect(stderr).toContain('CUTOVER_LOG_LEVEL is "loud"; allowed: debug, info, warn, error');
    expect(stderr).not.toContain('    at ');
  });

  it('names the address and the next move when Temporal cannot be reached', async () => {
    const { code, stderr } = await runWorker({ TEMPORAL_ADDRESS: '127.0.0.1:1' });

    expect(code).toBe(1);
    expect(stderr).toContain('127.0.0.1:1');
    expect(stderr).toContain('TEMPORAL_ADDRESS');
    expect(stderr).not.toContain('    at ');
  });
});
