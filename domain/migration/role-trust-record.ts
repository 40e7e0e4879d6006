import type { Facts, RoleTrustRecord } from './migration-state.ts';

/**
 * The record of a phase that is done again: roles that were extended before and are named by nobody now must be taken back all the
 * same (I9).
 */
export function withRolesOf(
  before: RoleTrustRecord | undefined,
  found: RoleTrustRecord,
): RoleTrustRecord {
  if (before?.mark !== found.mark) return found;
  return { ...found, roles: [...new Set([...before.roles, ...found.roles])] };
}

/**
 * What names blue's issuer when blue is gone. It is not ours, so it stays: its OIDC provider, and others' statements in the trust policies
 * of roles. It lets nobody in, since no cluster signs tokens of that issuer any more, and takes room in policies of 2,048 characters.
 */
export function leftTrustFacts(trust: RoleTrustRecord | undefined): Facts {
  return trust === undefined ? {} : { oidcProviderLeft: trust.blue.providerArn };
}

/** For the notice at the end; empty where no role trusted blue. */
export function describeLeftTrust(trust: RoleTrustRecord | undefined): string {
  if (trust === undefined) return '';
  const roles = trust.roles.length;
  const those = roles === 0 ? 'roles' : roles === 1 ? 'one role' : `${roles} roles`;
  return `Left as they were, for their owners to take away: blue's OIDC provider ${trust.blue.providerArn}, and the statements of ${those} that name it`;
}
