/** Entry of the workflow bundle; everything exported here is a workflow type. */
export { certifyAddons } from './certify-addons.ts';
export { migrateCluster } from './migrate-cluster.ts';
export { preflightPlan } from './preflight-plan.ts';
