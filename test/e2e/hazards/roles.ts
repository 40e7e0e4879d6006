/** Roles that green's pods would not get, or that name blue: by their cluster's issuer (IRSA) and by Pod Identity. */
import { CreatePodIdentityAssociationCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { ACCOUNT_ID, ROLES } from '#sandbox/aws/seed.ts';
import { SHOP_NAMESPACE_NAME } from '#sandbox/shop/manifests.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Hazard } from './hazard.ts';
import { writeAll, type Written } from './objects.ts';
import { until, type World } from './world.ts';

/** Of the 2,048 characters that IAM takes, so many that a second statement does not fit. */
const CROWDED_CHARACTERS = 1_900;

export async function makeRoles(world: World): Promise<readonly Hazard[]> {
  const crowded = await createRole(world, 'shop-crowded', await crowdedPolicy(world));
  const sessions = await createRole(world, 'shop-sessions', sessionsPolicy());
  await until('Pod Identity to know the role', async () => {
    const account = { namespace: SHOP_NAMESPACE_NAME, serviceAccount: 'sessions' };
    await world.eks.send(
      new CreatePodIdentityAssociationCommand({ clusterName: BLUE, roleArn: sessions, ...account }),
    );
    return true;
  });
  await writeAll(world.blue, [
    account('crowded', crowded),
    account('abroad', 'arn:aws:iam::444455556666:role/abroad'),
    // It trusts Pod Identity alone.
    account('refused', ROLES.orders),
  ]);
  return [
    { code: 'trust-policy-long', resource: 'ServiceAccount shop/crowded' },
    { code: 'trust-names-blue', resource: 'ServiceAccount shop/sessions' },
    { code: 'role-not-extendable', resource: 'ServiceAccount shop/abroad' },
    { code: 'role-refuses-blue', resource: 'ServiceAccount shop/refused' },
  ];
}

function account(name: string, roleArn: string): Written {
  const annotations = { 'eks.amazonaws.com/role-arn': roleArn };
  return { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', name, annotations };
}

async function createRole({ iam }: World, RoleName: string, policy: object): Promise<string> {
  const AssumeRolePolicyDocument = JSON.stringify(policy);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return Role?.Arn ?? '';
}

/** Lets the account in by blue's issuer, and is nearly full. */
async function crowdedPolicy({ eks }: World): Promise<object> {
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: BLUE }));
  const issuer = (cluster?.identity?.oidc?.issuer ?? '').replace('https://', '');
  const sub = `system:serviceaccount:${SHOP_NAMESPACE_NAME}:crowded`;
  const statements = [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${issuer}:sub`]: sub } },
    },
  ];
  const policyWith = (externalId: string): object => ({
    Version: '2012-10-17',
    Statement: [
      ...statements,
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
    ],
  });
  const missing = CROWDED_CHARACTERS - JSON.stringify(policyWith('')).length;
  return policyWith('x'.repeat(missing));
}

function sessionsPolicy(): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: { StringEquals: { 'aws:RequestTag/eks-cluster-name': BLUE } },
      },
    ],
  };
}
