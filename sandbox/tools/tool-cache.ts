/**
 * Programs kept outside the checkout, one directory per tool and version, each with a stamp. (1) A directory appears
 * complete or not at all: it is filled elsewhere and renamed, so two set-ups at once cannot harm each other. (2) A
 * program is hashed once, when it is installed; later its size and time of change are compared with the stamp, because
 * hashing 100 MB each time would be what a second set-up spends its time on.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** No set-up takes longer than this. */
const STAGE_LIFE_MS = 24 * 3_600_000;

const stampSchema = z.object({
  /** Path of the program relative to its directory. */
  program: z.string(),
  sizeBytes: z.number(),
  changedAtMs: z.number(),
  sha256: z.string(),
});

export interface ToolCache {
  readonly root: string;
  /** Path of the program when it is there and unchanged since it was installed. */
  find(key: string): Promise<string | undefined>;
  /** A new empty directory on the same file system, to be filled and given to `install`. */
  stage(): Promise<string>;
  /** Moves a filled directory into place and returns the program's path; an earlier, equal installation wins. */
  install(key: string, staged: string, program: string): Promise<string>;
}

/** `$XDG_CACHE_HOME/cutover`, or `~/.cache/cutover`. */
export function cacheRoot(environment: NodeJS.ProcessEnv): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'cutover');
}

export function openToolCache(root: string): ToolCache {
  const tools = join(root, 'tools');

  async function find(key: string): Promise<string | undefined> {
    const directory = join(tools, key);
    try {
      const stamp = stampSchema.parse(
        JSON.parse(await readFile(join(directory, 'stamp.json'), 'utf8')),
      );
      const path = join(directory, stamp.program);
      const { size, mtimeMs } = await stat(path);
      return size === stamp.sizeBytes && mtimeMs === stamp.changedAtMs ? path : undefined;
    } catch {
      return undefined;
    }
  }

  async function stage(): Promise<string> {
    await clearOldStages(join(root, 'staging'));
    const directory = join(root, 'staging', randomUUID());
    await mkdir(directory, { recursive: true });
    return directory;
  }

  async function install(key: string, staged: string, program: string): Promise<string> {
    const path = join(staged, program);
    await chmod(path, 0o755);
    const { size, mtimeMs } = await stat(path);
    const stamp = {
      program,
      sizeBytes: size,
      changedAtMs: mtimeMs,
      sha256: await sha256Of(path),
    };
    await writeFile(join(staged, 'stamp.json'), JSON.stringify(stamp));
    await mkdir(tools, { recursive: true });
    const directory = join(tools, key);
    // A damaged installation is in the way of the rename; a whole one means that somebody else was faster.
    if ((await find(key)) === undefined) {
      await rm(directory, { recursive: true, force: true });
      await rename(staged, directory).catch(() => undefined);
    }
    await rm(staged, { recursive: true, force: true });
    const found = await find(key);
    if (found === undefined) throw new Error(`could not install ${key} [directory=${directory}]`);
    return found;
  }

  return { root, find, stage, install };
}

/** A set-up that was killed leaves its half-filled directory. */
async function clearOldStages(staging: string): Promise<void> {
  const oldest = Date.now() - STAGE_LIFE_MS;
  for (const name of await readdir(staging).catch(() => [])) {
    const directory = join(staging, name);
    const found = await stat(directory).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < oldest) {
      await rm(directory, { recursive: true, force: true });
    }
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
