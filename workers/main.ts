import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  type RuntimeOptions,
  type Worker,
} from '@temporalio/worker';
import { createActivities } from '#activities/create-activities.ts';
import { createCertifyActivities } from '#activities/certify/create-certify-activities.ts';
import { createPorts } from './create-ports.ts';
import { createWorkers } from './create-workers.ts';
import { EnvironmentError, readEnvironment, type WorkerEnvironment } from './environment.ts';
import { untilFreeToLeave } from './leave.ts';
import { createLogger, temporalLogger } from './logger.ts';
import { wakeRunsWhenCurrent } from './wake-runs.ts';
import { bundleWorkflows } from './workflow-bundle.ts';

/**
 * The worker program (`cutover worker`, and the image): connects to Temporal as its standard variables say, builds
 * the adapters, polls all queues until SIGTERM or SIGINT, then lets activities finish within the grace. Told to stop as the last
 * worker of runs with users on green it stays a little, for a successor; a second signal ends that.
 * Exit codes: 0 drained; 1 could not start or run; 64 a variable is wrong.
 */
process.exitCode = await main();

async function main(): Promise<number> {
  let environment: WorkerEnvironment;
  try {
    environment = readEnvironment();
  } catch (cause) {
    if (!(cause instanceof EnvironmentError)) throw cause;
    process.stderr.write(`cutover worker: ${cause.message}\n`);
    return 64;
  }
  const logger = createLogger(environment);
  Runtime.install(runtimeOptions(environment, logger));
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  let connection: NativeConnection;
  try {
    connection = await NativeConnection.connect({ ...connectionOptions, address });
  } catch (cause) {
    logger.error(
      { address, cause: messageOf(cause) },
      'Temporal cannot be reached; next: check TEMPORAL_ADDRESS, or `cutover doctor`',
    );
    return 1;
  }
  const { ports, close } = createPorts({
    logger,
    tokens: environment.tokens,
    dnsServers: environment.dnsServers,
    allowedHosts: environment.allowedHosts,
    roleTokenFiles: environment.roleTokenFiles,
    capsulesDirectory: environment.capsulesDirectory,
  });
  try {
    const { identity, deployment } = environment;
    const access = {
      service: connection.workflowService,
      namespace: namespace ?? 'default',
    };
    const workers = await createWorkers({
      connection,
      namespace: access.namespace,
      activities: { ...createActivities(ports), ...createCertifyActivities(ports) },
      identity,
      deployment,
      shutdownGraceSeconds: environment.shutdownGraceSeconds,
      workflowBundle: await bundleWorkflows(),
    });
    const running = runAll(workers);
    logger.info({ address, identity, deployment }, 'worker ready');
    const told = signals();
    const ended = running.finally(() => told.first.abort()).catch(() => undefined);
    if (deployment !== undefined)
      void wakeRunsWhenCurrent({
        access,
        deployment,
        identity,
        logger,
        signal: told.first.signal,
      });
    await Promise.race([ended, aborted(told.first.signal)]);
    await Promise.race([
      ended,
      untilFreeToLeave({
        access,
        identity,
        deployment,
        logger,
        stayMs: environment.lastWorkerSeconds * 1000,
        signal: told.second.signal,
      }),
    ]);
    stop(workers);
    await running;
    logger.info('worker drained');
    return 0;
  } catch (cause) {
    logger.error({ cause: messageOf(cause) }, 'worker failed');
    return 1;
  } finally {
    await close();
    await connection.close();
  }
}

/** Told to stop once, and told again. */
function signals(): { readonly first: AbortController; readonly second: AbortController } {
  const first = new AbortController();
  const second = new AbortController();
  const hear = (): void => (first.signal.aborted ? second : first).abort();
  process.on('SIGTERM', hear);
  process.on('SIGINT', hear);
  return { first, second };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}

function stop(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

/** A worker that fails takes the others with it. */
async function runAll(workers: readonly Worker[]): Promise<void> {
  const runs = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      stop(workers);
    }
  });
  await Promise.allSettled(runs);
  await Promise.all(runs);
}

function runtimeOptions(
  environment: WorkerEnvironment,
  logger: ReturnType<typeof createLogger>,
): RuntimeOptions {
  return {
    logger: temporalLogger(logger),
    // They are heard here: the last worker has something to say first.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(environment.metricsAddress === undefined
        ? {}
        : { metrics: { prometheus: { bindAddress: environment.metricsAddress } } }),
    },
  };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
