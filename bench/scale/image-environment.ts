import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const DOCKERFILE = fileURLToPath(new URL('../../Dockerfile', import.meta.url));
/** What bounds a worker's memory. */
const NAMES = ['NODE_OPTIONS', 'MALLOC_ARENA_MAX'] as const;

/** The bounds of memory that the image gives its worker, so that the worker that is measured is the one that is deployed. */
export async function imageEnvironment(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(DOCKERFILE, 'utf8');
  return Object.fromEntries(
    NAMES.map((name) => {
      const value = new RegExp(`^ENV ${name}="?([^"\\n]+)"?$`, 'mu').exec(text)?.[1];
      if (value === undefined) throw new Error(`the Dockerfile does not set ${name}`);
      return [name, value];
    }),
  );
}
