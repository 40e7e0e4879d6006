import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const DOCKERFILE = fileURLToPath(new URL('../Dockerfile', import.meta.url));
/** What bounds a worker's memory: `ENV NAME=value …`, a value in quotes or without blanks. */
const BOUND = /\b(NODE_OPTIONS|MALLOC_\w+)=(?:"([^"]+)"|(\S+))/gu;

/** The bounds of memory that the image gives its worker, so that the worker that is measured is the one that is deployed. */
export async function imageEnvironment(): Promise<Readonly<Record<string, string>>> {
  const lines = (await readFile(DOCKERFILE, 'utf8')).split('\n');
  const set = lines.filter((line) => line.startsWith('ENV ')).join('\n');
  const bounds = [...set.matchAll(BOUND)].map(
    ([, name = '', quoted, bare = '']) => [name, quoted ?? bare] as const,
  );
  if (bounds.length < 2) throw new Error("the Dockerfile does not bound its worker's memory");
  return Object.fromEntries(bounds);
}
