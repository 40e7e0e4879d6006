import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CATALOGUE } from '#sandbox/tools/catalogue.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { ToolPathError } from '#sandbox/tools/find-on-path.ts';
import { ToolMissingError } from '#sandbox/tools/tool-missing-error.ts';
import type { Checksum, Source, Tool, ToolEvent } from '#sandbox/tools/tool.ts';

const PROGRAM = '#!/bin/sh\necho "etcd Version: 9.9.9"\n';
const PROGRAM_SHA256 = createHash('sha256').update(PROGRAM).digest('hex');

let directory: string;
let server: Server;
let origin: string;
let requests: string[];
let answers: Record<string, { readonly status?: number; readonly body: string }>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cutover-tools-'));
  requests = [];
  answers = { '/etcd': { body: PROGRAM } };
  server = createServer((request, response) => {
    const url = request.url ?? '';
    requests.push(url);
    const answer = answers[url] ?? { status: 404, body: '' };
    response.writeHead(answer.status ?? 200).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}`;
});

afterEach(async () => {
  server.close();
  await once(server, 'close');
  await rm(directory, { recursive: true, force: true });
});

const pinned: Checksum = { kind: 'pinned', program: PROGRAM_SHA256 };

function download(path = '/etcd', checksum: Checksum = pinned): Source {
  return { kind: 'download', at: () => ({ url: `${origin}${path}`, checksum }) };
}

/** etcd 9.9.9 from these sources, in a cache and a PATH of its own. */
function ensureEtcd(
  sources: readonly Source[],
  environment: NodeJS.ProcessEnv = {},
  events: ToolEvent[] = [],
) {
  const etcd: Tool = {
    name: 'etcd',
    version: '9.9.9',
    ask: { args: ['--version'], expect: 'etcd Version: 9.9.9\n' },
    sources,
  };
  return ensureTools(['etcd'], {
    catalogue: { ...CATALOGUE, etcd },
    environment: { XDG_CACHE_HOME: join(directory, 'cache'), ...environment },
    report: (event) => {
      events.push(event);
    },
  });
}

async function putProgram(name: string, content: string): Promise<string> {
  const bin = join(directory, name);
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'etcd'), content);
  await chmod(join(bin, 'etcd'), 0o755);
  return bin;
}

describe('a tool that the machine does not have', () => {
  it('is downloaded, proven and made executable', async () => {
    const events: ToolEvent[] = [];

    const tools = await ensureEtcd([download()], {}, events);

    expect(await readFile(tools.path('etcd'), 'utf8')).toBe(PROGRAM);
    expect(events.at(-1)).toMatchObject({ kind: 'installed', version: '9.9.9', from: 'download' });
  });

  it('is there the second time, without asking anybody', async () => {
    const first = await ensureEtcd([download()]);
    requests = [];
    const events: ToolEvent[] = [];

    const second = await ensureEtcd([download()], {}, events);

    expect(second.path('etcd')).toBe(first.path('etcd'));
    expect(requests).toEqual([]);
    expect(events).toEqual([{ kind: 'present', tool: 'etcd', version: '9.9.9' }]);
  });

  it('is fetched once by two set-ups at the same time', async () => {
    const [one, other] = await Promise.all([ensureEtcd([download()]), ensureEtcd([download()])]);

    expect(one.path('etcd')).toBe(other.path('etcd'));
    expect(requests).toEqual(['/etcd']);
  });

  it('is fetched again when the cached file has changed', async () => {
    const tools = await ensureEtcd([download()]);
    await writeFile(tools.path('etcd'), 'cut sho');

    await ensureEtcd([download()]);

    expect(await readFile(tools.path('etcd'), 'utf8')).toBe(PROGRAM);
  });

  it('is proven by the checksum file beside it', async () => {
    answers['/etcd.sha256'] = { body: `${PROGRAM_SHA256}\n` };

    await ensureEtcd([download('/etcd', { kind: 'published', url: `${origin}/etcd.sha256` })]);

    expect(requests).toEqual(['/etcd.sha256', '/etcd']);
  });

  it('is proven by its own line of a list of checksums', async () => {
    const list = `${'0'.repeat(64)}  other\n${PROGRAM_SHA256}  etcd\n`;
    answers['/sums'] = { body: list };

    await ensureEtcd([download('/etcd', { kind: 'published', url: `${origin}/sums` })]);

    expect(requests).toEqual(['/sums', '/etcd']);
  });

  it('is proven by the digest of its GitHub release', async () => {
    const asset = { name: 'etcd', digest: `sha256:${PROGRAM_SHA256}` };
    answers['/release'] = { body: JSON.stringify({ assets: [asset] }) };

    await ensureEtcd([download('/etcd', { kind: 'github', release: `${origin}/release` })]);

    expect(requests).toEqual(['/release', '/etcd']);
  });

  it.each([
    ['has another hash', { '/first': { body: 'something else' } }],
    ['is not there', {}],
    ['is refused', { '/first': { status: 403, body: '' } }],
  ])('comes from the next source when what the first offers %s', async (_what, first) => {
    Object.assign(answers, first);

    const tools = await ensureEtcd([download('/first'), download()]);

    expect(await readFile(tools.path('etcd'), 'utf8')).toBe(PROGRAM);
  });

  it('is not downloaded from a second place after one could not be reached', async () => {
    const nobody: Source = {
      kind: 'download',
      at: () => ({ url: 'http://127.0.0.1:1/etcd', checksum: pinned }),
    };

    const failed = ensureEtcd([nobody, download()]);

    await expect(failed).rejects.toThrow(/downloads are unreachable/u);
    expect(requests).toEqual([]);
  });

  it('is named with what was tried and the remedy when it cannot be had', async () => {
    const failed = ensureEtcd([download('/nowhere')]);

    await expect(failed).rejects.toThrow(ToolMissingError);
    await expect(failed).rejects.toThrow(
      /etcd 9\.9\.9 is missing[\s\S]*tried download: .*\/nowhere answered 404[\s\S]*remedy: .*CUTOVER_ETCD/u,
    );
  });
});

describe('a tool that the machine has', () => {
  it('is used as the environment names it, whatever its version', async () => {
    const bin = await putProgram('mine', '#!/bin/sh\necho "etcd Version: 1.2.3"\n');

    const tools = await ensureEtcd([], { CUTOVER_ETCD: join(bin, 'etcd') });

    expect(tools.path('etcd')).toBe(join(bin, 'etcd'));
  });

  it('is refused when the environment names no program', async () => {
    const failed = ensureEtcd([], { CUTOVER_ETCD: join(directory, 'nothing') });

    await expect(failed).rejects.toThrow(ToolPathError);
    await expect(failed).rejects.toThrow(/CUTOVER_ETCD/u);
  });

  it('is taken from PATH in the pinned version', async () => {
    const bin = await putProgram('bin', PROGRAM);

    const tools = await ensureEtcd([], { PATH: `${directory}:${bin}:/bin` });

    expect(tools.path('etcd')).toBe(join(bin, 'etcd'));
  });

  it('is not taken from PATH in another version', async () => {
    const bin = await putProgram('bin', '#!/bin/sh\necho "etcd Version: 9.9.90"\n');

    const tools = await ensureEtcd([download()], { PATH: `${bin}:/bin` });

    expect(tools.path('etcd')).not.toBe(join(bin, 'etcd'));
  });
});
