/**
 * Refuses to start a migration on a rule, record or listener that another one moves. The claims are in each run's memo, so one
 * query tells; Temporal's index is a moment behind, so two starts in the same second are not told apart here: the guard of
 * either then sees the other's writes as somebody else's and holds.
 */
import { createHash } from 'node:crypto';
import { claimedPlaces } from '#domain/traffic/claimed-places.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { MIGRATE_CLUSTER } from '#workflows/messages.ts';
import { SharedPlaceError } from '../errors.ts';
import type { TemporalAccess } from '../temporal/connect.ts';

/** Where the claims are in a run's memo. */
export const PLACES_MEMO = 'places';
/** 48 bits: two of a thousand migrations with 250 routes each collide once in ten thousand years of daily starts. */
const HASH_DIGITS = 12;

/** What goes into the memo: a short hash of each place, because ARNs of 250 routes would make every listing heavy. */
export function claimsOf(plan: MigrationPlan): readonly string[] {
  return claimedPlaces(plan.spec).map(hashOf);
}

/** Throws `SharedPlaceError`. */
export async function refuseSharedPlaces(
  access: TemporalAccess,
  plan: MigrationPlan,
  workflowId: string,
): Promise<void> {
  const wanted = new Map(claimedPlaces(plan.spec).map((place) => [hashOf(place), place]));
  const query = `WorkflowType = '${MIGRATE_CLUSTER}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId: other, memo } of access.client.workflow.list({ query })) {
    if (other === workflowId) continue;
    const shared = textsOf(memo?.[PLACES_MEMO]).find((claim) => wanted.has(claim));
    if (shared !== undefined) throw new SharedPlaceError(other, wanted.get(shared) ?? shared);
  }
}

function hashOf(place: string): string {
  return createHash('sha256').update(place).digest('hex').slice(0, HASH_DIGITS);
}

function textsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const items: readonly unknown[] = value;
  return items.filter((item): item is string => typeof item === 'string');
}
