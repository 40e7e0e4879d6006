/** What a role may not ask for: EC2, quotas, blue's metrics, a fresh look of EKS at its insights. */
import {
  AssociateAccessPolicyCommand,
  DisassociateAccessPolicyCommand,
  paginateListInsights,
  type InsightSummary,
} from '@aws-sdk/client-eks';
import { z } from 'zod';
import { CLUSTER_ADMIN_POLICY, entryGroup } from '#sandbox/aws/eks/access-policies.ts';
import { ROLES } from '#sandbox/aws/seed.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Hazard } from './hazard.ts';
import { setAtEks, until, type World } from './world.ts';

/** Reads all objects, and nothing that is no object. */
const VIEW_POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy';
/** Older than what is taken for fresh, younger than what is taken for unknown. */
const AGE_HOURS = 5;

export async function denyReads(world: World): Promise<readonly Hazard[]> {
  const { faults } = world.sandbox.aws;
  for (const operation of ['DescribeSubnets', 'DescribeSecurityGroups'])
    faults.add({ service: 'ec2', operation, effect: denied('UnauthorizedOperation') });
  const refresh = { service: 'eks', operation: 'StartInsightsRefresh' };
  faults.add({ ...refresh, effect: denied('AccessDeniedException') });
  const quotas = { service: 'servicequotas', operation: 'GetServiceQuota' };
  faults.add({ ...quotas, effect: denied('AccessDeniedException') });
  await Promise.all([ageInsights(world), viewOnly(world)]);
  return (
    [
      'subnets-unread',
      'groups-unread',
      'quotas-unread',
      'insights-not-refreshed',
      'deprecated-apis-unread',
    ] as const
  ).map((code) => ({ code, resource: BLUE }));
}

function denied(code: string) {
  const message = 'The role of the engine may not do this.';
  return { kind: 'error', code, status: 403, message } as const;
}

async function ageInsights(world: World): Promise<void> {
  const pages = paginateListInsights({ client: world.eks }, { clusterName: BLUE });
  const all: InsightSummary[] = [];
  for await (const { insights = [] } of pages) all.push(...insights);
  for (const { name, kubernetesVersion, insightStatus } of all)
    await setAtEks(world, `insights/${BLUE}`, {
      name,
      kubernetesVersion,
      status: insightStatus?.status,
      reason: insightStatus?.reason,
      ageHours: AGE_HOURS,
    });
}

const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

async function viewOnly({ eks, blue }: World): Promise<void> {
  const entry = { clusterName: BLUE, principalArn: ROLES.engine };
  await eks.send(
    new AssociateAccessPolicyCommand({
      ...entry,
      policyArn: VIEW_POLICY,
      accessScope: { type: 'cluster' },
    }),
  );
  await eks.send(
    new DisassociateAccessPolicyCommand({ ...entry, policyArn: CLUSTER_ADMIN_POLICY }),
  );
  await until('the engine to be refused', async () => {
    const review = await blue.raw({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: 'engine',
          groups: [entryGroup(ROLES.engine)],
          nonResourceAttributes: { path: '/metrics', verb: 'get' },
        },
      },
    });
    return !reviewSchema.parse(review).status.allowed;
  });
}
