/**
 * Programs the machine already has: named by environment variable (taken as it is, the person knows what they do) or found
 * on PATH (taken only in the pinned version). Asking a program for its version takes up to 0.2 s, so the answer is kept
 * beside the cache for as long as the file does not change.
 */
import { constants } from 'node:fs';
import { access, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { CommandFailedError, runCommand } from './run-command.ts';
import type { Tool, ToolName } from './tool.ts';

const ASK_TIMEOUT_MS = 10_000;

const answerSchema = z.object({ identity: z.string(), answer: z.string() });

/** Names the variable that gives a tool's path, such as `CUTOVER_KUBE_APISERVER`. */
export function variableOf(name: ToolName): string {
  return `CUTOVER_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The environment names a program that cannot be run. */
export class ToolPathError extends Error {
  override readonly name = 'ToolPathError';
  readonly variable: string;
  readonly path: string;

  constructor(variable: string, path: string) {
    super(`${variable} names ${path}, which is no executable file`);
    this.variable = variable;
    this.path = path;
  }
}

/** @throws ToolPathError when the variable is set to something that cannot be run. */
export async function findByVariable(
  name: ToolName,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const variable = variableOf(name);
  const path = environment[variable];
  if (path === undefined || path === '') return undefined;
  if (!(await isExecutable(path))) throw new ToolPathError(variable, path);
  return path;
}

/** The first program of that name on PATH, when it is of the pinned version. */
export async function findOnPath(
  tool: Tool,
  environment: NodeJS.ProcessEnv,
  cacheRoot: string,
): Promise<string | undefined> {
  if (tool.ask === undefined) return undefined;
  for (const directory of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, tool.name);
    if (directory === '' || !(await isExecutable(path))) continue;
    const answer = await askVersion(path, tool.ask.args, join(cacheRoot, 'versions', tool.name));
    return answer.includes(tool.ask.expect) ? path : undefined;
  }
  return undefined;
}

async function askVersion(path: string, args: readonly string[], memo: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  const identity = `${path} ${String(size)} ${String(mtimeMs)}`;
  const known = await readFile(memo, 'utf8')
    .then((text) => answerSchema.parse(JSON.parse(text)))
    .catch(() => undefined);
  if (known?.identity === identity) return known.answer;
  const answer = await runCommand(path, args, { timeoutMs: ASK_TIMEOUT_MS }).catch(
    (cause: unknown) => {
      if (cause instanceof CommandFailedError) return '';
      throw cause;
    },
  );
  await mkdir(join(memo, '..'), { recursive: true });
  await writeFile(memo, JSON.stringify({ identity, answer }));
  return answer;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
