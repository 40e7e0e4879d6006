/** Shorthand for the kinds of sources that several entries of the catalogue share. */
import type { PlatformKey } from './platform.ts';
import type { Source } from './tool.ts';

interface ReleaseAsset {
  readonly asset: string;
  /** Hash of the program inside; without it GitHub's digest of the asset is checked. */
  readonly program?: string;
}

export function githubRelease(
  repository: string,
  tag: string,
  assetFor: (key: PlatformKey) => ReleaseAsset,
): Source {
  return {
    kind: 'download',
    at: (key) => {
      const { asset, program } = assetFor(key);
      return {
        url: `https://github.com/${repository}/releases/download/${tag}/${asset}`,
        archive: /\.(?:tar\.gz|zip)$/u.test(asset),
        checksum:
          program === undefined
            ? {
                kind: 'github',
                release: `https://api.github.com/repos/${repository}/releases/tags/${tag}`,
              }
            : { kind: 'pinned', program },
      };
    },
  };
}

/** Servers are published for Linux only; kubectl for macOS too. */
export function kubernetesRelease(tag: string, program: string): Source {
  return {
    kind: 'download',
    at: (key) => {
      if (key.startsWith('darwin') && program !== 'kubectl') return undefined;
      const url = `https://dl.k8s.io/release/${tag}/bin/${key.replace('-', '/')}/${program}`;
      return { url, checksum: { kind: 'published', url: `${url}.sha256` } };
    },
  };
}

export function goBuild(moduleDir: string, packagePath: string, variables = ''): Source {
  return { kind: 'go', moduleDir, package: packagePath, ldflags: `-s -w ${variables}`.trim() };
}
