/**
 * The one entrance to the tools: makes sure that the named programs are there, in their pinned versions, and says where.
 * A program is looked for in the environment, on PATH and in the cache, and fetched or built only when none has it. Called
 * by `npm run setup`, by the tests' set-up and by everything that starts a server; when all is there it takes a few
 * milliseconds.
 */
import { CATALOGUE } from './catalogue.ts';
import { createDownloader } from './download-source.ts';
import { findByVariable, findOnPath } from './find-on-path.ts';
import { keyOf, obtainTool, type Workshop } from './obtain-tool.ts';
import { currentPlatform } from './platform.ts';
import { cacheRoot, openToolCache } from './tool-cache.ts';
import { ToolMissingError, type MissingTool } from './tool-missing-error.ts';
import type { Tool, ToolName, ToolReport } from './tool.ts';

export interface ToolPaths {
  /** Absolute path of the program. @throws RangeError when that tool was not asked for. */
  path(name: ToolName): string;
}

export interface EnsureToolsOptions {
  /** Gets the progress. @default nobody is told */
  readonly report?: ToolReport;
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** @default the pinned catalogue */
  readonly catalogue?: Readonly<Record<ToolName, Tool>>;
}

/** @throws ToolMissingError, ToolPathError, UnsupportedPlatformError */
export async function ensureTools(
  names: readonly ToolName[],
  options: EnsureToolsOptions = {},
): Promise<ToolPaths> {
  const { report = () => undefined, environment = process.env, catalogue = CATALOGUE } = options;
  const platform = currentPlatform();
  const cache = openToolCache(cacheRoot(environment));
  const workshop: Workshop = {
    cache,
    platform,
    report,
    downloader: createDownloader(),
    inTurn: createTurns(),
  };
  const paths = new Map<ToolName, string>();
  const missing: MissingTool[] = [];

  async function ensure(name: ToolName): Promise<void> {
    const tool = catalogue[name];
    const present =
      (await findByVariable(name, environment)) ??
      (await findOnPath(tool, environment, cache.root)) ??
      (await cache.find(keyOf(tool, platform)));
    if (present !== undefined) {
      paths.set(name, present);
      report({ kind: 'present', tool: name, version: tool.version });
      return;
    }
    const obtained = await obtainTool(tool, workshop);
    if (obtained.path === undefined) missing.push({ tool, tried: obtained.tried });
    else paths.set(name, obtained.path);
  }

  await Promise.all([...new Set(names)].map(ensure));
  if (missing.length > 0) throw new ToolMissingError(missing);
  return {
    path: (name) => {
      const path = paths.get(name);
      if (path === undefined) throw new RangeError(`${name} was not asked of ensureTools`);
      return path;
    },
  };
}

/** Runs pieces of work one after the other, in the order they come. */
function createTurns(): Workshop['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
