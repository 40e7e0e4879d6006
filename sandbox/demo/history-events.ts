import type { Client, WorkflowHandle } from '@temporalio/client';

type Events = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events'];

/** History events of all executions of one migration, followed from the first through every continue-as-new. */
export async function historyEvents(
  client: Client,
  workflowId: string,
  firstRunId: string,
): Promise<number> {
  let total = 0;
  let runId = firstRunId;
  while (runId !== '') {
    const { events }: { readonly events?: Events } = await client.workflow
      .getHandle(workflowId, runId)
      .fetchHistory();
    total += events?.length ?? 0;
    const next = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    runId = next ?? '';
  }
  return total;
}
