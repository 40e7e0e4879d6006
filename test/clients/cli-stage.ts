/**
 * A stage for the command line: a real Temporal dev server, the real workflow and activities, and one world in memory
 * for each migration that a plan file starts. One server per test file; a second namespace has no workers.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createActivities } from '#activities/create-activities.ts';
import { createCertifyActivities } from '#activities/certify/create-certify-activities.ts';
import type { CertifyActivities, MigrationActivities } from '#activities/contract.ts';
import { migrationClient, type MigrationClient } from '#clients/migration-client.ts';
import { workflowIdOfPlan } from '#clients/migrations/plan-identity.ts';
import { certificationIdOf } from '#clients/migrations/run-certification.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { planWith, rightPlan, route } from '#test/domain/plan/plan-builder.ts';
import { createFakeWorld, type FakeWorld } from '#test/fakes/fake-world.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { hurriedServer, quietTemporal } from '#test/support/temporal-server.ts';
import { workflowBundle } from '#test/support/workflow-bundle.ts';
import { createWorkers } from '#workers/create-workers.ts';
import { runCli, type CliOptions, type CliRun } from './run-cli.ts';

/** A namespace with our search attributes, but without workers. */
export const IDLE_NAMESPACE = 'idle';
/** A namespace as Temporal makes it. */
export const BARE_NAMESPACE = 'bare';

/** A migration that can be started: its file, its id, and the world it will find. */
export interface Prepared {
  readonly file: string;
  readonly plan: MigrationPlan;
  readonly workflowId: string;
  readonly world: FakeWorld;
}

export interface CliStage {
  readonly env: TestWorkflowEnvironment;
  /** The typed client, for what is not the command line's turn. */
  readonly migrations: MigrationClient;
  /** The same in the namespace without workers. */
  readonly idle: MigrationClient;
  readonly address: string;
  /** Writes a plan of quick steps for its own blue cluster and makes its world. */
  prepare(blue: string, changes?: Readonly<Record<string, unknown>>): Promise<Prepared>;
  /** Runs the command line against the stage's server. */
  cutover(args: readonly string[], options?: CliOptions): Promise<CliRun>;
  stop(): Promise<void>;
}

export async function startCliStage(): Promise<CliStage> {
  quietTemporal();
  const folder = await mkdtemp(join(tmpdir(), 'cutover-cli-'));
  const env = await hurriedServer(['--namespace', IDLE_NAMESPACE]);
  const { workflowService } = env.connection;
  const { config } = await workflowService.describeNamespace({ namespace: 'default' });
  await workflowService.registerNamespace({
    namespace: BARE_NAMESPACE,
    workflowExecutionRetentionPeriod: config?.workflowExecutionRetentionTtl ?? null,
  });
  const worlds = new Map<string, AllActivities>();
  const workers = await createWorkers({
    connection: env.nativeConnection,
    namespace: 'default',
    activities: dispatching(worlds),
    identity: 'test-worker',
    deployment: undefined,
    shutdownGraceSeconds: 0,
    workflowBundle: await workflowBundle(),
  });
  const running = workers.map((worker) => worker.run());
  const { address, connection } = env;
  const clientOf = (namespace: string): MigrationClient =>
    migrationClient({
      client: new Client({ connection, namespace }),
      connection,
      namespace,
      address,
    });
  return {
    env,
    migrations: clientOf('default'),
    idle: clientOf(IDLE_NAMESPACE),
    address,
    prepare: async (blue, changes = {}) => {
      const groups = [{ ...QUICK_GROUP, routes: [route(numberOf(blue))] }];
      const quick = { ...QUICK_PLAN, 'spec.traffic.groups': groups };
      const raw = planWith({ ...quick, 'spec.blue.cluster': blue, ...changes });
      const plan = rightPlan(raw);
      const file = join(folder, `${blue}-${Object.keys(changes).length}.yaml`);
      await writeFile(file, JSON.stringify(raw));
      const { ports, world } = createFakeWorld({ plan });
      const workflowId = workflowIdOfPlan(plan);
      const ids = [workflowId, certificationIdOf(plan, plan.spec.green.version)];
      const activities = {
        ...createActivities(ports, QUICK_TIMINGS),
        ...createCertifyActivities(ports, QUICK_TIMINGS),
      };
      for (const id of ids) if (!worlds.has(id)) worlds.set(id, activities);
      return { file, plan, workflowId, world };
    },
    cutover: (args, options = {}) =>
      runCli(args, { ...options, env: { TEMPORAL_ADDRESS: address, ...options.env } }),
    stop: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.all(running);
      await env.teardown();
      await rm(folder, { recursive: true });
    },
  };
}

type AllActivities = MigrationActivities & CertifyActivities;

/** Each blue has a route of its own: two migrations may not move one rule. */
const numbers = new Map<string, number>();

function numberOf(blue: string): number {
  const number = numbers.get(blue) ?? numbers.size + 1;
  numbers.set(blue, number);
  return number;
}

const QUICK_GROUP = { name: 'storefront', steps: [100], bake: '1s' };

/** As quick as a plan file may be. */
const QUICK_PLAN: Readonly<Record<string, unknown>> = {
  'metadata.name': 'quick',
  'spec.workloads.availableWithin': '10s',
  'spec.analysis': {
    interval: '1s',
    sources: { app: { with: 'cloudwatch', namespace: 'Shop', period: '1s', lateness: '0s' } },
    missingData: '1m',
  },
  'spec.soak': { for: '0s' },
  'spec.drain': { quiet: '1s' },
  'spec.gates.retire': { approvers: ['sre'], quorum: 1, notRequester: false },
};

function dispatching(worlds: ReadonlyMap<string, AllActivities>): AllActivities {
  const { ports } = createFakeWorld();
  const names = Object.keys({ ...createActivities(ports), ...createCertifyActivities(ports) });
  const entries = names.map((name) => [
    name,
    async (input: { readonly ref: { readonly workflowId: string } }): Promise<unknown> => {
      const activities = worlds.get(input.ref.workflowId);
      if (activities === undefined || !isActivity(activities, name))
        throw new Error(`no world for ${input.ref.workflowId}`);
      const call: (argument: never) => Promise<unknown> = activities[name];
      return Reflect.apply(call, activities, [input]);
    },
  ]);
  const activities: unknown = Object.fromEntries(entries);
  if (!areActivities(activities, names)) throw new Error('activities are missing');
  return activities;
}

function isActivity(activities: AllActivities, name: string): name is keyof AllActivities {
  return Object.hasOwn(activities, name);
}

function areActivities(value: unknown, names: readonly string[]): value is AllActivities {
  return (
    typeof value === 'object' && value !== null && names.every((name) => Object.hasOwn(value, name))
  );
}
