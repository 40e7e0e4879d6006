import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** Stays when the run is over. */
export const HISTORIES = join(tmpdir(), 'cutover-chaos-histories');

/** Writes a migration's history as JSON, to be told again or to be read. The file's path, or why there is none. */
export async function keepHistory(
  client: Client,
  workflowId: string,
  { directory, name }: { readonly directory: string; readonly name: string },
): Promise<string> {
  const file = join(directory, `${name}.json`);
  try {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    await mkdir(directory, { recursive: true });
    await writeFile(file, historyToJSON(history));
    return file;
  } catch (cause) {
    return `not kept: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
