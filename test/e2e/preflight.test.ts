/**
 * Everything that preflight knows to find, found by the command line on real API servers and the emulated AWS: each hazard is brought
 * about once. A code that nothing here brings about fails the last of these tests.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectMigrationClient } from '#clients/migration-client.ts';
import { OBJECT_FINDING_CODES } from '#domain/api-removals/object-finding.ts';
import { FINDING_CODES } from '#domain/preflight/finding.ts';
import { HUB_TOOLS } from '#sandbox/hub/start-hub.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { SANDBOX_TOOLS, startSandbox, type Sandbox } from '#sandbox/world/sandbox.ts';
import { startWorker } from '#sandbox/world/worker-program.ts';
import { runCli, type CliRun } from '#test/clients/run-cli.ts';
import { harmAll } from './hazards/harm-all.ts';
import { isFound } from './hazards/hazard.ts';
import { untilAllSourcesSpeak } from './hazards/metrics.ts';
import { OLD_API_VERSION, type PlanToAsk } from './hazards/plans.ts';
import { reportIn, type Report } from './hazards/report.ts';
import { denyReads } from './hazards/unread.ts';
import { openWorld, type World } from './hazards/world.ts';

const MINUTE_MS = 60_000;

/** A plan that was asked about. */
interface Asked extends Pick<PlanToAsk, 'name' | 'hazards'> {
  readonly run: CliRun;
}

let stateDir: string;
let sandbox: Sandbox;
let world: World;
let clean: readonly Asked[];
let harmed: readonly Asked[];

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cutover-e2e-'));
  sandbox = await startSandbox({
    tools: await ensureTools([...SANDBOX_TOOLS, ...HUB_TOOLS]),
    stateDir,
    requestsPerSecond: 120,
    withHub: true,
    moreApis: [OLD_API_VERSION],
    albLateness: { minMs: 0, maxMs: 1_000 },
  });
  world = openWorld(sandbox);
  // Nobody has put a token there yet.
  const tokenFile = join(stateDir, 'role-token');
  await Promise.all([startEngine(tokenFile), untilAllSourcesSpeak(world)]);

  clean = await Promise.all(
    ['1-default.yaml', '7-kro.yaml'].map(async (example) => {
      const file = fileURLToPath(new URL(`../../examples/${example}`, import.meta.url));
      return { name: example, hazards: [], run: await preflight(file) };
    }),
  );
  const plans = await harmAll(world, tokenFile);
  const atOnce = await Promise.all(plans.map(ask));
  const [everything] = plans;
  if (everything === undefined) throw new Error('there is no plan to ask about');
  const unread = await ask({ ...everything, hazards: await denyReads(world) });
  harmed = [...atOnce, unread];
}, 8 * MINUTE_MS);

afterAll(async () => {
  world?.close();
  await sandbox?.stop();
  await rm(stateDir, { recursive: true, force: true });
}, MINUTE_MS);

describe('the preflight of a plan', () => {
  it('finds nothing on a clean cluster and exits 0; for kro, what ACK is not asked for, and exits 2', () => {
    const outcomes = clean.map(({ name, run }) => ({
      name,
      code: run.code,
      found: reportOf(run).findings.map(({ severity, code, evidence }) =>
        [severity, code, evidence].join(' '),
      ),
    }));

    expect(outcomes).toEqual([
      { name: '1-default.yaml', code: 0, found: [] },
      {
        name: '7-kro.yaml',
        code: 2,
        found: ['warn kro-leaves-out green will be without what blue has: deletion protection'],
      },
    ]);
  });

  it('finds each hazard where it is, and exits 3', () => {
    const missing = harmed.flatMap(({ name, hazards, run }) => {
      const { findings } = reportOf(run);
      return hazards
        .filter((hazard) => !isFound(hazard, findings))
        .map(({ code, resource }) => `${name}: ${code} ${resource}`);
    });

    expect(missing).toEqual([]);
    expect(harmed.map(({ run }) => run.code)).toEqual(harmed.map(() => 3));
  });

  it('has a hazard for every code', () => {
    const seeded = new Set(harmed.flatMap(({ hazards }) => hazards.map(({ code }) => code)));

    expect([...FINDING_CODES, ...OBJECT_FINDING_CODES].filter((code) => !seeded.has(code))).toEqual(
      [],
    );
  });

  it('meets no call that the emulated AWS cannot answer', () => {
    expect(sandbox.aws.defects()).toEqual([]);
  });
});

/** As in a pod that gets an AWS role by its cluster. */
async function startEngine(tokenFile: string): Promise<void> {
  process.env['TEMPORAL_ADDRESS'] = sandbox.temporal.address;
  const migrations = await connectMigrationClient();
  try {
    const environment = { ...sandbox.environment, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile };
    await startWorker({ ...sandbox, environment }, migrations.temporal);
  } finally {
    delete process.env['TEMPORAL_ADDRESS'];
    await migrations.close();
  }
}

async function ask({ name, plan, hazards }: PlanToAsk): Promise<Asked> {
  const file = join(stateDir, `${name}.json`);
  await writeFile(file, JSON.stringify(plan));
  return { name, hazards, run: await preflight(file) };
}

function preflight(file: string): Promise<CliRun> {
  return runCli(['preflight', file, '-o', 'json'], { env: { ...sandbox.environment } });
}

/** What was printed. @throws Error with what was said instead */
function reportOf(run: CliRun): Report {
  if (run.stdout === '') throw new Error(run.stderr);
  return reportIn(run.json());
}
