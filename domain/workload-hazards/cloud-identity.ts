import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { hazard, ofKind, type HazardFacts } from './hazard.ts';

/** Source: Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts". */
const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';

/**
 * Roles that pods get by their cluster's own OIDC issuer (IRSA): a role trusts issuers one by one, and green's does not exist before
 * green does. By Pod Identity they are copied with green's access.
 */
export function cloudIdentityHazards(facts: HazardFacts): readonly ObjectFinding[] {
  return ofKind(facts, 'ServiceAccount').flatMap((account) => {
    const roleArn = account.metadata.annotations?.[ROLE_ANNOTATION];
    if (roleArn === undefined) return [];
    return [
      hazard(account, 'role-trusts-blue', 'warn', {
        title: 'its pods get no credentials on green until their role trusts green’s OIDC issuer',
        evidence: `annotation ${ROLE_ANNOTATION}: ${roleArn}`,
        remedy:
          'give it a Pod Identity association on blue, which green gets as well; or make green’s OIDC provider and extend the role’s trust policy before its workloads come up',
        source:
          'https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html',
      }),
    ];
  });
}
