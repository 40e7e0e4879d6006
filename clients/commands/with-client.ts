import { connectMigrationClient, type MigrationClient } from '../migration-client.ts';

/** Runs `work` on a connection that is closed whatever happens. */
export async function withClient<Result>(
  work: (client: MigrationClient) => Promise<Result>,
): Promise<Result> {
  const client = await connectMigrationClient();
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
