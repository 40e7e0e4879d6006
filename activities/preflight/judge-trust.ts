import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { CutoverFailure } from '#domain/failures.ts';
import {
  accountOf,
  accountRoles,
  issuerIn,
  rolesOf,
} from '#domain/workloads/service-account-roles.ts';
import { markOf } from '#domain/trust-policy/trust-policy.ts';
import { trustFindings, type RoleFacts } from '#domain/trust-policy/trust-findings.ts';
import { accessOf, blueRef, greenRef } from '#activities/access.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import { SERVICE_ACCOUNTS } from '#activities/kinds.ts';
import { listInNamespaces } from '#activities/list-in-namespaces.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { Access } from '#activities/ports/refs.ts';
import type { Tools } from '#activities/tools.ts';

/** So many roles are read at once; IAM lets an account ask some tens of times a second. */
const AT_ONCE = 8;

/** What stands against green's pods getting the roles of blue's, by their issuer and by Pod Identity. Reads only. */
export async function judgeTrust(
  tools: Tools,
  kubernetes: KubernetesCluster,
  { spec, resolved }: ResolvedInput,
  signal: AbortSignal,
): Promise<readonly ObjectFinding[]> {
  const { ports } = tools;
  const { namespaces } = spec.workloads;
  const access = accessOf(spec, 'blue');
  const [objects, cluster, adopted, byPodIdentity] = await Promise.all([
    listInNamespaces(kubernetes, SERVICE_ACCOUNTS, namespaces, signal),
    ports.clusters.describe(blueRef(spec), signal),
    ports.clusters.describe(greenRef(spec), signal),
    ports.clusterAccess.podIdentities(blueRef(spec), namespaces, signal),
  ]);
  const accounts = accountRoles(objects);
  if (accounts.length + byPodIdentity.length === 0) return [];
  const roles = rolesOf([...accounts, ...byPodIdentity]);
  const facts = new Map<string, RoleFacts>();
  for (let from = 0; from < roles.length; from += AT_ONCE)
    await Promise.all(
      roles
        .slice(from, from + AT_ONCE)
        .map(async (role) => facts.set(role, await readRole(tools, access, role, signal))),
    );
  const withRole = <Account extends { readonly roleArn: string }>(
    account: Account,
  ): Account & { readonly role: RoleFacts } => ({
    ...account,
    role: facts.get(account.roleArn) ?? { kind: 'missing' },
  });
  const blue = issuerIn(access.account, cluster?.issuer ?? '', resolved.blue.arn);
  const madeUp = blue.name.replace(/[^/]*$/u, (id) => 'G'.repeat(id.length));
  const green = issuerIn(access.account, adopted?.issuer ?? madeUp, resolved.blue.arn);
  return trustFindings({
    trustPolicies: spec.identity?.trustPolicies ?? null,
    accounts: accounts.map(withRole),
    podIdentities: byPodIdentity.map(withRole),
    blue: resolved.blue,
    sides: { blue, green, mark: markOf(green) },
  });
}

async function readRole(
  { ports }: Tools,
  access: Access,
  roleArn: string,
  signal: AbortSignal,
): Promise<RoleFacts> {
  if (accountOf(roleArn) !== access.account) return { kind: 'elsewhere' };
  try {
    return { kind: 'policy', policy: await ports.roleTrust.read(access, roleArn, signal) };
  } catch (cause) {
    if (!(cause instanceof CutoverFailure)) throw cause;
    if (cause.type === 'not-found') return { kind: 'missing' };
    if (cause.type === 'access-denied') return { kind: 'unreadable', why: 'it may not be read' };
    throw cause;
  }
}
