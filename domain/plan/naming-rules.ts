/**
 * Cross-field rules about names: clusters, roles, namespaces, Deployments, approvers.
 * Called by `rules.ts`.
 */
import { accountOfRole } from './arns.ts';
import { accountField, blue, roleArnField } from './clusters.ts';
import { approverField } from './people.ts';
import { describeValue, type PlanPath, type PlanProblem } from './problems.ts';
import { type Named, repeats } from './repeats.ts';
import { at, items, valid } from './tree.ts';
import { deploymentField, namespaceField } from './workloads.ts';

const NAMESPACES = ['spec', 'workloads', 'namespaces'];
const DEPLOYMENTS = ['spec', 'singletons', 'deployments'];

export const namingRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  greenIsAnotherCluster,
  rolesLiveInTheirAccount,
  namesInListsAreUnique,
  deploymentsAreCarriedOver,
];

function greenIsAnotherCluster(tree: unknown): readonly PlanProblem[] {
  const path = ['spec', 'green', 'cluster'];
  const greenName = valid(blue.shape.cluster, at(tree, path));
  const blueName = valid(blue.shape.cluster, at(tree, ['spec', 'blue', 'cluster']));
  if (greenName === undefined || greenName !== blueName) return [];
  const found = `${describeValue(greenName)}, which is blue`;
  return [
    { path, about: 'value', found, allowed: 'the name of another cluster than spec.blue.cluster' },
  ];
}

/** Assuming a role gives the role's account, so an access that names two accounts cannot be meant. */
function rolesLiveInTheirAccount(tree: unknown): readonly PlanProblem[] {
  return ['default', 'blue', 'green', 'loadBalancer', 'dns', 'hub'].flatMap((side) => {
    const path = ['spec', 'access', side, 'roleArn'];
    const roleArn = valid(roleArnField, at(tree, path));
    const account = valid(accountField, at(tree, ['spec', 'access', side, 'account']));
    const roleAccount = roleArn === undefined ? undefined : accountOfRole(roleArn);
    if (account === undefined || roleAccount === undefined || roleAccount === account) return [];
    const found = `a role of account ${roleAccount}`;
    return [{ path, about: 'value' as const, found, allowed: `a role of account ${account}` }];
  });
}

function namesInListsAreUnique(tree: unknown): readonly PlanProblem[] {
  const lists: readonly {
    readonly path: PlanPath;
    readonly field: typeof namespaceField;
    readonly what: string;
  }[] = [
    { path: NAMESPACES, field: namespaceField, what: 'namespace' },
    { path: DEPLOYMENTS, field: deploymentField, what: 'Deployment' },
    { path: ['spec', 'gates', 'shift', 'approvers'], field: approverField, what: 'approver' },
    { path: ['spec', 'gates', 'retire', 'approvers'], field: approverField, what: 'approver' },
  ];
  return lists.flatMap(({ path, field, what }) => {
    const named = items(at(tree, path)).flatMap((item, index): Named[] => {
      const name = valid(field, item);
      return name === undefined ? [] : [{ path: [...path, index], name }];
    });
    return repeats(named, `each ${what} once`);
  });
}

/** A Deployment that is not on green cannot be handed over to it (I7). */
function deploymentsAreCarriedOver(tree: unknown): readonly PlanProblem[] {
  const namespaces = items(at(tree, NAMESPACES));
  if (namespaces.length === 0) return [];
  return items(at(tree, DEPLOYMENTS)).flatMap((item, index) => {
    const deployment = valid(deploymentField, item);
    const namespace = deployment?.split('/')[0];
    if (namespace === undefined || namespaces.includes(namespace)) return [];
    return [
      {
        path: [...DEPLOYMENTS, index],
        about: 'value' as const,
        found: `${describeValue(deployment)}, whose namespace is not carried over`,
        allowed: 'a Deployment in one of spec.workloads.namespaces',
      },
    ];
  });
}
