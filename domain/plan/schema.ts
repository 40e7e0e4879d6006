/**
 * The plan file, whole: what people write (input) and what the engine gets (output).
 *
 * Invariants: unknown keys are errors everywhere; the output is JSON-safe, complete (every default filled in) and has
 * units in its names. Cross-field rules are not here, because zod skips an object's refinements when a field of it
 * fails: see `rules.ts`. Called by `check-plan.ts` and, for the JSON schema, `clients/plan-schema.ts`.
 */
import { z } from 'zod';
import { analysis } from './analysis.ts';
import { accesses, addons, blue, green } from './clusters.ts';
import { label, seconds, wholePercent } from './fields.ts';
import { identity } from './identity.ts';
import { gates, notify } from './people.ts';
import { preflight } from './preflight.ts';
import { rollback } from './rollback.ts';
import { traffic } from './traffic.ts';
import { singletons, smoke, workloads } from './workloads.ts';

const soak = z
  .strictObject({
    for: seconds('0s', '90d')
      .prefault('24h')
      .describe('How long to watch at 100 % green with blue hot.'),
    keepBlue: wholePercent(0, 10)
      .prefault('0%')
      .describe(
        'Share of requests that blue keeps during the soak, so that it stays warm and measured; at most 10%.',
      ),
  })
  .transform(({ for: forSeconds, keepBlue }) => ({ forSeconds, keepBluePercent: keepBlue }));

const drain = z
  .strictObject({
    quiet: seconds('1s', '7d')
      .prefault('2m')
      .describe('How long blue must have shown no request at all before it may be removed.'),
  })
  .transform(({ quiet }) => ({ quietSeconds: quiet }));

const spec = z.strictObject({
  access: accesses.describe('Accounts and regions, and the roles to use there.'),
  blue: blue.describe('The cluster that serves now.'),
  green: green.describe('The cluster that is to take over.'),
  preflight: preflight
    .exactOptional()
    .describe('What preflight may find without holding the migration.'),
  identity: identity
    .prefault({})
    .transform((written): typeof written | undefined => written)
    .describe('Roles that pods get by their cluster’s OIDC issuer (IRSA).'),
  addons: addons.prefault({}).describe('Versions of green’s add-ons, and their tests.'),
  workloads: workloads.describe('What is carried over, and how.'),
  singletons: singletons.prefault({}).describe('Work that must run in one cluster only.'),
  traffic: traffic.describe('Routes, steps, and what a rollback must keep.'),
  analysis: analysis.prefault({}).describe('What decides whether green is good.'),
  smoke: smoke.describe(
    'Questions green must answer before any user meets it. Default: GET /healthz gives 200.',
  ),
  gates: gates.describe('Where the migration waits for people.'),
  soak: soak.prefault({}).describe('The long watch at 100 % green.'),
  drain: drain.prefault({}).describe('The proof that blue is idle.'),
  rollback: rollback
    .prefault({})
    .describe('What a rollback leaves behind, and where it is written down.'),
  notify: notify.describe('How people are told. Default: the worker’s log.'),
});

/** The whole file. */
export const planSchema = z
  .strictObject({
    apiVersion: z.literal('cutover/v1').describe('Version of this format.'),
    kind: z.literal('ClusterMigration').describe('The only kind.'),
    metadata: z
      .strictObject({ name: label('a plan name').describe('Name of the plan, for people.') })
      .describe('Names the plan.'),
    spec: spec.describe('What to do.'),
  })
  .describe('Plan of one migration from a blue to a green EKS cluster.');
