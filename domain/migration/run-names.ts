/**
 * What a run and its parts are called on the server, for whoever meets runs there without knowing the workflow code: workers ask
 * for runs by these names.
 */
export const RUN_NAMES = {
  /** The workflow's registered name. */
  workflow: 'migrateCluster',
  /** Search attribute: green's greatest share over all routes, percent. */
  greenWeight: 'CutoverGreenWeight',
  /** The query that tells a guard what weights its run expects. */
  weights: 'weights',
  /** The signal that decides nothing, and makes a run look whether it is to move. */
  wake: 'wake',
} as const;
