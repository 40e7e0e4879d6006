/**
 * EKS's access policies as RBAC. On EKS an authorizer of AWS's own knows them; here a principal with an associated policy
 * is given the group of that policy by the token webhook, and these bindings say what the group may do in the whole cluster.
 * https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
import type { AdminClient } from './admin-client.ts';
import { untypedResource } from './kubernetes-object.ts';

const clusterRoleBindings = untypedResource({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
});

/** Access policy → the ClusterRole that Kubernetes ships with the same meaning. */
const ROLE_OF_POLICY = {
  AmazonEKSClusterAdminPolicy: 'cluster-admin',
  AmazonEKSAdminPolicy: 'admin',
  AmazonEKSEditPolicy: 'edit',
  AmazonEKSViewPolicy: 'view',
} as const;

export type AccessPolicyName = keyof typeof ROLE_OF_POLICY;

export function isAccessPolicyName(name: string): name is AccessPolicyName {
  return Object.hasOwn(ROLE_OF_POLICY, name);
}

/** The group a token webhook answers for a principal with that policy at cluster scope. */
export function groupOfAccessPolicy(policy: AccessPolicyName): string {
  return `eks:access-policy:${policy}`;
}

/** Made when a cluster starts; doing it twice changes nothing. */
export async function applyAccessPolicies(client: AdminClient): Promise<void> {
  await Promise.all(
    Object.keys(ROLE_OF_POLICY)
      .filter(isAccessPolicyName)
      .map((policy) =>
        client.apply(clusterRoleBindings, {
          metadata: { name: `eks:access-policy:${policy}` },
          roleRef: {
            apiGroup: 'rbac.authorization.k8s.io',
            kind: 'ClusterRole',
            name: ROLE_OF_POLICY[policy],
          },
          subjects: [
            {
              apiGroup: 'rbac.authorization.k8s.io',
              kind: 'Group',
              name: groupOfAccessPolicy(policy),
            },
          ],
        }),
      ),
  );
}
