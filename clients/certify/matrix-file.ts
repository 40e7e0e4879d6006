import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AddonMatrix } from '#domain/addon-matrix/addon-matrix.ts';
import { parseAddonMatrix } from '#domain/addon-matrix/parse-addon-matrix.ts';
import { ClientError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';

/** The matrix of certified add-ons: a JSON file that is committed beside the plan. */
const NAME = 'certified-addons.json';

/** @param planFile `-` for standard input: then beside nothing, in the current directory */
export function matrixPathFor(planFile: string, given: string | undefined): string {
  return given ?? (planFile === '-' ? NAME : join(dirname(planFile), NAME));
}

/** Null where there is no such file. Throws `ClientError` where it is none of ours. */
export async function readMatrix(path: string): Promise<AddonMatrix | null> {
  const text = await textOf(path);
  if (text === null) return null;
  const parsed = parseAddonMatrix(jsonIn(text));
  if (parsed.kind === 'valid') return parsed.matrix;
  throw new ClientError(`${path} is no matrix of add-ons:\n${parsed.problems.join('\n')}`, {
    next: 'correct the rows, or remove the file and certify anew',
    exitCode: EXIT.usage,
  });
}

/** Whole or not at all; a row a line, so that merges are readable. */
export async function writeMatrix(path: string, { rows }: AddonMatrix): Promise<void> {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`);
  const beside = `${path}.new`;
  await writeFile(beside, `{\n  "rows": [\n${lines.join(',\n')}\n  ]\n}\n`);
  await rename(beside, path);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new ClientError(`${path} cannot be read`, { next: 'give a file that can be', cause });
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
