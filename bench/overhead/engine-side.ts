/** The engine on a running sandbox: a worker as a process of its own, started and decided on as CI would do it. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { migrationClient, type MigrationClient } from '#clients/migration-client.ts';
import { isGateName } from '#domain/migration/phases.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';
import { startWorker } from '#sandbox/world/worker-program.ts';
import type { migrateCluster } from '#workflows/migrate-cluster.ts';
import { benchPlan } from './bench-plan.ts';
import type { Call } from './calls.ts';
import { engineCalls } from './engine-calls.ts';

/** A look is a question to the worker, so it disturbs what is measured; gates are not measured. */
const LOOK_EVERY_MS = 2_000;

export async function runEngine(sandbox: Sandbox): Promise<readonly Call[]> {
  const { address, namespace } = sandbox.temporal;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const migrations = migrationClient({ client, connection, namespace, address });
  try {
    await startWorker(sandbox, migrations.temporal);
    const { workflowId, runId } = await migrations.start(await benchPlan(), {
      requestedBy: 'bench',
    });
    await approveUntilTheEnd(migrations, workflowId);
    const { outcome, reason } = await client.workflow
      .getHandle<typeof migrateCluster>(workflowId)
      .result();
    if (outcome !== 'completed') throw new Error(`the migration ended ${outcome}: ${reason}`);
    return await callsOfAllRuns(client, workflowId, runId);
  } finally {
    await connection.close();
  }
}

async function approveUntilTheEnd(migrations: MigrationClient, workflowId: string): Promise<void> {
  for (;;) {
    const { end, snapshot } = await migrations.wait(workflowId, {
      until: 'gate',
      intervalMs: LOOK_EVERY_MS,
    });
    if (end === 'ended') return;
    const gate = snapshot.gate ?? '';
    if (end !== 'gate' || !isGateName(gate)) throw new Error(`the migration is ${end}`);
    // Not the requester: the plan's retire gate wants another person.
    const by = `approver of ${gate}`;
    await migrations.approve(workflowId, { id: randomUUID(), by, gate, reason: 'the bench' });
    // The search attribute that says "at a gate" is a moment behind.
    await migrations.wait(workflowId, { until: 'end', timeoutMs: LOOK_EVERY_MS });
  }
}

/** From the first execution through every continue-as-new. */
async function callsOfAllRuns(
  client: Client,
  workflowId: string,
  firstRunId: string,
): Promise<readonly Call[]> {
  const calls: Call[] = [];
  for (let runId = firstRunId; runId !== '';) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    calls.push(...engineCalls(history));
    const last = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
    runId = last?.newExecutionRunId ?? '';
  }
  return calls;
}
