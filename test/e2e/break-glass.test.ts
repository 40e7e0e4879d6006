/**
 * The worst day (I1): green has half of the users and fails them, Temporal is gone and so is the worker. A person with AWS
 * credentials and the capsule brings everybody back; when Temporal returns on its database, the run finds it so and ends.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { connectMigrationClient, type MigrationClient } from '#clients/migration-client.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { readRules, weightChanges } from '#sandbox/demo/rules.ts';
import type { SupervisedProcess } from '#sandbox/processes/supervised-process.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { SANDBOX_TOOLS, startSandbox, type Sandbox } from '#sandbox/world/sandbox.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import { startWorker } from '#sandbox/world/worker-program.ts';
import { runCli, type CliRun } from '#test/clients/run-cli.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));
const WORKFLOW_ID = 'migrate/111122223333/eu-west-1/shop-blue';
const GREEN = 'shop-green';
const MINUTE_MS = 60_000;

let stateDir: string;
let plan: string;
let capsule: string;
let sandbox: Sandbox;
let elbv2: ElasticLoadBalancingV2Client;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cutover-e2e-'));
  plan = join(stateDir, 'plan.yaml');
  capsule = join(stateDir, 'capsules', 'migrate.111122223333.eu-west-1.shop-blue.json');
  const example = await readFile(EXAMPLE, 'utf8');
  await writeFile(
    plan,
    example.replace(/steps: .*/u, 'steps: [50, 100]').replace('bake: 10s', 'bake: 1h'),
  );
  sandbox = await startSandbox({
    tools: await ensureTools(SANDBOX_TOOLS),
    stateDir,
    requestsPerSecond: 100,
  });
  elbv2 = new ElasticLoadBalancingV2Client({
    endpoint: sandbox.aws.url,
    region: REGION,
    credentials: SANDBOX_CREDENTIALS,
  });
}, 5 * MINUTE_MS);

afterAll(async () => {
  elbv2.destroy();
  await sandbox.stop();
  await rm(stateDir, { recursive: true, force: true });
}, MINUTE_MS);

describe('Temporal stopped at 50 % with green failing', () => {
  it(
    'the capsule restores blue, and the run, when Temporal is back, finds it so and ends rolled-back',
    async () => {
      const before = await readRules(elbv2, sandbox);
      const worker = await withMigrations(async ({ temporal }) => startWorker(sandbox, temporal));
      await reachFifty();

      await Promise.all([worker.kill(), sandbox.temporal.kill()]);
      await sandbox.shop.setFaults([{ cluster: GREEN, status: 503, rate: 1 }]);
      await waitUntil(async () => ((await ofGreen())?.failed ?? 0) > 50, {
        what: 'green to fail its users',
        timeoutMs: MINUTE_MS,
      });
      const restored = await cutover(
        awsAlone(),
        'rollback',
        '--break-glass',
        capsule,
        '--yes',
        '-o',
        'json',
      );

      expect(restored).toMatchObject({ code: 4 });
      expect(restored.json()).toMatchObject({
        workflowId: WORKFLOW_ID,
        outcome: 'rolled-back',
        routes: [{ id: 'web', result: 'on-blue', was: 'elsewhere' }],
      });
      const restoredMs = Date.now();

      await sandbox.temporal.start();
      await withMigrations(async ({ temporal }) => startWorker(sandbox, temporal, 'worker-2'));
      const ended = await cutover(
        sandbox.environment,
        'start',
        plan,
        '--wait',
        '--timeout',
        '5m',
        '-o',
        'json',
      );

      expect({ code: ended.code, said: ended.stderr }).toEqual({
        code: 4,
        said: expect.not.stringContaining('halted'),
      });
      expect(ended.json()).toMatchObject({ outcome: 'rolled-back' });
      expect(await readRules(elbv2, sandbox)).toBe(before);
      // The command watches for late writes for longer than any node of the load balancer takes.
      expect(await ofGreen(restoredMs)).toBeUndefined();
      const traffic = await sandbox.traffic.summary();
      expect(traffic.colours[BLUE]?.failed).toBe(0);
      expect(traffic.failed).toBe(traffic.colours[GREEN]?.failed);
      expect(sandbox.aws.defects()).toEqual([]);
    },
    15 * MINUTE_MS,
  );
});

/** Half of the users on green, seen there, and written down. */
async function reachFifty(): Promise<void> {
  const started = await cutover(
    sandbox.environment,
    'start',
    plan,
    '--by',
    'requester',
    '--until',
    'gate',
  );
  expect(started).toMatchObject({ code: 5 });
  await cutover(sandbox.environment, 'approve', '--gate', 'shift', '--by', 'ada');
  await waitUntil(
    async () => {
      const last = weightChanges(sandbox).at(-1)?.greenPercent ?? 0;
      return last > 49 && ((await ofGreen())?.requests ?? 0) > 300;
    },
    { what: 'half of the users on green', timeoutMs: 5 * MINUTE_MS, intervalMs: 250 },
  );
  const parsed = parseCapsule(await readFile(capsule, 'utf8'));
  expect(parsed).toMatchObject({
    ok: true,
    capsule: { routes: [{ id: 'web', greenPercent: 50 }] },
  });
}

async function ofGreen(fromMs = 0) {
  const { colours } = await sandbox.traffic.summary({ fromMs });
  return colours[GREEN];
}

/** What a person has whose Temporal is gone: credentials, and nothing that says where Temporal was. */
function awsAlone(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(sandbox.environment).filter(([name]) => name.startsWith('AWS_')),
  );
}

function cutover(
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CliRun> {
  return runCli(args, { env });
}

async function withMigrations(
  work: (migrations: MigrationClient) => Promise<SupervisedProcess>,
): Promise<SupervisedProcess> {
  process.env['TEMPORAL_ADDRESS'] = sandbox.temporal.address;
  const migrations = await connectMigrationClient();
  try {
    return await work(migrations);
  } finally {
    delete process.env['TEMPORAL_ADDRESS'];
    await migrations.close();
  }
}
