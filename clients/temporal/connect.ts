/**
 * Opens the connection every verb uses. Where Temporal is comes from envconfig alone: `TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, or a profile of its TOML file, the same as for the
 * `temporal` command. Invariant: whatever is wrong with that ends as one `ClientError`.
 */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ClientError, TemporalUnreachableError } from '../errors.ts';
import { GRPC, grpcCodeOf, grpcDetailsOf } from './grpc-codes.ts';

/** An open connection and what it is connected to. */
export interface TemporalAccess {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  readonly address: string;
}

export interface ConnectOptions {
  /** How long to try, milliseconds. @default 5000 */
  readonly connectTimeoutMs?: number;
}

/** What the SDK connects to where nobody says otherwise. */
const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** Where the environment and the configuration file say Temporal is. Throws `ClientError` where they are wrong. */
function temporalTarget() {
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig();
    const address = connectionOptions.address ?? DEFAULT_ADDRESS;
    return {
      options: { ...connectionOptions, address },
      address,
      namespace: namespace ?? 'default',
    };
  } catch (cause) {
    throw new ClientError(
      `the Temporal client configuration cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { next: 'correct the TEMPORAL_* variables or the file TEMPORAL_CONFIG_FILE names', cause },
    );
  }
}

/** Connects; close with `access.connection.close()`. Throws `TemporalUnreachableError`. */
export async function connectTemporal(options: ConnectOptions = {}): Promise<TemporalAccess> {
  const target = temporalTarget();
  try {
    const connection = await Connection.connect({
      ...target.options,
      connectTimeout: options.connectTimeoutMs ?? 5_000,
    });
    const client = new Client({ connection, namespace: target.namespace });
    return { client, connection, namespace: target.namespace, address: target.address };
  } catch (cause) {
    throw new TemporalUnreachableError(target.address, reasonOf(cause), cause);
  }
}

function reasonOf(cause: unknown): string {
  switch (grpcCodeOf(cause)) {
    case GRPC.unauthenticated:
    case GRPC.permissionDenied:
      return `it refused the credentials (${grpcDetailsOf(cause)})`;
    case undefined:
    case GRPC.deadlineExceeded:
    case GRPC.unavailable:
      return 'nothing answers there';
    default:
      return grpcDetailsOf(cause);
  }
}
