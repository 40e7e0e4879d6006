import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { readText } from '../read-text.ts';

/** Files that may hold manifests: one that was named, standard input, or all of a folder. Links are not followed. */
export interface ManifestFile {
  /** As people know it. */
  readonly name: string;
  readonly text: string;
}

/** A dump of a large cluster in one file. */
const MOST_BYTES = 256 * 1_048_576;
const NAMES = /\.(?:ya?ml|json)$/iu;
/** What others put there, and no manifest of anybody's. */
const NOT_READ: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** In order of their names. @param source a file, a folder, or `-` @throws UsageError where nothing can be read there */
export async function* manifestFiles(source: string): AsyncGenerator<ManifestFile> {
  const isFolder = source !== '-' && (await kindOf(source)) === 'folder';
  for await (const name of isFolder ? namesUnder(source) : [source]) {
    const read = await readText(name, MOST_BYTES);
    if (read.kind === 'unreadable')
      throw new UsageError(`${name}: ${read.found}`, `give ${read.allowed}`);
    yield { name: name === '-' ? 'standard input' : name, text: read.text };
  }
}

async function kindOf(source: string): Promise<'folder' | 'file'> {
  try {
    return (await stat(source)).isDirectory() ? 'folder' : 'file';
  } catch {
    throw new UsageError(
      `${source} cannot be read`,
      'name a file or a folder of manifests, or - for standard input',
    );
  }
}

async function* namesUnder(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !NOT_READ.has(entry.name)) yield* namesUnder(path);
    else if (entry.isFile() && NAMES.test(entry.name)) yield path;
  }
}
