/** Where the hands-on sandbox is and how it is reached: one file that `up` writes and everybody else reads. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ledgerOwner } from '#sandbox/processes/sweep.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';

const schema = z.object({
  startedAt: z.string(),
  frontDoorUrl: z.string(),
  temporal: z.object({ address: z.string(), uiUrl: z.string() }),
  awsUrl: z.string(),
  origins: z.object({ shop: z.string(), traffic: z.string() }),
  environment: z.record(z.string(), z.string()),
});

export type RunningSandbox = z.infer<typeof schema>;

/** No sandbox runs in this state directory. */
export class SandboxNotRunningError extends Error {
  override readonly name = 'SandboxNotRunningError';

  constructor() {
    super('no sandbox is up; next: `cutover sandbox up` in another terminal');
  }
}

/** One per user of the machine; `CUTOVER_SANDBOX_DIR` chooses another. */
export function sandboxDirectory(): string {
  return (
    process.env['CUTOVER_SANDBOX_DIR'] ?? join(tmpdir(), `cutover-sandbox-${userInfo().username}`)
  );
}

const fileOf = (stateDir: string): string => join(stateDir, 'sandbox.json');

/** Readable by this user only: it holds the emulator's (made up) keys. */
export async function announce(sandbox: Sandbox): Promise<void> {
  const running: RunningSandbox = {
    startedAt: new Date().toISOString(),
    frontDoorUrl: sandbox.frontDoorUrl,
    temporal: { address: sandbox.temporal.address, uiUrl: sandbox.temporal.uiUrl },
    awsUrl: sandbox.aws.url,
    origins: sandbox.origins,
    environment: sandbox.environment,
  };
  await mkdir(sandbox.stateDir, { recursive: true });
  const draft = `${fileOf(sandbox.stateDir)}.draft`;
  await writeFile(draft, JSON.stringify(running), { mode: 0o600 });
  await rename(draft, fileOf(sandbox.stateDir));
}

export async function withdraw(stateDir: string): Promise<void> {
  await rm(fileOf(stateDir), { force: true });
}

/** Throws `SandboxNotRunningError`, also when `up` was killed. */
export async function findSandbox(stateDir = sandboxDirectory()): Promise<RunningSandbox> {
  if (ledgerOwner(stateDir) === undefined) throw new SandboxNotRunningError();
  const text = await readFile(fileOf(stateDir), 'utf8').catch(() => null);
  if (text === null) throw new SandboxNotRunningError();
  return schema.parse(JSON.parse(text));
}
