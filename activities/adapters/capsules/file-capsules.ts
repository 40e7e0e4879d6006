import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { capsuleText } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { isFields } from '#domain/json/json-fields.ts';
import type { CapsulePlace, Capsules } from '#activities/ports/capsules.ts';
import { orNotWritten } from './or-not-written.ts';

/**
 * Capsules as files of a directory, one for each migration line, readable by their owner only. A file is replaced in one
 * step and is on the disk before `write` ends: a machine that dies at any moment leaves the old capsule or the new one.
 */
export function createFileCapsules(parts: {
  /** Where a place names no directory. */
  readonly directory: string;
}): Capsules<Extract<CapsulePlace, { readonly with: 'file' }>> {
  const directoryOf = (place: { readonly directory: string | null }): string =>
    place.directory ?? parts.directory;

  return {
    write: async (place, capsule, signal) => {
      const directory = directoryOf(place);
      const file = join(directory, fileName(capsule.workflowId));
      await orNotWritten(file, whyOf, signal, async () => {
        signal.throwIfAborted();
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await replace(file, capsuleText(capsule));
        await flush(directory);
      });
    },

    remove: async (place, workflowId, signal) => {
      const file = join(directoryOf(place), fileName(workflowId));
      await orNotWritten(file, whyOf, signal, async () => {
        signal.throwIfAborted();
        await rm(file, { force: true });
      });
    },

    list: async (place, signal) => {
      const directory = directoryOf(place);
      const names = await namesIn(directory);
      const capsules = names.filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.'));
      return Promise.all(
        capsules.toSorted().map(async (name) => {
          const source = join(directory, name);
          return { source, text: await readFile(source, { encoding: 'utf8', signal }) };
        }),
      );
    },
  };
}

const SUFFIX = '.json';

/** Ids hold slashes, and nothing else that a file's name may not. */
function fileName(workflowId: string): string {
  const name = workflowId.replaceAll('/', '.').replaceAll(/[^\w.-]/gu, '_');
  return `${name.replace(/^\.+/u, '')}${SUFFIX}`;
}

/** A file of our own first, so that nobody ever reads half a capsule. */
async function replace(file: string, text: string): Promise<void> {
  const fresh = join(file, '..', `.${randomUUID()}.tmp`);
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (cause) {
    await rm(fresh, { force: true });
    throw cause;
  }
}

/** The rename itself must outlive a crash too. */
async function flush(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    if (isFields(cause) && cause['code'] === 'ENOENT') return [];
    throw new CutoverFailure('unavailable', 'the capsules cannot be listed', {
      resource: directory,
      cause,
    });
  }
}

function whyOf(cause: unknown): string {
  return isFields(cause) ? String(cause['message']) : String(cause);
}
