/**
 * EKS's access policies, made true with RBAC. On EKS an authorizer of its own evaluates them; here each access entry has a group
 * that the token webhook puts its principals into, and each association is a binding of that group.
 * Source: docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
import { createHash } from 'node:crypto';
import type { AccessScope } from '@aws-sdk/client-eks';
import type { KubernetesManifest } from './cluster-backend.ts';

const PREFIX = 'arn:aws:eks::aws:cluster-access-policy/';

/** Policy to the ClusterRole that gives (nearly) the same rights. */
const CLUSTER_ROLES: Readonly<Record<string, string>> = {
  AmazonEKSClusterAdminPolicy: 'cluster-admin',
  AmazonEKSAdminPolicy: 'admin',
  AmazonEKSEditPolicy: 'edit',
  AmazonEKSViewPolicy: 'view',
  AmazonEKSAdminViewPolicy: 'eks:admin-view',
};

export const CLUSTER_ADMIN_POLICY = `${PREFIX}AmazonEKSClusterAdminPolicy`;

/** Policies that can be associated, by name. */
export const ACCESS_POLICIES: readonly { readonly name: string; readonly arn: string }[] =
  Object.keys(CLUSTER_ROLES).map((name) => ({ name, arn: `${PREFIX}${name}` }));

/** The group of everyone who comes in through this entry. */
export const entryGroup = (principalArn: string): string =>
  `eks-access-entry:${digest(principalArn)}`;

/** Objects that grant a policy to an entry. */
export function policyManifests(
  principalArn: string,
  policyArn: string,
  scope: AccessScope,
): readonly KubernetesManifest[] {
  const policy = policyArn.slice(PREFIX.length);
  const roleName = CLUSTER_ROLES[policy] ?? '';
  const name = `eks-access-${digest(`${principalArn} ${policy}`)}`;
  const grant = {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
    subjects: [
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: entryGroup(principalArn) },
    ],
  };
  const roles = roleName === ADMIN_VIEW_ROLE.metadata.name ? [ADMIN_VIEW_ROLE] : [];
  if (scope.type !== 'namespace') {
    return [
      ...roles,
      { apiVersion: RBAC, kind: 'ClusterRoleBinding', metadata: { name }, ...grant },
    ];
  }
  return [
    ...roles,
    ...(scope.namespaces ?? []).map((namespace) => ({
      apiVersion: RBAC,
      kind: 'RoleBinding',
      metadata: { name, namespace },
      ...grant,
    })),
  ];
}

const RBAC = 'rbac.authorization.k8s.io/v1';

/** Reads everything, secrets included; Kubernetes has no such role of its own. */
const ADMIN_VIEW_ROLE = {
  apiVersion: RBAC,
  kind: 'ClusterRole',
  metadata: { name: 'eks:admin-view' },
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
};

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 20);
