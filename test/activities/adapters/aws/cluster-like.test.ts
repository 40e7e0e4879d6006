import type { Cluster } from '@aws-sdk/client-eks';
import { clusterLike } from '#activities/adapters/aws/cluster-like.ts';
import { nodegroupLike } from '#activities/adapters/aws/nodegroup-like.ts';
import { identity } from '#test/contract/eks-under-test.ts';

const BLUE: Cluster = {
  name: 'shop-blue',
  arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop-blue',
  version: '1.34',
  roleArn: 'arn:aws:iam::111122223333:role/cluster',
  resourcesVpcConfig: {
    subnetIds: ['subnet-a', 'subnet-b'],
    securityGroupIds: ['sg-1'],
    clusterSecurityGroupId: 'sg-blue',
    vpcId: 'vpc-1',
    endpointPublicAccess: true,
    endpointPrivateAccess: true,
    publicAccessCidrs: ['192.0.2.0/24'],
  },
  kubernetesNetworkConfig: { serviceIpv4Cidr: '172.20.0.0/16', ipFamily: 'ipv4' },
  logging: { clusterLogging: [{ types: ['api', 'audit'], enabled: true }] },
  encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: 'arn:aws:kms:::key/1' } }],
  upgradePolicy: { supportType: 'STANDARD' },
  deletionProtection: true,
  accessConfig: { authenticationMode: 'CONFIG_MAP' },
  tags: {
    team: 'shop',
    Name: 'shop-blue',
    'aws:cloudformation:stack-name': 'x',
    'kubernetes.io/cluster/shop-blue': 'owned',
    'karpenter.sh/discovery': 'shop-blue',
    'alpha.eksctl.io/cluster-name': 'shop-blue',
    'cutover/migration-id': 'older',
  },
};
const GREEN = { name: 'shop-green', version: '1.36' };

describe('a cluster like blue', () => {
  it('has its network, role, logging, encryption and policies', () => {
    expect(clusterLike(BLUE, GREEN, identity('green'))).toMatchObject({
      ...GREEN,
      clientRequestToken: identity('green').clientToken,
      roleArn: BLUE.roleArn,
      resourcesVpcConfig: {
        subnetIds: ['subnet-a', 'subnet-b'],
        securityGroupIds: ['sg-1'],
        endpointPublicAccess: true,
        endpointPrivateAccess: true,
        publicAccessCidrs: ['192.0.2.0/24'],
      },
      kubernetesNetworkConfig: BLUE.kubernetesNetworkConfig,
      logging: BLUE.logging,
      encryptionConfig: BLUE.encryptionConfig,
      upgradePolicy: BLUE.upgradePolicy,
      deletionProtection: true,
    });
  });

  it('admits nobody silently, and by access entries only', () => {
    expect(clusterLike(BLUE, GREEN, identity('green')).accessConfig).toEqual({
      authenticationMode: 'API',
      bootstrapClusterCreatorAdminPermissions: false,
    });
  });

  it('bears no tag that names blue or belongs to a machine', () => {
    expect(clusterLike(BLUE, GREEN, identity('green')).tags).toEqual({
      team: 'shop',
      ...identity('green').tags,
    });
  });

  it('has no allow-list for an endpoint that is not public, and no service range with IPv6', () => {
    const request = clusterLike(
      {
        ...BLUE,
        resourcesVpcConfig: { ...BLUE.resourcesVpcConfig, endpointPublicAccess: false },
        kubernetesNetworkConfig: { ipFamily: 'ipv6', serviceIpv6Cidr: 'fd00::/108' },
      },
      GREEN,
      identity('green'),
    );

    expect(request.resourcesVpcConfig?.publicAccessCidrs).toBeUndefined();
    expect(request.kubernetesNetworkConfig).toEqual({ ipFamily: 'ipv6' });
  });

  it('runs Auto Mode where blue does, with all of its parts', () => {
    const auto: Partial<Cluster> = {
      computeConfig: { enabled: true, nodePools: ['general-purpose'], nodeRoleArn: 'arn:node' },
      storageConfig: { blockStorage: { enabled: true } },
      kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
    };

    expect(clusterLike({ ...BLUE, ...auto }, GREEN, identity('green'))).toMatchObject({
      ...auto,
      bootstrapSelfManagedAddons: false,
    });
    expect(clusterLike(BLUE, GREEN, identity('green'))).toMatchObject({
      bootstrapSelfManagedAddons: true,
    });
  });

  it('cannot be made of a cluster on an Outpost', () => {
    const onOutpost = {
      ...BLUE,
      outpostConfig: { outpostArns: [], controlPlaneInstanceType: undefined },
    };

    expect(() => clusterLike(onOutpost, GREEN, identity('green'))).toThrow(
      expect.objectContaining({ type: 'unexpected-shape' }),
    );
  });
});

describe('a node group like blue’s', () => {
  const workers = {
    nodegroupName: 'workers',
    clusterName: 'shop-blue',
    version: '1.34',
    releaseVersion: '1.34.1-20260801',
    nodeRole: 'arn:aws:iam::111122223333:role/node',
    subnets: ['subnet-a'],
    scalingConfig: { minSize: 1, maxSize: 9, desiredSize: 6 },
    instanceTypes: ['m7g.large'],
    amiType: 'AL2023_ARM_64_STANDARD',
    capacityType: 'SPOT',
    diskSize: 80,
    labels: { pool: 'general' },
    taints: [{ key: 'spot', value: 'yes', effect: 'NO_SCHEDULE' }],
    updateConfig: { maxUnavailable: 2 },
    tags: { team: 'shop', 'k8s.io/cluster-autoscaler/shop-blue': 'owned' },
  } as const satisfies object;
  const blue = () => ({
    ...workers,
    subnets: [...workers.subnets],
    instanceTypes: [...workers.instanceTypes],
    taints: [...workers.taints],
  });

  it('has its size, machines, labels and taints, and the version of its own cluster', () => {
    const request = nodegroupLike(blue(), 'shop-green', identity('ng'));

    const { version: _, releaseVersion: __, tags: ___, ...kept } = blue();
    expect(request).toEqual(
      expect.objectContaining({
        ...kept,
        clusterName: 'shop-green',
        clientRequestToken: identity('ng').clientToken,
        tags: { team: 'shop', ...identity('ng').tags },
      }),
    );
    expect(request.version).toBeUndefined();
    expect(request.releaseVersion).toBeUndefined();
  });

  it('is refused, with a remedy, where blue’s has a launch template of its own', () => {
    const custom = { ...blue(), launchTemplate: { id: 'lt-1', version: '3' } };

    expect(() => nodegroupLike(custom, 'shop-green', identity('ng'))).toThrow(
      expect.objectContaining({
        type: 'unexpected-shape',
        message: expect.stringContaining('replace it on blue'),
      }),
    );
  });
});
