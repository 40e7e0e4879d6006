import type { AddonMatrix, AddonVersion } from '#domain/addon-matrix/addon-matrix.ts';
import type { ProbeReport } from '#domain/addon-probes/probe-result.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/** What clients send and get of a certification. */
export interface CertifyInput {
  /** Says which cluster the throw-away one is made like, how versions are chosen, and what the probes need. */
  readonly plan: MigrationPlan;
  /** Of this workflow: what an earlier run of it left is known by it. */
  readonly workflowId: string;
  /** Minor, such as `1.36`. */
  readonly kubernetes: string;
  /** What was tried before; where nothing is new, nothing is made. */
  readonly known: AddonMatrix;
}

export type CertifyResult =
  | { readonly kind: 'nothing-new'; readonly addons: readonly AddonVersion[] }
  | {
      readonly kind: 'tried';
      readonly addons: readonly AddonVersion[];
      readonly report: ProbeReport;
      /** Day of the verdict, UTC. */
      readonly date: string;
    };

/** The workflow's registered name. */
export const CERTIFY_ADDONS = 'certifyAddons';
