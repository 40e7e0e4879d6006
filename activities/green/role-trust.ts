import { CutoverFailure } from '#domain/failures.ts';
import { isOurs, ownershipTags } from '#domain/identity.ts';
import {
  accountOf,
  placeOfAccount,
  rolesOf,
  type AccountRole,
} from '#domain/workloads/service-account-roles.ts';
import { admission } from '#domain/trust-policy/admission.ts';
import { twinsFor, withoutTwins, withTwins } from '#domain/trust-policy/trust-policy.ts';
import { accessOf, blueRef, greenRef } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { GreenInput, MigrationActivities, TrustInput } from '#activities/contract.ts';
import { blueAccountRoles } from './find-trust.ts';
import type { Tools } from '#activities/tools.ts';
import { copyServiceAccounts } from '#activities/workloads/workloads.ts';

/**
 * Roles of pods by OIDC (IRSA): green's issuer is made known to IAM, roles that trust blue come to trust green, that a pod of green
 * would get them is proven before any comes up, and all of it is taken back by a rollback.
 */
export function roleTrust(
  tools: Tools,
): Pick<MigrationActivities, 'extendTrust' | 'proveRoles' | 'withdrawTrust'> {
  const { ports, timings } = tools;
  return {
    extendTrust: async (input) => {
      const run = thisRun(tools);
      const { ref, spec, trust } = input;
      const access = accessOf(spec, 'blue');
      await ports.roleTrust.registerIssuer(access, trust.green, ownershipTags(ref), run.signal);
      await extendRoles(tools, input, run);
      return { rolesExtended: trust.roles.length };
    },

    proveRoles: async (input) => {
      const run = thisRun(tools);
      const accounts = await accountsToProve(tools, input, run.signal);
      await copyServiceAccounts(tools, input, accounts, run);
      // STS may still go by a policy of a moment ago: one that somebody's edit lost ours from since then.
      await extendRoles(tools, input, run);
      const cluster = { ...greenRef(input.spec), identity: input.green };
      for (const account of accounts) {
        const refusal = await ports.roleTrust.whyRefused(cluster, account, run.signal);
        if (refusal === null) continue;
        const what = `STS does not give the role to ${placeOfAccount(account)} on green (${refusal})`;
        if (run.elapsedMs() < timings.roleWithinMs) throw run.waiting(what, account.roleArn);
        throw new CutoverFailure('role-not-assumable', what, {
          resource: account.roleArn,
          nextMove: await nextMove(tools, input, account, run.signal),
        });
      }
      return { rolesProven: accounts.length };
    },

    withdrawTrust: async ({ ref, spec, trust }) => {
      const run = thisRun(tools);
      const access = accessOf(spec, 'blue');
      const withdraw = async (): Promise<void> => {
        for (const roleArn of trust.roles) {
          run.heartbeat();
          const without = (policy: string): string => withoutTwins(policy, trust.mark);
          await unlessGone(ports.roleTrust.change(access, roleArn, without, run.signal));
        }
      };
      await withdraw();
      // A write of an attempt that was given up may still land (I6).
      await run.rest(timings.lateWriteMs);
      await withdraw();
      await ports.roleTrust.removeIssuer(
        access,
        trust.green.providerArn,
        (tags) => isOurs(ref, tags),
        run.signal,
      );
    },
  };
}

/** Those that get their role on blue: what does not work there is no reason to hold a migration. */
async function accountsToProve(
  tools: Tools,
  input: TrustInput & GreenInput,
  signal: AbortSignal,
): Promise<readonly AccountRole[]> {
  const accounts = await blueAccountRoles(tools, input, signal);
  const policies = new Map<string, RolePolicy>();
  for (const roleArn of rolesOf(accounts))
    policies.set(roleArn, await policyOf(tools, input, roleArn, signal));
  return accounts.filter((account) => {
    const policy = policies.get(account.roleArn) ?? 'hidden';
    if (policy === 'missing') return false;
    return policy === 'hidden' || admission(policy.text, input.trust.blue, account) !== 'no';
  });
}

/** `hidden`: we may not look, which is no reason not to try the role. */
type RolePolicy = { readonly text: string } | 'hidden' | 'missing';

async function policyOf(
  { ports }: Tools,
  { spec }: TrustInput,
  roleArn: string,
  signal: AbortSignal,
): Promise<RolePolicy> {
  const access = accessOf(spec, 'blue');
  if (accountOf(roleArn) !== access.account) return 'hidden';
  try {
    return { text: await ports.roleTrust.read(access, roleArn, signal) };
  } catch (cause) {
    if (!(cause instanceof CutoverFailure)) throw cause;
    if (cause.type === 'access-denied') return 'hidden';
    if (cause.type === 'not-found') return 'missing';
    throw cause;
  }
}

/** By one role after the other; where a statement of ours is there already, nothing is written. */
async function extendRoles(
  { ports }: Tools,
  { spec, trust }: TrustInput,
  run: ActivityRun,
): Promise<void> {
  for (const roleArn of trust.roles) {
    run.heartbeat();
    const extend = (policy: string): string => withTwins(policy, trust);
    await ports.roleTrust.change(accessOf(spec, 'blue'), roleArn, extend, run.signal);
  }
}

/** What a person writes where we wrote nothing, word for word. */
async function nextMove(
  tools: Tools,
  input: TrustInput & GreenInput,
  account: AccountRole,
  signal: AbortSignal,
): Promise<string | null> {
  const { trust, spec } = input;
  if (trust.roles.includes(account.roleArn))
    return `look at the role’s trust policy: our statement (Sid ${trust.mark}…) is there, and something else in it, or the OIDC provider ${trust.green.providerArn}, keeps the service account out`;
  const policy = await policyOf(tools, input, account.roleArn, signal);
  const twins = typeof policy === 'string' ? [] : twinsFor(policy.text, trust);
  if (twins.length === 0)
    return `let the role trust ${trust.green.providerArn} for system:serviceaccount:${account.namespace}:${account.name} as it trusts ${blueRef(spec).name}’s, then start again`;
  return `add to the role’s trust policy: ${twins.map((twin) => JSON.stringify(twin)).join(', ')}; then start again`;
}

async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (cause) {
    if (!(cause instanceof CutoverFailure && cause.type === 'not-found')) throw cause;
  }
}
