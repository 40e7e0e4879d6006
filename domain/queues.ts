/** Temporal task queues, separate so that a rollback never queues behind a provision (DESIGN section 6). */
export const QUEUES = {
  /** Workflows and quick activities. */
  main: 'cutover',
  /** Provisioning and other waits of minutes. */
  waits: 'cutover-waits',
  /** Weights and rollback; its slots are reserved. */
  traffic: 'cutover-traffic',
  /** One long activity per guarded migration. */
  guard: 'cutover-guard',
} as const;
