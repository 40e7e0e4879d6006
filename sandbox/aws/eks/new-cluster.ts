/** The cluster EKS makes of a CreateCluster request: the request's wishes, AWS's defaults, and the identities EKS adds. */
import type { Cluster, CreateClusterCommandInput, Logging } from '@aws-sdk/client-eks';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { minorOf, offeredVersion } from './kubernetes-versions.ts';
import { upgradeReadiness } from './seeded-insights.ts';

const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] as const;

export interface NewCluster {
  readonly version: string;
  readonly vpcId: string;
  readonly creatorArn: string;
}

export function newClusterRecord(
  state: EksState,
  input: CreateClusterCommandInput,
  made: NewCluster,
): ClusterRecord {
  return {
    cluster: newCluster(state, input, made),
    creatorArn: made.creatorArn,
    createdVersion: made.version,
    nodegroups: new Map(),
    nodes: new Map(),
    addons: new Map(),
    selfManagedAddons: new Set(),
    updates: new Map(),
    access: new Map(),
    podIdentities: new Map(),
    insights: upgradeReadiness(state, input.name ?? '', minorOf(made.version)),
    insightsRefresh: undefined,
  };
}

function newCluster(state: EksState, input: CreateClusterCommandInput, made: NewCluster): Cluster {
  const { account } = state.parts;
  const { name = '' } = input;
  const vpc = input.resourcesVpcConfig;
  const network = input.kubernetesNetworkConfig;
  const issuerId = account.random
    .fork(`issuer ${name} ${state.now().getTime()}`)
    .hex(32)
    .toUpperCase();
  return {
    name,
    arn: state.arn('cluster', name),
    createdAt: state.now(),
    version: made.version,
    roleArn: input.roleArn,
    resourcesVpcConfig: {
      subnetIds: vpc?.subnetIds ?? [],
      securityGroupIds: vpc?.securityGroupIds ?? [],
      clusterSecurityGroupId: account.network.createSecurityGroup({
        vpcId: made.vpcId,
        name: `eks-cluster-sg-${name}`,
        description:
          'EKS created security group applied to ENI that is attached to EKS Control Plane master nodes',
      }),
      vpcId: made.vpcId,
      endpointPublicAccess: vpc?.endpointPublicAccess ?? true,
      endpointPrivateAccess: vpc?.endpointPrivateAccess ?? false,
      publicAccessCidrs:
        vpc?.publicAccessCidrs ?? (vpc?.endpointPublicAccess === false ? [] : ['0.0.0.0/0']),
    },
    kubernetesNetworkConfig: {
      serviceIpv4Cidr: network?.serviceIpv4Cidr ?? '172.20.0.0/16',
      ipFamily: network?.ipFamily ?? 'ipv4',
      elasticLoadBalancing: { enabled: false },
    },
    logging: clusterLogging(input.logging),
    identity: {
      oidc: { issuer: `https://oidc.eks.${account.region}.amazonaws.com/id/${issuerId}` },
    },
    status: 'CREATING',
    platformVersion: offeredVersion(made.version)?.platformVersion,
    tags: { ...input.tags },
    encryptionConfig: input.encryptionConfig,
    health: { issues: [] },
    accessConfig: {
      bootstrapClusterCreatorAdminPermissions:
        input.accessConfig?.bootstrapClusterCreatorAdminPermissions ?? true,
      authenticationMode: input.accessConfig?.authenticationMode ?? 'CONFIG_MAP',
    },
    upgradePolicy: { supportType: input.upgradePolicy?.supportType ?? 'EXTENDED' },
    zonalShiftConfig: input.zonalShiftConfig,
    remoteNetworkConfig: input.remoteNetworkConfig,
    computeConfig: { enabled: false },
    storageConfig: { blockStorage: { enabled: false } },
    deletionProtection: input.deletionProtection ?? false,
    controlPlaneScalingConfig: input.controlPlaneScalingConfig ?? { tier: 'standard' },
  };
}

/** EKS answers every log type, split into enabled and disabled. */
export function clusterLogging(wanted: Logging | undefined): Logging {
  const enabled = new Set(
    (wanted?.clusterLogging ?? []).flatMap((setup) => (setup.enabled ? (setup.types ?? []) : [])),
  );
  return {
    clusterLogging: [true, false].flatMap((isEnabled) => {
      const types = LOG_TYPES.filter((type) => enabled.has(type) === isEnabled);
      return types.length === 0 ? [] : [{ types, enabled: isEnabled }];
    }),
  };
}
