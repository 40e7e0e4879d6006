import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('bundle-workflows.ts', import.meta.url));
/** 2.5 MB today. */
const AT_MOST_BYTES = 64 * 2 ** 20;

/**
 * The workflows as one script, made from the sources in a process of its own: the bundler takes 155 MB (seen) that a worker would
 * hold for its whole life. Throws with what the bundler said.
 */
export async function bundleWorkflows(): Promise<{ readonly code: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], {
    maxBuffer: AT_MOST_BYTES,
  });
  return { code: stdout };
}
