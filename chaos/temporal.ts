/** A real Temporal server with a database file and a namespace for each lane, and a connection to it. */
import { Connection } from '@temporalio/client';
import { createSupervisor } from '#sandbox/processes/supervisor.ts';
import { startTemporal } from '#sandbox/temporal/temporal-server.ts';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { SEARCH_ATTRIBUTE_TYPES } from '#sandbox/temporal/search-attribute-types.ts';

export interface LanesTemporal {
  readonly address: string;
  readonly connection: Connection;
  /** kill -9 */
  kill(): Promise<void>;
  /** Again, on its file. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws ToolMissingError */
export async function startLanesTemporal(
  stateDir: string,
  namespaces: readonly string[],
): Promise<LanesTemporal> {
  const tools = await setUpTools(['temporal']);
  const supervisor = await createSupervisor({ stateDir });
  try {
    const server = await startTemporal({
      supervisor,
      tools,
      stateDir,
      namespaces,
      searchAttributes: SEARCH_ATTRIBUTE_TYPES,
    });
    const { address } = server;
    const connection = await Connection.connect({ address });
    return {
      address,
      connection,
      kill: () => server.kill(),
      start: () => server.start(),
      stop: async () => {
        await connection.close();
        await supervisor.stop();
      },
    };
  } catch (cause) {
    await supervisor.stop();
    throw cause;
  }
}
