import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CATALOGUE } from '#sandbox/tools/catalogue.ts';
import { variableOf } from '#sandbox/tools/find-on-path.ts';
import {
  currentPlatform,
  UnsupportedPlatformError,
  type PlatformKey,
} from '#sandbox/tools/platform.ts';
import { lineView } from '#sandbox/tools/show-progress.ts';
import { TOOL_NAMES } from '#sandbox/tools/tool.ts';

const PLATFORMS: readonly PlatformKey[] = [
  'linux-amd64',
  'linux-arm64',
  'darwin-amd64',
  'darwin-arm64',
];

describe('the catalogue of tools', () => {
  it.each(TOOL_NAMES)(
    'has %s for every platform from a source that needs no vendor site',
    (name) => {
      const kinds = CATALOGUE[name].sources.map((source) => source.kind);

      // kro's makers publish images only.
      if (name !== 'kro') expect(kinds[0]).toBe('download');
      expect(kinds.some((kind) => kind !== 'download')).toBe(true);
    },
  );

  it.each(TOOL_NAMES)(
    'pins every wheel of %s by hash and every Go module by go.sum',
    async (name) => {
      for (const source of CATALOGUE[name].sources) {
        if (source.kind === 'wheel') {
          for (const platform of PLATFORMS)
            expect(source.sha256[platform]).toMatch(/^[0-9a-f]{64}$/u);
        }
        if (source.kind === 'go') {
          const [mod, sum] = await Promise.all(
            ['go.mod', 'go.sum'].map((file) => readFile(join(source.moduleDir, file), 'utf8')),
          );
          expect(mod).toContain(source.package);
          expect(sum).toContain(`v${CATALOGUE[name].version} h1:`);
        }
      }
    },
  );

  it('downloads by https only', () => {
    const urls = TOOL_NAMES.flatMap((name) => CATALOGUE[name].sources).flatMap((source) =>
      source.kind === 'download' ? PLATFORMS.map((platform) => source.at(platform)?.url) : [],
    );

    for (const url of urls) expect(url ?? 'https://').toMatch(/^https:\/\//u);
  });

  it('names a variable for each tool', () => {
    expect(variableOf('kube-apiserver')).toBe('CUTOVER_KUBE_APISERVER');
    expect(variableOf('temporal-test-server')).toBe('CUTOVER_TEMPORAL_TEST_SERVER');
  });
});

describe('the platform', () => {
  it.each([
    ['linux', 'x64', { os: 'linux', arch: 'amd64' }],
    ['darwin', 'arm64', { os: 'darwin', arch: 'arm64' }],
  ])('%s on %s is known', (os, arch, expected) => {
    expect(currentPlatform(os, arch)).toEqual(expected);
  });

  it.each([
    ['win32', 'x64'],
    ['linux', 'ia32'],
  ])('%s on %s is refused with a clear message', (os, arch) => {
    expect(() => currentPlatform(os, arch)).toThrow(UnsupportedPlatformError);
    expect(() => currentPlatform(os, arch)).toThrow(`${os}/${arch}`);
  });
});

describe('progress without a terminal', () => {
  it('is one line for each event, and none for what is there already', () => {
    const lines: string[] = [];
    const view = lineView((line) => lines.push(line));

    view.report({ kind: 'present', tool: 'kubectl', version: '1' });
    view.report({ kind: 'step', tool: 'etcd', message: 'building with Go' });
    view.report({ kind: 'installed', tool: 'etcd', version: '3', from: 'go', seconds: 69 });

    expect(lines).toEqual(['[   0 s] etcd: building with Go', '[   0 s] etcd: 3 ready (go, 69 s)']);
  });
});
