/**
 * What becomes of the trust policies of roles that pods get by their cluster's OIDC issuer. Called by `schema.ts`.
 */
import { z } from 'zod';

export const identity = z.strictObject({
  trustPolicies: z
    .enum(['extend', 'leave'])
    .default('extend')
    .describe(
      'extend: each role that blue’s service accounts name gets a statement of ours for green’s issuer, taken back by a rollback. leave: we write none, for roles that Terraform or the like owns; that green’s pods get them is proven all the same.',
    ),
});
