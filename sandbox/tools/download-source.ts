/**
 * Gets a program from its vendor's download site and proves it. The site may be out of reach (a build machine that sees
 * package registries only): connecting has a short limit, and after one failure no further download is tried in this run.
 */
import { createWriteStream } from 'node:fs';
import { copyFile, readdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, interceptors, request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { assertNever } from '#domain/assert-never.ts';
import type { Platform } from './platform.ts';
import { platformKey } from './platform.ts';
import { runCommand } from './run-command.ts';
import { SourceError } from './source-error.ts';
import { sha256Of } from './tool-cache.ts';
import type { Download, Source } from './tool.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const IDLE_TIMEOUT_MS = 20_000;
const UNPACK_TIMEOUT_MS = 120_000;
const MAX_REDIRECTIONS = 5;

const releaseSchema = z.object({
  assets: z.array(z.object({ name: z.string(), digest: z.string().nullish() })),
});

export interface Downloader {
  /** Puts the proven program as `directory/program`. @throws SourceError */
  fetch(
    source: Extract<Source, { kind: 'download' }>,
    into: { readonly directory: string; readonly program: string; readonly platform: Platform },
  ): Promise<void>;
}

export function createDownloader(): Downloader {
  let unreachable: string | undefined;

  async function get(url: string): Promise<Dispatcher.ResponseData> {
    if (unreachable !== undefined)
      throw new SourceError(`downloads are unreachable (${unreachable})`);
    const dispatcher = new EnvHttpProxyAgent({
      connect: { timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: IDLE_TIMEOUT_MS,
      bodyTimeout: IDLE_TIMEOUT_MS,
    }).compose(interceptors.redirect({ maxRedirections: MAX_REDIRECTIONS }));
    try {
      return await request(url, { dispatcher, headers: { 'user-agent': 'cutover-sandbox' } });
    } catch (cause) {
      unreachable = `${new URL(url).host}: ${messageOf(cause)}`;
      throw new SourceError(`no answer from ${unreachable}`, { cause });
    }
  }

  async function getText(url: string): Promise<string> {
    const response = await get(url);
    const text = await response.body.text();
    if (response.statusCode !== 200) throw refused(url, response.statusCode);
    return text;
  }

  async function expectedDigest({ url, checksum }: Download): Promise<string | undefined> {
    switch (checksum.kind) {
      case 'pinned':
        return undefined;
      case 'published':
        return publishedHash(await getText(checksum.url), basename(url));
      case 'github': {
        const { assets } = releaseSchema.parse(JSON.parse(await getText(checksum.release)));
        const digest = assets.find((asset) => asset.name === basename(url))?.digest;
        return digest?.replace(/^sha256:/u, '') ?? '';
      }
      default:
        return assertNever(checksum);
    }
  }

  return {
    fetch: async (source, { directory, program, platform }) => {
      const download = source.at(platformKey(platform));
      if (download === undefined)
        throw new SourceError('the vendor publishes none for this platform');
      const expected = await expectedDigest(download);
      const response = await get(download.url);
      if (response.statusCode !== 200) throw refused(download.url, response.statusCode);
      const file = join(directory, basename(download.url));
      await pipeline(response.body, createWriteStream(file));
      if (expected !== undefined) await verify(file, expected, download.url);
      const target = join(directory, program);
      if (download.archive === true) await unpack(file, directory, program);
      else if (file !== target) await rename(file, target);
      if (download.checksum.kind === 'pinned') {
        await verify(target, download.checksum.program, download.url);
      }
    },
  };
}

/** The hash on the line that names the file; of a file with a single hash, that one. Empty: there is none. */
function publishedHash(text: string, file: string): string {
  const hashes = [...text.matchAll(/\b([0-9a-f]{64})\b[ \t]*\*?(\S*)/gu)];
  const named = hashes.find(([, , name]) => name === file);
  const [, only = ''] = hashes.length === 1 ? (hashes[0] ?? []) : [];
  return named?.[1] ?? only;
}

/** @throws SourceError */
export async function verify(file: string, expected: string, origin: string): Promise<void> {
  const found = await sha256Of(file);
  if (found !== expected) {
    throw new SourceError(
      `${origin} has another hash than expected [expected=${expected}, found=${found}]`,
    );
  }
}

/** `tar` unpacks zip archives too where it is the BSD one, which is where zip archives are offered (macOS). */
async function unpack(archive: string, directory: string, program: string): Promise<void> {
  await runCommand('tar', ['-xf', archive, '-C', directory], { timeoutMs: UNPACK_TIMEOUT_MS });
  const found = (await readdir(directory, { recursive: true })).find(
    (path) => basename(path) === program,
  );
  if (found === undefined) throw new SourceError(`${basename(archive)} holds no ${program}`);
  if (found !== program) await copyFile(join(directory, found), join(directory, program));
}

function refused(url: string, status: number): SourceError {
  return new SourceError(`${url} answered ${String(status)}`);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
