/** The engine's worker as a process of the sandbox, started as a person would start it. */
import { fileURLToPath } from 'node:url';
import { QUEUES } from '#domain/queues.ts';
import type { TemporalAccess } from '#clients/temporal/connect.ts';
import { pollersOf } from '#clients/temporal/pollers.ts';
import type { SupervisedProcess } from '#sandbox/processes/supervised-process.ts';
import type { Sandbox } from './sandbox.ts';

const WORKER = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));
const READY_TIMEOUT_MS = 60_000;

/** Returns when the worker polls. `name` tells several apart. */
export async function startWorker(
  sandbox: Pick<Sandbox, 'supervisor' | 'environment'>,
  temporal: TemporalAccess,
  name = 'worker',
): Promise<SupervisedProcess> {
  return sandbox.supervisor.spawn({
    name,
    command: process.execPath,
    args: [WORKER],
    env: { ...sandbox.environment, POD_NAME: name },
    graceMs: 10_000,
    ready: {
      timeoutMs: READY_TIMEOUT_MS,
      probe: async () =>
        (await pollersOf(temporal, QUEUES.main, 'workflow')).identities.includes(name),
    },
  });
}
