/** The machine the tools are for, in the words of the official download sites. */

export interface Platform {
  readonly os: 'linux' | 'darwin';
  readonly arch: 'amd64' | 'arm64';
}

export type PlatformKey = `${Platform['os']}-${Platform['arch']}`;

/** There are no servers for this machine. */
export class UnsupportedPlatformError extends Error {
  override readonly name = 'UnsupportedPlatformError';
  readonly platform: string;

  constructor(platform: string) {
    super(
      `the sandbox runs on Linux and macOS with x64 or arm64, not on ${platform}; ` +
        'on Windows use WSL 2, where this machine counts as Linux',
    );
    this.platform = platform;
  }
}

/** @throws UnsupportedPlatformError */
export function currentPlatform(
  os: string = process.platform,
  architecture: string = process.arch,
): Platform {
  const arch = architecture === 'x64' ? 'amd64' : architecture;
  if ((os === 'linux' || os === 'darwin') && (arch === 'amd64' || arch === 'arm64')) {
    return { os, arch };
  }
  throw new UnsupportedPlatformError(`${os}/${architecture}`);
}

export function platformKey({ os, arch }: Platform): PlatformKey {
  return `${os}-${arch}`;
}
