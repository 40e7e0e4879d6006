/**
 * A Temporal server with its UI and a database file, so that it can be killed and started again without forgetting a
 * workflow. Used by the sandbox and by end-to-end tests; workflow tests use the time-skipping server instead
 * (`ensureTools(['temporal-test-server'])` with `TestWorkflowEnvironment.createTimeSkipping`).
 */
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { freePorts } from '../processes/free-ports.ts';
import type { SupervisedProcess } from '../processes/supervised-process.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import type { ToolPaths } from '../tools/ensure-tools.ts';

const NAMESPACE = 'default';
const READY_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 2_000;

export interface TemporalServerOptions {
  readonly supervisor: Supervisor;
  /** Must hold `temporal`. */
  readonly tools: ToolPaths;
  readonly stateDir: string;
  /** In memory it forgets everything with its process, and needs less of the machine. @default file */
  readonly database?: 'file' | 'memory';
  /** @default free ones */
  readonly ports?: { readonly frontend: number; readonly ui: number };
  /** Further ones beside the default. @default none */
  readonly namespaces?: readonly string[];
  /** Custom search attributes by name; values are the types of Temporal's CLI. */
  readonly searchAttributes?: Readonly<Record<string, 'Keyword' | 'Int' | 'Text' | 'Bool'>>;
}

export interface TemporalServer {
  /** `127.0.0.1:PORT`, for TEMPORAL_ADDRESS; stays the same over restarts. */
  readonly address: string;
  readonly uiUrl: string;
  readonly namespace: string;
  /** kill -9, for crash tests. */
  kill(): Promise<void>;
  /** Starts it again on the same ports with the same database; returns when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Returns when the server answers for its namespace with all search attributes. @throws ProcessNotReadyError */
export async function startTemporal(options: TemporalServerOptions): Promise<TemporalServer> {
  const { supervisor, tools, stateDir, namespaces = [], searchAttributes = {} } = options;
  const { frontend, ui } = options.ports ?? (await chooseTwo());
  const address = `127.0.0.1:${String(frontend)}`;

  const launch = (): Promise<SupervisedProcess> =>
    supervisor.spawn({
      name: 'temporal',
      command: tools.path('temporal'),
      args: [
        'server',
        'start-dev',
        '--ip=127.0.0.1',
        `--port=${String(frontend)}`,
        `--ui-port=${String(ui)}`,
        ...[NAMESPACE, ...namespaces].map((name) => `--namespace=${name}`),
        ...(options.database === 'memory'
          ? []
          : [`--db-filename=${join(stateDir, 'temporal.db')}`]),
        '--log-level=warn',
        ...Object.entries(searchAttributes).map(
          ([key, type]) => `--search-attribute=${key}=${type}`,
        ),
      ],
      ready: {
        timeoutMs: READY_TIMEOUT_MS,
        intervalMs: 100,
        probe: () => isReady(address, [NAMESPACE, ...namespaces], Object.keys(searchAttributes)),
      },
    });

  let server = await launch();
  return {
    address,
    uiUrl: `http://127.0.0.1:${String(ui)}`,
    namespace: NAMESPACE,
    kill: () => server.kill(),
    start: async () => {
      server = await launch();
    },
    stop: () => server.stop(),
  };
}

async function chooseTwo(): Promise<{ frontend: number; ui: number }> {
  const [frontend = 0, ui = 0] = await freePorts(2);
  return { frontend, ui };
}

async function isReady(
  address: string,
  namespaces: readonly string[],
  searchAttributes: readonly string[],
): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: PROBE_TIMEOUT_MS });
  try {
    return await connection.withDeadline(Date.now() + PROBE_TIMEOUT_MS, async () => {
      for (const namespace of namespaces) {
        await connection.workflowService.describeNamespace({ namespace });
        const known = await connection.operatorService.listSearchAttributes({ namespace });
        const isKnown = (name: string): boolean =>
          Object.hasOwn(known.customAttributes ?? {}, name);
        if (!searchAttributes.every(isKnown)) return false;
      }
      return true;
    });
  } finally {
    await connection.close();
  }
}
