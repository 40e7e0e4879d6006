/**
 * Reads an UpdateClusterConfig request: which one thing it changes, and whether that is a change at all. EKS refuses a call that
 * changes two kinds of things, and one that changes nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import type {
  Cluster,
  UpdateClusterConfigCommandInput,
  UpdateParam,
  UpdateType,
} from '@aws-sdk/client-eks';
import type { AwsAccount } from '../account.ts';
import { AwsError } from '../core/aws-error.ts';
import { validateNetwork } from './cluster-request.ts';
import { clusterLogging } from './new-cluster.ts';

export interface ConfigChange {
  readonly type: UpdateType;
  readonly params: readonly UpdateParam[];
  readonly changed: Partial<Cluster>;
}

/** Throws `InvalidParameterException` for no change, several changes, or values EKS does not take. */
export function plannedConfigChange(
  account: AwsAccount,
  cluster: Cluster,
  input: UpdateClusterConfigCommandInput,
): ConfigChange {
  const changes = [
    deletionProtection(input),
    logging(input),
    vpcOrEndpoint(account, cluster, input),
    authenticationMode(cluster, input),
    upgradePolicy(input),
  ].filter((change) => change !== undefined);
  const [change, ...others] = changes;
  if (others.length > 0) refuse('Only one type of update can be allowed in one request');
  if (change === undefined)
    return refuse('No changes needed: the request names nothing that is emulated');
  const unchanged = isDeepStrictEqual({ ...cluster, ...change.changed }, cluster);
  return unchanged
    ? refuse('No changes needed: the cluster is already at the desired configuration')
    : change;
}

function deletionProtection({
  deletionProtection,
}: UpdateClusterConfigCommandInput): ConfigChange | undefined {
  if (deletionProtection === undefined) return undefined;
  return {
    type: 'DeletionProtectionUpdate',
    params: [{ type: 'DeletionProtection', value: String(deletionProtection) }],
    changed: { deletionProtection },
  };
}

function logging({ logging }: UpdateClusterConfigCommandInput): ConfigChange | undefined {
  if (logging === undefined) return undefined;
  return {
    type: 'LoggingUpdate',
    params: [{ type: 'ClusterLogging', value: JSON.stringify(logging) }],
    changed: { logging: clusterLogging(logging) },
  };
}

function vpcOrEndpoint(
  account: AwsAccount,
  cluster: Cluster,
  { resourcesVpcConfig: wanted }: UpdateClusterConfigCommandInput,
): ConfigChange | undefined {
  if (wanted === undefined) return undefined;
  const { subnetIds, securityGroupIds, ...endpoint } = wanted;
  const movesNetwork = subnetIds !== undefined || securityGroupIds !== undefined;
  if (movesNetwork && Object.values(endpoint).some((value) => value !== undefined)) {
    refuse('Endpoint access and subnets or security groups cannot be changed in one request');
  }
  const resourcesVpcConfig = { ...cluster.resourcesVpcConfig, ...wanted };
  if (movesNetwork) {
    validateNetwork(account, resourcesVpcConfig);
    return {
      type: 'VpcConfigUpdate',
      params: [
        { type: 'Subnets', value: JSON.stringify(subnetIds ?? []) },
        { type: 'SecurityGroups', value: JSON.stringify(securityGroupIds ?? []) },
      ],
      changed: { resourcesVpcConfig },
    };
  }
  return {
    type: 'EndpointAccessUpdate',
    params: [
      { type: 'EndpointPublicAccess', value: String(resourcesVpcConfig.endpointPublicAccess) },
      { type: 'EndpointPrivateAccess', value: String(resourcesVpcConfig.endpointPrivateAccess) },
      { type: 'PublicAccessCidrs', value: JSON.stringify(resourcesVpcConfig.publicAccessCidrs) },
    ],
    changed: { resourcesVpcConfig },
  };
}

/** Modes go one way: docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html */
const MODES: readonly string[] = ['CONFIG_MAP', 'API_AND_CONFIG_MAP', 'API'];

function authenticationMode(
  { accessConfig: current }: Cluster,
  { accessConfig: wanted }: UpdateClusterConfigCommandInput,
): ConfigChange | undefined {
  const mode = wanted?.authenticationMode;
  if (mode === undefined) return undefined;
  if (MODES.indexOf(mode) < MODES.indexOf(current?.authenticationMode ?? 'CONFIG_MAP')) {
    refuse(`Unsupported authentication mode update from ${current?.authenticationMode} to ${mode}`);
  }
  return {
    type: 'AccessConfigUpdate',
    params: [{ type: 'AuthenticationMode', value: mode }],
    changed: { accessConfig: { ...current, authenticationMode: mode } },
  };
}

function upgradePolicy({
  upgradePolicy,
}: UpdateClusterConfigCommandInput): ConfigChange | undefined {
  if (upgradePolicy === undefined) return undefined;
  return {
    type: 'UpgradePolicyUpdate',
    params: [{ type: 'UpgradePolicy', value: JSON.stringify(upgradePolicy) }],
    changed: { upgradePolicy },
  };
}

function refuse(message: string): never {
  throw new AwsError('InvalidParameterException', message);
}
