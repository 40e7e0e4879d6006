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
    stderr(),
  );
}

/** Lines that nobody could take are kept so far, in bytes, and written when somebody can; further ones are dropped. */
const KEPT_BYTES = 2 ** 20;

/** A log that cannot be written, as on a full disk, is no reason to leave users unwatched; and there is nowhere left to say so. */
function stderr(): ReturnType<typeof pino.destination> {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: KEPT_BYTES });
  return destination.on('error', () => undefined);
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
