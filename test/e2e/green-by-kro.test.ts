/**
 * Green by the real kro, with a real worker that is killed with -9 at every step of making it and of taking it away: exactly one
 * cluster comes of it, and nothing is left when it is rolled back.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { ackNodegroups } from '#sandbox/hub/ack-objects.ts';
import { HUB } from '#sandbox/hub/seed-hub.ts';
import { HUB_TOOLS } from '#sandbox/hub/start-hub.ts';
import { untypedResource } from '#sandbox/kubernetes/kubernetes-object.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { SANDBOX_TOOLS, startSandbox, type Sandbox } from '#sandbox/world/sandbox.ts';
import { runCli } from '#test/clients/run-cli.ts';

const EXAMPLE = new URL('../../examples/7-kro.yaml', import.meta.url);
const BIN = fileURLToPath(new URL('../../bin/cutover.mjs', import.meta.url));
const MINUTE_MS = 60_000;
const GREEN = { name: 'shop-green', namespace: 'default' };
const NODEGROUP = { name: 'shop-green-workers', namespace: 'default' };

const instances = untypedResource({
  apiVersion: 'kro.run/v1alpha1',
  kind: 'EksGreen',
  plural: 'eksgreens',
});

let stateDir: string;
let sandbox: Sandbox;
let worker: ChildProcess | undefined;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cutover-e2e-'));
  sandbox = await startSandbox({
    tools: await ensureTools([...SANDBOX_TOOLS, ...HUB_TOOLS]),
    stateDir,
    requestsPerSecond: 120,
    withHub: true,
  });
}, 5 * MINUTE_MS);

afterAll(async () => {
  killWorker();
  await sandbox.stop();
  await rm(stateDir, { recursive: true, force: true });
}, MINUTE_MS);

describe('a migration to a green by kro', () => {
  it(
    'makes one cluster though its worker dies at every step, and leaves none when it is rolled back',
    async () => {
      const plan = await planThatDeletesGreen();
      startWorker();
      const reached = cutover('start', plan, '--by', 'requester', '--until', 'gate', '-o', 'json');

      await deathAt('the instance', async () => (await instance()) !== undefined);
      await deathAt('green at EKS', () => green()?.status === 'CREATING');
      await deathAt('an ACTIVE green', () => green()?.status === 'ACTIVE');
      await deathAt('a node group', async () => {
        const client = hub();
        return (await client.get(ackNodegroups, NODEGROUP))?.status?.['status'] === 'CREATING';
      });
      expect((await reached).code).toBe(5);
      expect(creations()).toBe(1);
      const owner = (await instance())?.metadata.annotations['cutover/workflow-id'];
      expect(owner).toBe('migrate/111122223333/eu-west-1/shop-blue');

      const back = cutover('rollback', '--reason', 'enough', '--wait', '--timeout', '5m');
      await deathAt('the instance going', async () => {
        const found = await instance();
        return found === undefined || found.metadata.deletionTimestamp !== undefined;
      });

      expect((await back).code).toBe(4);
      expect(green()).toBeUndefined();
      expect(await instance()).toBeUndefined();
      expect(creations()).toBe(1);
      expect((await sandbox.traffic.summary()).failed).toBe(0);
      expect(sandbox.aws.defects()).toEqual([]);
    },
    10 * MINUTE_MS,
  );
});

async function planThatDeletesGreen(): Promise<string> {
  const text = await readFile(EXAMPLE, 'utf8');
  expect(text).toContain('rollback: { green: keep }');
  const plan = join(stateDir, 'plan.yaml');
  await writeFile(plan, text.replace('rollback: { green: keep }', 'rollback: { green: delete }'));
  return plan;
}

/** Waits for the moment, kills the worker with -9 and starts another. */
async function deathAt(what: string, isThere: () => boolean | Promise<boolean>): Promise<void> {
  await waitUntil(async () => isThere(), { what, timeoutMs: 3 * MINUTE_MS, intervalMs: 50 });
  killWorker();
  startWorker();
}

function hub() {
  const plane = sandbox.clusters.controlPlane(HUB);
  if (plane === undefined) throw new Error('the hub is not running');
  return plane.client;
}

function instance() {
  return hub().get(instances, GREEN);
}

function green() {
  return sandbox.aws.eks.clusters.get(GREEN.name)?.cluster;
}

/** How often EKS made a cluster of green's name: repeats of a token are answered with the one that is there. */
function creations(): number {
  const times = sandbox.aws.audit.entries({ operation: 'CreateCluster' }).flatMap(({ result }) => {
    const cluster = fieldsOf(result.kind === 'ok' ? fieldsOf(result.output)['cluster'] : null);
    return cluster['name'] === GREEN.name ? [String(cluster['createdAt'])] : [];
  });
  return new Set(times).size;
}

function cutover(...args: readonly string[]): ReturnType<typeof runCli> {
  return runCli(args, { env: { ...sandbox.environment } });
}

/** A process group of its own, so that kill -9 reaches the worker itself and not only the verb that started it. */
function startWorker(): void {
  worker = spawn(process.execPath, [BIN, 'worker'], {
    env: { ...process.env, ...sandbox.environment },
    detached: true,
    stdio: 'ignore',
  });
}

function killWorker(): void {
  if (worker?.pid === undefined || worker.exitCode !== null) return;
  try {
    process.kill(-worker.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}
