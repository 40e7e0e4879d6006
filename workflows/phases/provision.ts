import { done, intend } from '#domain/migration/effects.ts';
import type { Facts, RoleTrustRecord } from '#domain/migration/migration-state.ts';
import { withRolesOf } from '#domain/migration/role-trust-record.ts';
import { quick, waiting, working } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';

/** Green's control plane, nodes, access for the engine, and roles for its pods; no users yet. */
export async function provisionGreen(run: Run): Promise<PhaseResult> {
  const input = { ...run.activityInput, resolved: run.resolved };
  run.record((state) => intend(state, 'green-cluster', run.now()));
  const green = await quick('Create green, or find what an earlier attempt created').createGreen(
    input,
  );
  run.record((state) => ({ ...done(state, 'green-cluster', run.now()), green }));
  await waiting('Wait until green is active').awaitGreen(run.greenInput);
  const { trust, ...furnished } = await quick(
    'Create node groups and admit the engine',
  ).furnishGreen(run.greenInput);
  const extended = trust === undefined ? {} : await trustGreen(run, trust);
  const nodes = await waiting('Wait until nodes are ready').awaitNodegroups(run.greenInput);
  const proven = trust === undefined ? {} : await proveRoles(run, trust);
  return {
    status: 'done',
    facts: { version: green.version, ...furnished, ...extended, ...nodes, ...proven },
  };
}

/** Before nodes are waited for: IAM's edits take a while to be seen, and nodes take longer. */
async function trustGreen(run: Run, found: RoleTrustRecord): Promise<Facts> {
  run.record((state) => ({
    ...intend(state, 'role-trust', run.now()),
    trust: withRolesOf(state.trust, found),
  }));
  const facts = await working('Let roles of pods trust green').extendTrust({
    ...run.activityInput,
    trust: run.state.trust ?? found,
  });
  run.record((state) => done(state, 'role-trust', run.now()));
  return facts;
}

/** No pod comes up on green before this is a fact. */
async function proveRoles(run: Run, found: RoleTrustRecord): Promise<Facts> {
  return waiting("Prove that green's pods get their roles").proveRoles({
    ...run.greenInput,
    trust: run.state.trust ?? found,
  });
}
