import {
  DescribeAddonCommand,
  DescribeClusterCommand,
  ListAssociatedAccessPoliciesCommand,
  UpdateClusterConfigCommand,
} from '@aws-sdk/client-eks';
import { createAwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { ROLES } from '#sandbox/aws/seed.ts';
import { createGreen, emulatedEksUnderTest, identity } from '#test/contract/eks-under-test.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

/** What the contract cannot see: what exactly EKS was asked. */
let under: Awaited<ReturnType<typeof emulatedEksUnderTest>>;
const { signal } = new AbortController();
const writes = (operation: string): number =>
  under.aws.world?.audit
    .entries()
    .filter((entry) => entry.operation === operation && entry.principalArn === ROLES.engine)
    .length ?? 0;

beforeEach(async () => {
  under = await emulatedEksUnderTest();
});
afterEach(async () => under.stop());

describe('green on EKS', () => {
  it('is asked for once, and found again where the answer was lost', async () => {
    const clients = createAwsClients({ requestTimeoutMs: 1000 });
    const clusters = createEksClusters({ clients });
    const wanted = { ...under.green, version: '1.36' };
    const create = async () => clusters.createLike(under.blue, wanted, identity('green'), signal);
    under.aws.world?.faults.add({
      operation: 'CreateCluster',
      times: 1,
      effect: { kind: 'hang', moment: 'after' },
    });

    await expect(create()).rejects.toMatchObject({ type: 'unavailable' });
    expect(writes('CreateCluster')).toBe(1);
    const found = await create();

    expect(found).toMatchObject({ name: under.green.name, version: '1.36' });
    clients.close();
  });

  it('bears blue’s own tags and none of its names', async () => {
    await createGreen(under);

    const described = await under.ports.clusters.describe(under.green, signal);

    expect(described?.tags).toEqual({ team: 'shop', ...identity('green').tags });
    const { cluster } = await under.aws.owner.eks.send(
      new DescribeClusterCommand({ name: under.green.name }),
    );
    expect(cluster?.resourcesVpcConfig).toMatchObject({ endpointPrivateAccess: true });
  });

  it('has add-ons with blue’s configuration', async () => {
    await createGreen(under);
    const { addons } = under.ports;
    const addon = { name: 'vpc-cni', version: 'v1.22.4-eksbuild.3' };

    await addons.installLike(under.blue, under.green, addon, identity('addon'), signal);

    const { addon: made } = await under.aws.owner.eks.send(
      new DescribeAddonCommand({ clusterName: under.green.name, addonName: addon.name }),
    );
    expect(made).toMatchObject({
      addonVersion: addon.version,
      configurationValues: JSON.stringify({ enableNetworkPolicy: 'true' }),
    });
  });

  it('lets people in with the rights they had, in the same namespaces', async () => {
    await createGreen(under);

    await under.ports.clusterAccess.copyEntries(under.blue, under.green, identity('copy'), signal);

    const { associatedAccessPolicies } = await under.aws.owner.eks.send(
      new ListAssociatedAccessPoliciesCommand({
        clusterName: under.green.name,
        principalArn: ROLES.operator,
      }),
    );
    expect(associatedAccessPolicies).toMatchObject([
      {
        policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
        accessScope: { type: 'namespace', namespaces: ['shop'] },
      },
    ]);
  });
});

describe('parts that go wrong', () => {
  it('tell why, and that waiting does not mend them', async () => {
    await createGreen(under);
    under.aws.world?.eks.outcomes.add({
      kind: 'nodegroup-create',
      cluster: under.green.name,
      outcome: { kind: 'fail', code: 'InsufficientFreeAddresses', message: 'no address is left' },
    });
    const { nodegroups } = under.ports;

    await nodegroups.createLike(under.blue, under.green, 'workers', identity('ng'), signal);

    const failed = await eventually('the node group to fail', async () => {
      const [found] = await nodegroups.list(under.green, signal);
      return found?.failed === true && found;
    });
    expect(failed).toMatchObject({
      status: 'CREATE_FAILED',
      ready: false,
      issues: ['InsufficientFreeAddresses: no address is left'],
    });
  });

  it('are no parts of a cluster that is busy: that is a conflict, to be tried again', async () => {
    await createGreen(under);
    under.aws.world?.eks.outcomes.add({ kind: 'cluster-update', outcome: { kind: 'stuck' } });
    await under.aws.owner.eks.send(
      new UpdateClusterConfigCommand({ name: under.green.name, deletionProtection: false }),
    );

    const deleted = under.ports.clusters.delete(under.green, signal);

    await expect(deleted).rejects.toMatchObject({ type: 'conflict' });
  });
});
