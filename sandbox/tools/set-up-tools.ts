/** `ensureTools` with its progress on stderr: what every program that starts servers does first. */
import { ensureTools, type ToolPaths } from './ensure-tools.ts';
import { showProgress } from './show-progress.ts';
import type { ToolName } from './tool.ts';

/** @throws ToolMissingError, ToolPathError, UnsupportedPlatformError */
export async function setUpTools(names: readonly ToolName[]): Promise<ToolPaths> {
  const view = showProgress(names, process.stderr);
  try {
    return await ensureTools(names, { report: view.report });
  } finally {
    await view.close();
  }
}
