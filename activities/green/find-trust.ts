import { CutoverFailure } from '#domain/failures.ts';
import type { RoleTrustRecord } from '#domain/migration/migration-state.ts';
import {
  accountOf,
  accountRoles,
  issuerIn,
  rolesOf,
  type AccountRole,
} from '#domain/workloads/service-account-roles.ts';
import { markOf, namesProvider } from '#domain/trust-policy/trust-policy.ts';
import { accessOf, blueRef, greenRef } from '#activities/access.ts';
import type { GreenInput, ResolvedInput } from '#activities/contract.ts';
import { SERVICE_ACCOUNTS } from '#activities/kinds.ts';
import { listInNamespaces } from '#activities/list-in-namespaces.ts';
import type { Tools } from '#activities/tools.ts';

/** So many roles are remembered in the state: 200 ARNs are about 16 KB of its 64. */
const ROLES_AT_MOST = 200;

/**
 * Whose trust has to name green, and by which names: undefined where no service account of the plan's namespaces names a role, and for
 * plans that say nothing about it (those of earlier versions). Reads only.
 */
export async function findTrust(
  tools: Tools,
  input: GreenInput,
  signal: AbortSignal,
): Promise<RoleTrustRecord | undefined> {
  const { spec } = input;
  if (spec.identity === undefined) return undefined;
  const accounts = await blueAccountRoles(tools, input, signal);
  if (accounts.length === 0) return undefined;
  const blue = await issuerOf(tools, blueRef(spec), input, signal);
  const green = await issuerOf(tools, greenRef(spec), input, signal);
  const isLeft = spec.identity.trustPolicies === 'leave';
  const roles = isLeft ? [] : await rolesToExtend(tools, input, { accounts, blue }, signal);
  return { blue, green, mark: markOf(green), roles };
}

/** Blue's service accounts that name a role, in the plan's namespaces. */
export async function blueAccountRoles(
  { ports }: Tools,
  { spec, resolved }: ResolvedInput,
  signal: AbortSignal,
): Promise<readonly AccountRole[]> {
  const kubernetes = await ports.kubernetes.connect(blueRef(spec), resolved.blue, signal);
  const { namespaces } = spec.workloads;
  return accountRoles(await listInNamespaces(kubernetes, SERVICE_ACCOUNTS, namespaces, signal));
}

/** Roles trust the providers of their own account, so green's issuer is registered where blue's is. */
async function issuerOf(
  { ports }: Tools,
  cluster: Parameters<Tools['ports']['clusters']['describe']>[0],
  { spec }: GreenInput,
  signal: AbortSignal,
): Promise<RoleTrustRecord['blue']> {
  const found = await ports.clusters.describe(cluster, signal);
  if (found === null || found.issuer === null)
    throw new CutoverFailure('unexpected-shape', 'the cluster tells no OIDC issuer', {
      resource: found?.arn ?? cluster.name,
    });
  return issuerIn(accessOf(spec, 'blue').account, found.issuer, found.arn);
}

/** Roles of this account that trust blue. One that is not there, or is another account's, is nothing we could change. */
async function rolesToExtend(
  { ports }: Tools,
  { spec }: GreenInput,
  {
    accounts,
    blue,
  }: { readonly accounts: readonly AccountRole[]; readonly blue: RoleTrustRecord['blue'] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const access = accessOf(spec, 'blue');
  const roles: string[] = [];
  for (const roleArn of rolesOf(accounts)) {
    if (accountOf(roleArn) !== access.account) continue;
    const policy = await ports.roleTrust.read(access, roleArn, signal).catch(unlessMissing);
    if (policy !== null && namesProvider(policy, blue.providerArn)) roles.push(roleArn);
  }
  if (roles.length <= ROLES_AT_MOST) return roles;
  throw new CutoverFailure('limit-exceeded', `${roles.length} roles trust blue`, {
    resource: blue.providerArn,
    nextMove: `say \`identity.trustPolicies: leave\` and extend them yourself: this version changes at most ${ROLES_AT_MOST}`,
  });
}

function unlessMissing(cause: unknown): null {
  if (cause instanceof CutoverFailure && cause.type === 'not-found') return null;
  throw cause;
}
