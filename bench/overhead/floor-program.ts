/**
 * What Temporal itself costs here: a workflow that only calls activities that do nothing, on the server the engine just used,
 * its worker a process of its own. The engine cannot be below this floor; what it is above it is ours.
 * `floor-program.ts ADDRESS NAMESPACE FILE`, where FILE receives the calls as JSON.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { engineCalls } from './engine-calls.ts';
import type { floor, FloorActivities } from './floor-workflow.ts';

const TASK_QUEUE = 'bench-floor';
/** About as many as the engine's calls that are compared. */
const ACTIVITIES = 25;

const [address, namespace, file] = process.argv.slice(2);
if (address === undefined || namespace === undefined || file === undefined)
  throw new Error('usage: floor-program.ts ADDRESS NAMESPACE FILE');
const connection = await Connection.connect({ address });
const workerConnection = await NativeConnection.connect({ address });
try {
  const activities: FloorActivities = { nothing: () => Promise.resolve() };
  const worker = await Worker.create({
    connection: workerConnection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('floor-workflow.ts', import.meta.url)),
    activities: { ...activities },
  });
  const client = new Client({ connection, namespace });
  await worker.runUntil(async () => {
    const run = await client.workflow.start<typeof floor>('floor', {
      workflowId: randomUUID(),
      taskQueue: TASK_QUEUE,
      args: [ACTIVITIES],
    });
    await run.result();
    await writeFile(file, JSON.stringify(engineCalls(await run.fetchHistory())));
  });
} finally {
  await workerConnection.close();
  await connection.close();
}
