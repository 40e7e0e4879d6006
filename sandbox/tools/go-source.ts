/**
 * Builds a program from its published Go module. Versions and hashes are those of the go.mod and go.sum in `go/`; modules
 * come from whatever proxy the machine's Go is configured for. Builds run one after the other, since Go itself uses all
 * processors.
 */
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import type { Source } from './tool.ts';

/** The API server takes 7 minutes of processor time on a slow machine, of which this is a multiple. */
const BUILD_TIMEOUT_MS = 3_600_000;

/** Puts the program as `directory/program`. @throws CommandFailedError */
export async function buildWithGo(
  source: Extract<Source, { kind: 'go' }>,
  build: {
    readonly go: string;
    readonly directory: string;
    readonly program: string;
    readonly heartbeat: (elapsedSeconds: number) => void;
  },
): Promise<void> {
  await runCommand(
    build.go,
    [
      'build',
      '-mod=readonly',
      '-trimpath',
      '-buildvcs=false',
      `-ldflags=${source.ldflags}`,
      '-o',
      join(build.directory, build.program),
      source.package,
    ],
    {
      cwd: source.moduleDir,
      timeoutMs: BUILD_TIMEOUT_MS,
      heartbeat: build.heartbeat,
      // No toolchain fetched behind our back, and nobody's flags or workspace change what is built.
      env: { GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' },
    },
  );
}
