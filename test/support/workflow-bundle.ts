import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** The workflow bundle: `npm test` makes one for all files; a file run alone makes its own. */
export async function workflowBundle(): Promise<{ readonly code: string }> {
  const codePath = process.env['CUTOVER_TEST_BUNDLE'];
  if (codePath !== undefined) return { code: await readFile(codePath, 'utf8') };
  return { code: await bundleWorkflows() };
}

/** Makes the bundle from the sources. */
export async function bundleWorkflows(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  return code;
}
