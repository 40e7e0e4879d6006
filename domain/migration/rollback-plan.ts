import { assertNever } from '#domain/assert-never.ts';
import { isStanding } from './effects.ts';
import type { MigrationState } from './migration-state.ts';
import { greenMayHaveUsers } from '#domain/traffic/traffic-plan.ts';
import { worstFirst } from '#domain/traffic/worst-first.ts';

/**
 * What a rollback would do now, as a value: `cutover rollback --dry-run` prints it and the workflow performs it.
 * It undoes whatever was *intended* (I9), users first: all new requests to blue, then singletons, then
 * everything that was only prepared. Performing an action and recording it makes it leave the plan, so a rollback
 * interrupted anywhere goes on where it was.
 */
export type RollbackAction =
  | { readonly kind: 'weights-to-blue'; readonly routeIds: readonly string[] }
  | { readonly kind: 'return-singletons' }
  | { readonly kind: 'shed-green' }
  | { readonly kind: 'remove-smoke-rule'; readonly routeId: string }
  | { readonly kind: 'detach-green'; readonly routeIds: readonly string[] }
  | { readonly kind: 'restore-blue-floor' }
  | { readonly kind: 'withdraw-trust' }
  | { readonly kind: 'delete-green' };

/** The actions still to do, in order; empty when everything is as it was. Refused after commit. */
export function rollbackPlan(
  state: MigrationState,
  green: 'keep' | 'delete',
): { readonly refused: string } | { readonly actions: readonly RollbackAction[] } {
  if (state.committed !== null)
    return {
      refused: `committed at ${state.committed.at}: blue is being removed, from here we only repair forward`,
    };
  const routes = state.resolved?.routes ?? [];
  const actions: RollbackAction[] = [];
  if (greenMayHaveUsers(state))
    actions.push({
      kind: 'weights-to-blue',
      routeIds: worstFirst(Object.entries(state.weights), ([, weight]) =>
        greenPercentOf(weight),
      ).map(([id]) => id),
    });
  if (isStanding(state, 'singletons')) actions.push({ kind: 'return-singletons' });
  // After singletons: they wait for nothing, and it for the load balancer's own delay.
  if (isStanding(state, 'green-connections')) actions.push({ kind: 'shed-green' });
  for (const route of routes)
    if (isStanding(state, `smoke-rule/${route.id}`))
      actions.push({ kind: 'remove-smoke-rule', routeId: route.id });
  const attached = routes
    .map((route) => route.id)
    .filter((id) => isStanding(state, `attachment/${id}`));
  if (attached.length > 0) actions.push({ kind: 'detach-green', routeIds: attached });
  // Blue has its users again: its autoscalers see them and may decide.
  if (isStanding(state, 'blue-floor')) actions.push({ kind: 'restore-blue-floor' });
  // Also where green is kept: its pods have no users, and nobody else's policy keeps a sentence of ours.
  if (isStanding(state, 'role-trust')) actions.push({ kind: 'withdraw-trust' });
  if (green === 'delete' && isStanding(state, 'green-cluster'))
    actions.push({ kind: 'delete-green' });
  return { actions };
}

/** One line per action, for people. */
export function describeAction(action: RollbackAction): string {
  switch (action.kind) {
    case 'weights-to-blue':
      return `send 100 % of new requests to blue on ${action.routeIds.join(', ')}, read back, and verify by observed traffic`;
    case 'return-singletons':
      return 'hold the singletons on green, then release them on blue';
    case 'shed-green':
      return "take green's targets out, so that long-lived connections leave it";
    case 'remove-smoke-rule':
      return `remove the temporary smoke rule of route ${action.routeId}`;
    case 'detach-green':
      return `take green off ${action.routeIds.join(', ')} and leave the rules as they were found`;
    case 'restore-blue-floor':
      return "give blue's autoscalers their floors back and release its nodes";
    case 'withdraw-trust':
      return "take green's issuer and our statements out of the trust policies of roles, and leave what others wrote";
    case 'delete-green':
      return 'delete the green cluster (the plan says so)';
    default:
      return assertNever(action);
  }
}

function greenPercentOf({ intended, readBack }: MigrationState['weights'][string]): number {
  return Math.max(intended, readBack ?? 0);
}
