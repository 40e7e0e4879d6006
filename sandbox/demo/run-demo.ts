/**
 * Tells one scenario from an empty machine to its report: the sandbox, a worker as a process of its own, the default plan
 * through the same client that the command line uses, people who decide, and the figures. Everything is stopped again.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EKSClient } from '@aws-sdk/client-eks';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Client, Connection } from '@temporalio/client';
import { migrationClient, type MigrationClient } from '#clients/migration-client.ts';
import { readPlanFile, formatProblems } from '#clients/plan-file.ts';
import { isGateName } from '#domain/migration/phases.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import { REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';
import { startWorker } from '#sandbox/world/worker-program.ts';
import type { migrateCluster } from '#workflows/migrate-cluster.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import {
  clusterFacts,
  exposureFigures,
  failedAtBlue,
  greenAtWeightZero,
  GREEN,
  rollbackFigures,
  seconds,
} from './figures.ts';
import { historyEvents } from './history-events.ts';
import { ingressText } from './ingress-text.ts';
import type { Narrator } from './narrator.ts';
import { readRules, weightChanges } from './rules.ts';
import type { DemoReport, Scenario } from './scenario.ts';
import { Stage } from './stage.ts';

const DEFAULT_EXAMPLE = '1-default.yaml';

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
    const rulesBefore = await readRules(elbv2, sandbox);
    const ingressBefore = await ingressText(sandbox);
    const blueBefore = await clusterFacts(eks, BLUE);
    narrator.say('a worker: the engine itself, as a process of its own');
    await startWorker(sandbox, migrations.temporal);
    const example = await examplePlan(scenario.example ?? DEFAULT_EXAMPLE);
    const plan = scenario.plan?.(example) ?? example;
    const { workflowId, runId } = await migrations.start(plan, { requestedBy: 'demo' });
    narrator.say(`started ${workflowId}; watch it at ${sandbox.temporal.uiUrl}`);
    const stage = new Stage({
      sandbox,
      elbv2,
      migrations,
      workflowId,
      say: (text) => narrator.say(text),
    });
    const [{ view, halts }] = await Promise.all([
      tellUntilTheEnd({ migrations, workflowId, scenario, narrator, stage }),
      actMeanwhile(scenario, stage),
    ]);

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
        unanswered: traffic.unanswered,
        greenAtWeightZero: await greenAtWeightZero(sandbox.traffic, changes),
        steps: result.steps.map(({ intended, observed, requests }) => ({
          intended,
          observed,
          requests,
        })),
      },
      rules: {
        unchanged: rulesBefore === (await readRules(elbv2, sandbox)),
        greatestGreenPercent: Math.max(0, ...changes.map(({ greenPercent }) => greenPercent)),
        greenPercents: changes.map(({ greenPercent }) => Math.round(greenPercent * 10) / 10),
        sticks: changes.at(-1)?.sticks ?? false,
      },
      ...(ingressBefore === null
        ? {}
        : { ingress: { unchanged: ingressBefore === (await ingressText(sandbox)) } }),
      rollback: rollbackFigures(traffic, view.decisions, stage.trouble),
      exposure: await exposureFigures(sandbox.traffic, traffic, stage.trouble),
      halts,
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

/** A moment that never came leaves a report that does not bear the outcome out; it must not leave none. */
async function actMeanwhile(scenario: Scenario, stage: Stage): Promise<void> {
  try {
    await scenario.meanwhile?.(stage);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    stage.say(`  the scenario could not go on: ${why}`);
  }
}

/** Between two looks at a run that is halted: it waits for the scenario's people, or for its guard. */
const LOOK_EVERY_MS = 300;

/** Follows the run, and decides at its gates as the scenario's people do. */
async function tellUntilTheEnd(parts: {
  readonly migrations: MigrationClient;
  readonly workflowId: string;
  readonly scenario: Scenario;
  readonly narrator: Narrator;
  readonly stage: Stage;
}): Promise<{ readonly view: StatusView; readonly halts: readonly string[] }> {
  const { migrations, workflowId, scenario, narrator, stage } = parts;
  const halts = new Set<string>();
  const see = (view: StatusView): void => {
    narrator.follow(view);
    stage.show(view);
    if (view.halted !== null) halts.add(view.halted);
  };
  const follow = {
    intervalMs: LOOK_EVERY_MS,
    onProgress: ({ view }: { readonly view: StatusView | null }) => view !== null && see(view),
  };
  try {
    for (;;) {
      const { end, snapshot } = await migrations.wait(workflowId, { until: 'gate', ...follow });
      if (end === 'halted') {
        await delay(LOOK_EVERY_MS);
        continue;
      }
      if (end !== 'gate') return { view: await migrations.status(workflowId), halts: [...halts] };
      const gate = snapshot.gate ?? '';
      if (!isGateName(gate)) throw new Error(`a gate nobody knows: ${gate}`);
      const verb = scenario.decide(gate);
      const by = gate === 'shift' ? 'ada' : 'grace';
      narrator.say(`  ${by} says: ${verb} (cutover ${verb} --gate ${gate} --by ${by})`);
      await migrations.send(verb, workflowId, { id: randomUUID(), by, gate, reason: 'the demo' });
      await migrations.wait(workflowId, { until: 'end', timeoutMs: 1_000, ...follow });
    }
  } finally {
    stage.close();
  }
}

async function examplePlan(name: string): Promise<MigrationPlan> {
  const read = await readPlanFile(
    fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)),
  );
  if (read.kind === 'invalid') throw new Error(formatProblems(read.problems));
  return read.plan;
}
