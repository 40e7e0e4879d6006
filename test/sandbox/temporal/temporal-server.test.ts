import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { createSupervisor, type Supervisor } from '#sandbox/processes/supervisor.ts';
import { startTemporal, type TemporalServer } from '#sandbox/temporal/temporal-server.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';

let stateDir: string;
let supervisor: Supervisor;
let server: TemporalServer;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cutover-temporal-'));
  const tools = await ensureTools(['temporal']);
  supervisor = await createSupervisor({ stateDir });
  const searchAttributes = { CutoverPhase: 'Keyword', CutoverGreenWeight: 'Int' } as const;
  server = await startTemporal({ supervisor, tools, stateDir, searchAttributes });
}, 90_000);

afterAll(async () => {
  await supervisor.stop();
  await rm(stateDir, { recursive: true, force: true });
});

async function withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection, namespace: server.namespace }));
  } finally {
    await connection.close();
  }
}

describe('the Temporal server', () => {
  it('remembers a run with its search attributes over kill -9', async () => {
    const phase = defineSearchAttributeKey('CutoverPhase', 'KEYWORD');
    const weight = defineSearchAttributeKey('CutoverGreenWeight', 'INT');
    await withClient((client) =>
      client.workflow.start('nobodyRunsThis', {
        workflowId: 'remembered',
        taskQueue: 'nobody-polls-this',
        typedSearchAttributes: [
          { key: phase, value: 'shift' },
          { key: weight, value: 25 },
        ],
      }),
    );

    await server.kill();
    await server.start();

    const run = await withClient((client) => client.workflow.getHandle('remembered').describe());
    expect(run.status.name).toBe('RUNNING');
    expect(run.typedSearchAttributes.get(phase)).toBe('shift');
    expect(run.typedSearchAttributes.get(weight)).toBe(25);
  });

  it('has a page for people', async () => {
    const response = await fetch(server.uiUrl);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
  });
});
