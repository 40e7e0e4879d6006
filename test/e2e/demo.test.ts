/** The demo as its users run it: a process, its exit code, and the JSON object on its last line. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const DEMO = fileURLToPath(new URL('../../sandbox/demo/main.ts', import.meta.url));
const TIMEOUT_MS = 10 * 60_000;

const reportSchema = z.object({
  outcome: z.string(),
  blue: z.object({ version: z.string(), exists: z.boolean() }),
  green: z.object({ version: z.string(), exists: z.boolean() }),
  traffic: z.object({
    requests: z.number(),
    failed: z.number(),
    failedAtBlue: z.number(),
    greenAtWeightZero: z.number(),
  }),
  rules: z.object({ unchanged: z.boolean(), greatestGreenPercent: z.number() }),
  rollback: z
    .object({
      detectedSeconds: z.number(),
      restoredSeconds: z.number(),
      failedRequests: z.number(),
    })
    .nullable(),
  ui: z.string(),
});

describe('npm run demo -- --json', () => {
  it(
    '--scenario bad-green rolls back: blue untouched, green kept, no request failed at blue',
    async () => {
      const { code, report } = await demo('bad-green');

      expect(report).toMatchObject({
        outcome: 'rolled-back',
        blue: { version: '1.34', exists: true },
        green: { version: '1.36', exists: true },
        traffic: { failedAtBlue: 0, greenAtWeightZero: 0 },
        rules: { unchanged: true },
      });
      expect(report.rollback?.failedRequests).toBe(report.traffic.failed);
      expect(code).toBe(4);
    },
    TIMEOUT_MS,
  );

  it(
    '--scenario rejected leaves every rule byte-identical and never gave green a weight',
    async () => {
      const { code, report } = await demo('rejected');

      expect(report).toMatchObject({
        outcome: 'rejected',
        traffic: { failed: 0 },
        rules: { unchanged: true, greatestGreenPercent: 0 },
        rollback: null,
      });
      expect(code).toBe(8);
    },
    TIMEOUT_MS,
  );

  it('an unknown scenario is wrong usage and names the known ones', async () => {
    const { code, stderr } = await run(['--scenario', 'nonsense']);

    expect(code).toBe(64);
    expect(stderr).toContain('completed, bad-green, rejected, latency');
  });
});

async function demo(
  scenario: string,
): Promise<{ readonly code: number | null; readonly report: z.infer<typeof reportSchema> }> {
  const { code, stdout, stderr } = await run(['--json', '--scenario', scenario]);
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{'))
    throw new Error(`the demo ended with ${code} and no report:\n${stderr.slice(-4000)}`);
  return { code, report: reportSchema.parse(JSON.parse(last)) };
}

function run(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [DEMO, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
