/** An old cluster beside blue, a stranger's instance on the hub, and a worker that finds itself in blue. */
import { writeFile } from 'node:fs/promises';
import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeClusterCommand,
} from '@aws-sdk/client-eks';
import { z } from 'zod';
import { workflowIdOf } from '#domain/identity.ts';
import { ACCOUNT_ID, REGION, ROLES, SUBNETS } from '#sandbox/aws/seed.ts';
import { untypedResource } from '#sandbox/kubernetes/kubernetes-object.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Hazard } from './hazard.ts';
import { adminOf, until, type World } from './world.ts';

/**
 * Admits by its aws-auth ConfigMap alone, is in extended support, has tags as if a migration of blue had made it, and another network
 * than EKS's. The engine made it, and is admitted by that.
 */
export const OLD_CLUSTER = 'harbour-old';
/** A green whose name is taken on the hub. */
export const STRANGE_GREEN = 'shop-strange';

export async function makeOldCluster({ engineEks: eks, sandbox }: World): Promise<void> {
  const owner = workflowIdOf({ account: ACCOUNT_ID, region: REGION, cluster: BLUE });
  await eks.send(
    new CreateClusterCommand({
      name: OLD_CLUSTER,
      version: '1.33',
      roleArn: ROLES.cluster,
      resourcesVpcConfig: { subnetIds: SUBNETS.map(({ subnetId }) => subnetId) },
      accessConfig: { authenticationMode: 'CONFIG_MAP' },
      tags: { 'cutover/workflow-id': owner },
    }),
  );
  await until(`${OLD_CLUSTER} to be ACTIVE`, async () => {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: OLD_CLUSTER }));
    return cluster?.status === 'ACTIVE';
  });
  await adminOf(sandbox, OLD_CLUSTER).delete(daemonSets, {
    name: 'aws-node',
    namespace: 'kube-system',
  });
  await eks.send(
    new CreateNodegroupCommand({
      clusterName: OLD_CLUSTER,
      nodegroupName: 'with-cilium',
      nodeRole: ROLES.node,
      subnets: SUBNETS.map(({ subnetId }) => subnetId),
      scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 1 },
    }),
  );
}

const daemonSets = untypedResource({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
});

const instances = untypedResource({
  apiVersion: 'kro.run/v1alpha1',
  kind: 'EksGreen',
  plural: 'eksgreens',
});

/** Of nobody's migration; its role is nobody's, too, so that no cluster comes of it. */
export async function putStrangersInstance({ hub }: World): Promise<void> {
  await hub.apply(instances, {
    metadata: { name: STRANGE_GREEN, namespace: 'default' },
    spec: {
      name: STRANGE_GREEN,
      version: '1.36',
      tags: { team: 'somebody' },
      roleARN: `arn:aws:iam::${ACCOUNT_ID}:role/nobody`,
      subnetIDs: SUBNETS.map(({ subnetId }) => subnetId),
    },
  });
}

const tokenRequestSchema = z.object({ status: z.object({ token: z.string() }) });

/** @param file where the worker looks for the token that EKS gives pods their AWS role by */
export async function putWorkerInBlue({ blue }: World, file: string): Promise<readonly Hazard[]> {
  const answer = await blue.raw({
    method: 'POST',
    path: '/api/v1/namespaces/shop/serviceaccounts/web/token',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: ['sts.amazonaws.com'], expirationSeconds: 3_600 },
    },
  });
  await writeFile(file, tokenRequestSchema.parse(answer).status.token, { mode: 0o600 });
  return [{ code: 'worker-in-blue', resource: BLUE }];
}

/** A client that goes on with an API which a version to come no longer serves. */
export async function askForOldApi({ blue }: World, path: string): Promise<void> {
  await blue.raw({ method: 'GET', path });
}
