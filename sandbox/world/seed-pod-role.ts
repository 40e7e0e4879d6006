/**
 * A role that pods of one service account get by their cluster's OIDC issuer (IRSA), as a platform team has it: the issuer's provider,
 * and a role that trusts it for the account.
 */
import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';

export interface PodRole {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleName: string;
}

/** Returns the role's ARN. The cluster is ACTIVE. */
export async function seedPodRole(
  { eks, iam }: { readonly eks: EKSClient; readonly iam: IAMClient },
  { cluster: name, namespace, serviceAccount, roleName }: PodRole,
): Promise<string> {
  const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
  const Url = cluster?.identity?.oidc?.issuer ?? '';
  const ClientIDList = ['sts.amazonaws.com'];
  const { OpenIDConnectProviderArn: Federated } = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url, ClientIDList }),
  );
  const issuer = Url.replace('https://', '');
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Pods',
        Effect: 'Allow',
        Principal: { Federated },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
            [`${issuer}:aud`]: 'sts.amazonaws.com',
          },
        },
      },
    ],
  });
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument }),
  );
  return Role?.Arn ?? '';
}
