import { readFile } from 'node:fs/promises';
import { bundleWorkflows } from '#workers/workflow-bundle.ts';

/** The workflow bundle: `npm test` makes one for all files; a file run alone makes its own. */
export async function workflowBundle(): Promise<{ readonly code: string }> {
  const codePath = process.env['CUTOVER_TEST_BUNDLE'];
  if (codePath !== undefined) return { code: await readFile(codePath, 'utf8') };
  return bundleWorkflows();
}
