import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  type RuntimeOptions,
  type Worker,
} from '@temporalio/worker';
import { createActivities } from '#activities/create-activities.ts';
import { createPorts } from './create-ports.ts';
import { createWorkers } from './create-workers.ts';
import { EnvironmentError, readEnvironment, type WorkerEnvironment } from './environment.ts';
import { createLogger, temporalLogger } from './logger.ts';

/**
 * The worker program (`cutover worker`, and the image): connects to Temporal as its standard variables say, builds
 * the adapters, polls all queues until SIGTERM or SIGINT, then lets activities finish within the grace.
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
    capsulesDirectory: environment.capsulesDirectory,
  });
  try {
    const workers = await createWorkers({
      connection,
      namespace: namespace ?? 'default',
      activities: createActivities(ports),
      identity: environment.identity,
      deployment: environment.deployment,
      shutdownGraceSeconds: environment.shutdownGraceSeconds,
    });
    logger.info(
      { address, identity: environment.identity, deployment: environment.deployment },
      'worker ready',
    );
    await runAll(workers);
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

/** Each worker ends by itself on the runtime's shutdown signals; one that fails takes the others with it. */
async function runAll(workers: readonly Worker[]): Promise<void> {
  const runs = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      for (const other of workers) if (other.getState() === 'RUNNING') other.shutdown();
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
    shutdownSignals: ['SIGINT', 'SIGTERM'],
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
