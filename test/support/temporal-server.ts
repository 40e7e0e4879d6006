import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/search-attributes.ts';

/** Timers of milliseconds, executions that follow each other at once, and as many questions as tests like. */
const HURRIED = [
  'history.timerProcessorMaxTimeShift="1ms"',
  'history.workflowIdReuseMinimalInterval="0s"',
  'frontend.namespaceRPS=100000',
  'frontend.rps=100000',
] as const;

/** Errors only from the SDK and its core; to be called before anything of theirs is made. */
export function quietTemporal(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: {
      logging: {
        forward: {},
        filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }),
      },
    },
  });
}

/** A Temporal dev server in a hurry, with our search attributes; `extraArgs` are those of `temporal server start-dev`. */
export async function hurriedServer(
  extraArgs: readonly string[] = [],
): Promise<TestWorkflowEnvironment> {
  const tools = await ensureTools(['temporal']);
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: tools.path('temporal') },
      searchAttributes: [...SEARCH_ATTRIBUTES],
      extraArgs: [
        ...extraArgs,
        ...HURRIED.flatMap((setting) => ['--dynamic-config-value', setting]),
      ],
    },
  });
}
