import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** A program of its own, started by `workflow-bundle.ts`: prints the workflows as one script. */
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
  workflowInterceptorModules: [
    fileURLToPath(new URL('../workflows/one-clock.ts', import.meta.url)),
  ],
  logger: new DefaultLogger('ERROR'),
});
process.stdout.write(code);
