/** An emulated AWS on an in-memory cluster backend, and real SDK clients for it. Delays are a tenth of the usual. */
import { EC2Client } from '@aws-sdk/client-ec2';
import {
  EKSClient,
  type CreateClusterCommandInput,
  type CreateNodegroupCommandInput,
} from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { startAwsWorld, type AwsWorld, type AwsWorldOptions } from '#sandbox/aws/aws-world.ts';
import { inMemoryBackend, type InMemoryBackend } from '#sandbox/aws/eks/in-memory-backend.ts';
import { ENGINE_CREDENTIALS, REGION, ROLES, SUBNETS } from '#sandbox/aws/seed.ts';

export interface WorldFixture {
  readonly world: AwsWorld;
  readonly backend: InMemoryBackend;
  readonly eks: EKSClient;
  readonly sts: STSClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  stop(): Promise<void>;
}

export async function startWorld(options: Partial<AwsWorldOptions> = {}): Promise<WorldFixture> {
  const backend = inMemoryBackend();
  const world = await startAwsWorld({ backend, delayScale: 0.1, ...options });
  const config = clientConfig(world.url);
  return {
    world,
    backend,
    eks: new EKSClient(config),
    sts: new STSClient(config),
    ec2: new EC2Client(config),
    iam: new IAMClient(config),
    stop: () => world.stop(),
  };
}

export const clientConfig = (
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string } = ENGINE_CREDENTIALS,
) => ({
  endpoint,
  region: REGION,
  credentials,
  maxAttempts: 1,
});

export const newCluster = (
  change: Partial<CreateClusterCommandInput> = {},
): CreateClusterCommandInput => ({
  name: 'shop-green',
  version: '1.35',
  roleArn: ROLES.cluster,
  resourcesVpcConfig: { subnetIds: SUBNETS.map(({ subnetId }) => subnetId) },
  accessConfig: { authenticationMode: 'API' },
  bootstrapSelfManagedAddons: false,
  ...change,
});

export const newNodegroup = (
  change: Partial<CreateNodegroupCommandInput> = {},
): CreateNodegroupCommandInput => ({
  clusterName: 'shop-green',
  nodegroupName: 'main',
  subnets: SUBNETS.map(({ subnetId }) => subnetId),
  nodeRole: ROLES.node,
  scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 },
  ...change,
});
