/**
 * Gets a program out of a Debian package through apt, which checks it against the archive's signature. Nothing is installed
 * on the machine: the package is downloaded and unpacked beside the cache, which needs no root where apt knows its
 * package lists already.
 */
import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailedError, runCommand } from './run-command.ts';
import { SourceError } from './source-error.ts';
import type { Source } from './tool.ts';

const DOWNLOAD_TIMEOUT_MS = 300_000;
const UPDATE_TIMEOUT_MS = 300_000;
const UNPACK_TIMEOUT_MS = 120_000;

/** Puts the program of that name as `directory/program`. @throws SourceError, CommandFailedError */
export async function programFromDebian(
  source: Extract<Source, { kind: 'debian' }>,
  into: {
    readonly directory: string;
    readonly program: string;
    readonly heartbeat: (elapsedSeconds: number) => void;
  },
): Promise<void> {
  const { directory, program, heartbeat } = into;
  try {
    await download(source, directory, heartbeat);
  } catch (cause) {
    if (!(cause instanceof CommandFailedError)) throw cause;
    // Fresh machines have no package lists yet; fetching them takes root.
    await runCommand('apt-get', ['update'], { timeoutMs: UPDATE_TIMEOUT_MS, heartbeat });
    await download(source, directory, heartbeat);
  }
  const archive = (await readdir(directory)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new SourceError(`apt gave no package ${source.package}`);
  const unpacked = join(directory, 'package');
  await runCommand('dpkg-deb', ['-x', join(directory, archive), unpacked], {
    timeoutMs: UNPACK_TIMEOUT_MS,
    heartbeat,
  });
  await copyFile(join(unpacked, 'usr/bin', program), join(directory, program)).catch(
    (cause: unknown) => {
      throw new SourceError(`${archive} holds no ${program}`, { cause });
    },
  );
  await rm(unpacked, { recursive: true });
  await rm(join(directory, archive));
}

async function download(
  { package: name, version }: Extract<Source, { kind: 'debian' }>,
  directory: string,
  heartbeat: (elapsedSeconds: number) => void,
): Promise<void> {
  await runCommand('apt-get', ['download', `${name}=${version}*`], {
    cwd: directory,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    heartbeat,
  });
}
