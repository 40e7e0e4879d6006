/**
 * Names that make doing a thing twice equal to doing it once (I6). Everything derives from the migration's id,
 * which is new for each attempt, so that a second attempt never mistakes the first one's leftovers for its own.
 */

/** Who this migration is, in every activity's input. */
export interface MigrationRef {
  /** `migrate/<account>/<region>/<blue>`: the lock, one migration per cluster. */
  readonly workflowId: string;
  /** 12 hex characters, new for each attempt. */
  readonly migrationId: string;
}

/** Tag that says which migration line a resource belongs to; a green with another value is a stranger's. */
const WORKFLOW_ID_TAG = 'cutover/workflow-id';
/** Tag that says which attempt made a resource. */
export const MIGRATION_ID_TAG = 'cutover/migration-id';

/** One migration per blue cluster: Temporal refuses a second running workflow of the same id. */
export function workflowIdOf(blue: {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
}): string {
  return `migrate/${blue.account}/${blue.region}/${blue.cluster}`;
}

/**
 * The attempt's id, from the run id of its first execution. The tail is taken because the head of a version-7
 * uuid is a clock, equal for attempts started together.
 */
export function migrationIdOf(firstExecutionRunId: string): string {
  return firstExecutionRunId.replaceAll('-', '').slice(-12);
}

/** `clientRequestToken` of one step: the same step of the same attempt always asks with the same token. */
export function clientToken(ref: MigrationRef, step: string): string {
  return `cutover-${ref.migrationId}-${step}`;
}

/** Tags put on everything the migration creates. */
export function ownershipTags(ref: MigrationRef): Readonly<Record<string, string>> {
  return { [WORKFLOW_ID_TAG]: ref.workflowId, [MIGRATION_ID_TAG]: ref.migrationId };
}

/** May this migration adopt a resource with these tags? Same line of attempts: yes. Anything else: a stranger's. */
export function isOurs(ref: MigrationRef, tags: Readonly<Record<string, string>>): boolean {
  return tags[WORKFLOW_ID_TAG] === ref.workflowId;
}
