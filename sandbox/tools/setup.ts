/**
 * `npm run setup [TOOL…]`: makes the programs of the sandbox ready, all of them or those named, and says where they are.
 * Exit codes: 0 ready; 1 something is missing (named with its remedy); 64 an unknown name.
 */
import { isToolName } from './catalogue.ts';
import { ensureTools } from './ensure-tools.ts';
import { ToolPathError } from './find-on-path.ts';
import { UnsupportedPlatformError } from './platform.ts';
import { showProgress } from './show-progress.ts';
import { ToolMissingError } from './tool-missing-error.ts';
import { TOOL_NAMES } from './tool.ts';

process.exitCode = await setUp(process.argv.slice(2));

async function setUp(asked: readonly string[]): Promise<number> {
  const unknown = asked.filter((name) => !isToolName(name));
  if (unknown.length > 0) {
    say(`unknown: ${unknown.join(', ')}; the tools are ${TOOL_NAMES.join(', ')}`);
    return 64;
  }
  const names = asked.length === 0 ? TOOL_NAMES : asked.filter(isToolName);
  const view = showProgress(names, process.stderr);
  try {
    const tools = await ensureTools(names, { report: view.report });
    await view.close();
    for (const name of names) process.stdout.write(`${name} ${tools.path(name)}\n`);
    return 0;
  } catch (cause) {
    await view.close();
    if (!isKnown(cause)) throw cause;
    say(cause.message);
    return 1;
  }
}

function isKnown(cause: unknown): cause is Error {
  return (
    cause instanceof ToolMissingError ||
    cause instanceof ToolPathError ||
    cause instanceof UnsupportedPlatformError
  );
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
