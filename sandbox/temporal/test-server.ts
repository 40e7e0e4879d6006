/**
 * Path of the time-skipping test server, for `TestWorkflowEnvironment.createTimeSkipping`:
 * `{ server: { executable: { type: 'existing-path', path: await timeSkippingServer() } } }`.
 */
import { ensureTools } from '../tools/ensure-tools.ts';

/** `CUTOVER_TEMPORAL_TEST_SERVER` where set, else the pinned version. @throws ToolMissingError */
export async function timeSkippingServer(): Promise<string> {
  return (await ensureTools(['temporal-test-server'])).path('temporal-test-server');
}
