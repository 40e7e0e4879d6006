import { pino, type Logger } from 'pino';
import { DefaultLogger, type LogEntry, type LogMetadata } from '@temporalio/worker';
import type { WorkerEnvironment } from './environment.ts';

/** JSON lines on stderr; what looks like a credential never leaves, whoever logged it (I10). */
export function createLogger(environment: Pick<WorkerEnvironment, 'logLevel'>): Logger {
  return pino(
    {
      level: environment.logLevel,
      base: null,
      redact: {
        paths: [
          'token',
          'authorization',
          '*.token',
          '*.authorization',
          '*.secretAccessKey',
          '*.sessionToken',
          '*.headers',
        ],
        censor: '[redacted]',
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** The Temporal SDK's log lines through the same logger. */
export function temporalLogger(logger: Logger): DefaultLogger {
  return new DefaultLogger('DEBUG', (entry: LogEntry) => {
    const meta: LogMetadata = entry.meta ?? {};
    switch (entry.level) {
      case 'TRACE':
      case 'DEBUG':
        return logger.debug(meta, entry.message);
      case 'INFO':
        return logger.info(meta, entry.message);
      case 'WARN':
        return logger.warn(meta, entry.message);
      case 'ERROR':
        return logger.error(meta, entry.message);
    }
  });
}
