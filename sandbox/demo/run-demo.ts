/**
 * Tells one scenario from an empty machine to its report: the sandbox, a worker as a process of its own, the default plan
 * through the same client that the command line uses, people who decide, and the figures. Everything is stopped again.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { EKSClient } from '@aws-sdk/client-eks';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Client, Connection } from '@temporalio/client';
import { migrationClient, type MigrationClient } from '#clients/migration-client.ts';
import { readPlanFile, formatProblems } from '#clients/plan-file.ts';
import { isGateName } from '#domain/phases.ts';
import type { MigrationPlan } from '#domain/migration-plan.ts';
import type { StatusView } from '#domain/status-view.ts';
import { REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';
import { startWorker } from '#sandbox/world/worker-program.ts';
import type { migrateCluster } from '#workflows/migrate-cluster.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import {
  clusterFacts,
  failedAtBlue,
  greenAtWeightZero,
  GREEN,
  rollbackFigures,
  seconds,
} from './figures.ts';
import { historyEvents } from './history-events.ts';
import type { Narrator } from './narrator.ts';
import { readRules, weightChanges } from './rules.ts';
import type { DemoReport, Scenario } from './scenario.ts';

const PLAN = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));

/** Runs the scenario on a running sandbox; the sandbox stays the caller's. */
export async function runDemo(
  sandbox: Sandbox,
  scenario: Scenario,
  narrator: Narrator,
): Promise<DemoReport> {
  const startedMs = Date.now();
  const aws = { endpoint: sandbox.aws.url, region: REGION, credentials: SANDBOX_CREDENTIALS };
  const eks = new EKSClient(aws);
  const elbv2 = new ElasticLoadBalancingV2Client(aws);
  const connection = await Connection.connect({ address: sandbox.temporal.address });
  const client = new Client({ connection, namespace: sandbox.temporal.namespace });
  const migrations = migrationClient({
    client,
    connection,
    namespace: sandbox.temporal.namespace,
    address: sandbox.temporal.address,
  });
  try {
    await scenario.prepare(sandbox);
    const rulesBefore = await readRules(elbv2);
    const blueBefore = await clusterFacts(eks, BLUE);
    narrator.say('a worker: the engine itself, as a process of its own');
    await startWorker(sandbox, migrations.temporal);
    const plan = await examplePlan();
    const { workflowId, runId } = await migrations.start(plan, { requestedBy: 'demo' });
    narrator.say(`started ${workflowId}; watch it at ${sandbox.temporal.uiUrl}`);
    const view = await tellUntilTheEnd(migrations, workflowId, scenario, narrator);

    const result = await client.workflow.getHandle<typeof migrateCluster>(workflowId).result();
    const traffic = await sandbox.traffic.summary();
    const changes = weightChanges(sandbox);
    const [blue, green] = await Promise.all([clusterFacts(eks, BLUE), clusterFacts(eks, GREEN)]);
    return {
      scenario: scenario.name,
      outcome: result.outcome,
      reason: result.reason,
      blue: { version: blueBefore.version, exists: blue.exists },
      green,
      traffic: {
        requests: traffic.requests,
        failed: traffic.failed,
        failedAtBlue: failedAtBlue(traffic),
        statuses: traffic.statuses,
        greenAtWeightZero: await greenAtWeightZero(sandbox.traffic, changes),
        steps: result.steps.map(({ intended, observed, requests }) => ({
          intended,
          observed,
          requests,
        })),
      },
      rules: {
        unchanged: rulesBefore === (await readRules(elbv2)),
        greatestGreenPercent: Math.max(0, ...changes.map(({ greenPercent }) => greenPercent)),
      },
      rollback: rollbackFigures(traffic, view.decisions),
      phases: result.phases,
      historyEvents: await historyEvents(client, workflowId, runId),
      seconds: seconds(Date.now() - startedMs),
      ui: sandbox.temporal.uiUrl,
    };
  } finally {
    await connection.close();
    eks.destroy();
    elbv2.destroy();
  }
}

/** Follows the run, and decides at its gates as the scenario's people do. */
async function tellUntilTheEnd(
  migrations: MigrationClient,
  workflowId: string,
  scenario: Scenario,
  narrator: Narrator,
): Promise<StatusView> {
  const follow = {
    intervalMs: 300,
    onProgress: ({ view }: { readonly view: StatusView | null }) =>
      view !== null && narrator.follow(view),
  };
  for (;;) {
    const { end, snapshot } = await migrations.wait(workflowId, { until: 'gate', ...follow });
    if (end !== 'gate') return migrations.status(workflowId);
    const gate = snapshot.gate ?? '';
    if (!isGateName(gate)) throw new Error(`a gate nobody knows: ${gate}`);
    const verb = scenario.decide(gate);
    const by = gate === 'shift' ? 'ada' : 'grace';
    narrator.say(`  ${by} says: ${verb} (cutover ${verb} --gate ${gate} --by ${by})`);
    await migrations.send(verb, workflowId, { id: randomUUID(), by, gate, reason: 'the demo' });
    await migrations.wait(workflowId, { until: 'end', timeoutMs: 1_000, ...follow });
  }
}

async function examplePlan(): Promise<MigrationPlan> {
  const read = await readPlanFile(PLAN);
  if (read.kind === 'invalid') throw new Error(formatProblems(read.problems));
  return read.plan;
}
