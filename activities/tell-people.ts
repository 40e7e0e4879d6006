import { CutoverFailure } from '#domain/failures.ts';
import { thisRun } from './activity-run.ts';
import type { MigrationActivities } from './contract.ts';
import type { Tools } from './tools.ts';

/** Tells people by every target of the plan. Telling twice is allowed, telling nobody is not. */
export function tellPeople(tools: Tools): Pick<MigrationActivities, 'tellPeople'> {
  return {
    tellPeople: async ({ ref, spec, plan, notice }) => {
      const { signal } = thisRun(tools);
      const { workflowId, migrationId } = ref;
      const whole = { ...notice, workflowId, migrationId, plan };
      const told = await Promise.allSettled(
        spec.notify.map((target) => tools.ports.notifier.tell(target, whole, signal)),
      );
      signal.throwIfAborted();
      const failures = told.filter((result) => result.status === 'rejected');
      if (failures.length < told.length) return;
      throw new CutoverFailure('unavailable', 'nobody could be told', {
        resource: spec.notify.map((target) => target.with).join(', '),
        cause: failures[0]?.reason,
      });
    },
  };
}
