import { kroValues } from '#activities/adapters/kro/kro-values.ts';

const CLUSTER = {
  name: 'shop-green',
  version: '1.36',
  roleArn: 'arn:aws:iam::111122223333:role/eks',
  clientRequestToken: 'never told',
  tags: { team: 'shop' },
  resourcesVpcConfig: { subnetIds: ['subnet-a', 'subnet-b'], endpointPublicAccess: true },
  kubernetesNetworkConfig: { ipFamily: 'ipv4', serviceIpv4Cidr: '172.20.0.0/16' },
  accessConfig: { authenticationMode: 'API' },
  encryptionConfig: [{ provider: { keyArn: 'arn:key' }, resources: ['secrets'] }],
  bootstrapSelfManagedAddons: true,
} as const;
const NODEGROUP = {
  clusterName: 'shop-green',
  nodegroupName: 'Web_1',
  nodeRole: 'arn:aws:iam::111122223333:role/node',
  subnets: ['subnet-a'],
  scalingConfig: { minSize: 1, maxSize: 4, desiredSize: 2 },
  taints: [{ key: 'gpu', effect: 'NO_SCHEDULE' }],
} as const;
const asked = (cluster: object, nodegroup: object = {}) =>
  kroValues({ ...mutable(CLUSTER), ...cluster }, [{ ...mutable(NODEGROUP), ...nodegroup }]);
/** The SDK's requests are lists that may be changed. */
const mutable = structuredClone as <Value>(value: Value) => Mutable<Value>;
type Mutable<Value> = { -readonly [Key in keyof Value]: Mutable<Value[Key]> };

describe('what the instance is told', () => {
  it('is blue’s shape, in ACK’s words, with nothing that blue does not say', () => {
    expect(asked({})).toEqual({
      values: {
        name: 'shop-green',
        version: '1.36',
        tags: { team: 'shop' },
        roleARN: 'arn:aws:iam::111122223333:role/eks',
        subnetIDs: ['subnet-a', 'subnet-b'],
        endpointPublicAccess: true,
        authenticationMode: 'API',
        kubernetesNetwork: { ipFamily: 'ipv4', serviceIPv4CIDR: '172.20.0.0/16' },
        encryption: [{ provider: { keyARN: 'arn:key' }, resources: ['secrets'] }],
        nodegroups: [
          {
            id: 'web-1',
            name: 'Web_1',
            nodeRole: 'arn:aws:iam::111122223333:role/node',
            subnets: ['subnet-a'],
            minSize: 1,
            maxSize: 4,
            desiredSize: 2,
            taints: [{ key: 'gpu', effect: 'NO_SCHEDULE' }],
            updateConfig: { maxUnavailable: 1 },
          },
        ],
      },
      leftOut: [],
    });
  });

  it.each([
    [{ deletionProtection: true }, {}, /^deletion protection$/u],
    [{ upgradePolicy: { supportType: 'STANDARD' } }, {}, /upgrade policy STANDARD/u],
    [{ zonalShiftConfig: { enabled: true } }, {}, /^zonal shift$/u],
    [{ controlPlaneScalingConfig: { tier: 'tier-xl' } }, {}, /control plane tier tier-xl/u],
    [{}, { remoteAccess: { ec2SshKey: 'key' } }, /remote access of node group Web_1/u],
    [{}, { nodeRepairConfig: { enabled: true } }, /node repair of node group Web_1/u],
  ])('says that it leaves out %j %j', (cluster, nodegroup, wanted) => {
    expect(asked(cluster, nodegroup).leftOut).toEqual([expect.stringMatching(wanted)]);
  });

  it.each([
    [{ computeConfig: { enabled: true } }, /Auto Mode/u],
    [{ remoteNetworkConfig: {} }, /hybrid nodes/u],
  ])('is refused for %j', (cluster, wanted) => {
    expect(() => asked(cluster)).toThrow(
      expect.objectContaining({ type: 'unexpected-shape', message: expect.stringMatching(wanted) }),
    );
  });
});
