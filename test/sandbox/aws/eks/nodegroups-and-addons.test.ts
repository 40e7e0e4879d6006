import {
  AccessDeniedException,
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  CreatePodIdentityAssociationCommand,
  DeleteAddonCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeAddonCommand,
  DescribeAddonConfigurationCommand,
  DescribeAddonVersionsCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  DescribePodIdentityAssociationCommand,
  DescribeUpdateCommand,
  InvalidParameterException,
  ListAddonsCommand,
  ListNodegroupsCommand,
  ListPodIdentityAssociationsCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateAddonCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
  type CreateAddonCommandInput,
} from '@aws-sdk/client-eks';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { ROLES } from '#sandbox/aws/seed.ts';
import { newCluster, newNodegroup, startWorld, type WorldFixture } from '../world-fixture.ts';

const CLUSTER = { clusterName: 'shop-green' };

let fixture: WorldFixture;

const startWith = async (change: Parameters<typeof newCluster>[0] = {}): Promise<void> => {
  fixture = await startWorld();
  await fixture.eks.send(new CreateClusterCommand(newCluster(change)));
  await until('the cluster to be ACTIVE', async () => {
    const { cluster } = await fixture.eks.send(new DescribeClusterCommand({ name: 'shop-green' }));
    return cluster?.status === 'ACTIVE';
  });
};

const until = async <T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> =>
  waitUntil(probe, { what, timeoutMs: 15_000 });

const nodegroup = async () =>
  (await fixture.eks.send(new DescribeNodegroupCommand({ ...CLUSTER, nodegroupName: 'main' })))
    .nodegroup;

const addon = async (addonName: string) =>
  (await fixture.eks.send(new DescribeAddonCommand({ ...CLUSTER, addonName }))).addon;

const addonWith = async (addonName: string, status: string) =>
  until(`${addonName} to be ${status}`, async () => {
    const found = await addon(addonName);
    return found?.status === status && found;
  });

const nodegroupWith = async (status: string) =>
  until(`the node group to be ${status}`, async () => {
    const found = await nodegroup();
    return found?.status === status && found;
  });

const createAddon = async (change: Partial<CreateAddonCommandInput> & { addonName: string }) =>
  fixture.eks.send(new CreateAddonCommand({ ...CLUSTER, ...change }));

beforeEach(async () => startWith());
afterEach(async () => {
  await fixture.stop();
  expect(fixture.world.defects()).toEqual([]);
});

describe('a node group', () => {
  it('puts its nodes into the cluster, one zone after the other, and takes them out again', async () => {
    const { nodegroup: created } = await fixture.eks.send(
      new CreateNodegroupCommand(newNodegroup()),
    );
    const active = await nodegroupWith('ACTIVE');

    expect(created).toMatchObject({
      status: 'CREATING',
      version: '1.35',
      amiType: 'AL2023_x86_64_STANDARD',
    });
    expect(active).toMatchObject({ scalingConfig: { desiredSize: 3 }, health: { issues: [] } });
    expect(fixture.backend.nodeNames('shop-green')).toHaveLength(3);

    await fixture.eks.send(new DeleteNodegroupCommand({ ...CLUSTER, nodegroupName: 'main' }));
    await until(
      'the node group to be gone',
      async () =>
        (await fixture.eks.send(new ListNodegroupsCommand(CLUSTER))).nodegroups?.length === 0,
    );
    expect(fixture.backend.nodeNames('shop-green')).toEqual([]);
  });

  it.each([
    ['a role that does not exist', { nodeRole: 'arn:aws:iam::111122223333:role/nobody' }],
    ['a subnet that does not exist', { subnets: ['subnet-nothing'] }],
    [
      'more nodes wished for than allowed',
      { scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 3 } },
    ],
    ['a version ahead of the control plane', { version: '1.36' }],
  ])('is refused with %s', async (_what, change) => {
    await expect(
      fixture.eks.send(new CreateNodegroupCommand(newNodegroup(change))),
    ).rejects.toBeInstanceOf(InvalidParameterException);
  });

  it('is one when asked for twice with one token, and refused with another', async () => {
    const request = newNodegroup({ clientRequestToken: 'once' });
    const first = await fixture.eks.send(new CreateNodegroupCommand(request));
    const second = await fixture.eks.send(new CreateNodegroupCommand(request));

    expect(second.nodegroup?.nodegroupArn).toBe(first.nodegroup?.nodegroupArn);
    await expect(
      fixture.eks.send(new CreateNodegroupCommand({ ...request, clientRequestToken: 'twice' })),
    ).rejects.toBeInstanceOf(ResourceInUseException);
  });

  it('grows and shrinks by an update', async () => {
    await fixture.eks.send(new CreateNodegroupCommand(newNodegroup()));
    await nodegroupWith('ACTIVE');
    const scale = async (desiredSize: number) => {
      const scalingConfig = { desiredSize };
      const { update } = await fixture.eks.send(
        new UpdateNodegroupConfigCommand({ ...CLUSTER, nodegroupName: 'main', scalingConfig }),
      );
      await nodegroupWith('ACTIVE');
      return fixture.eks.send(
        new DescribeUpdateCommand({
          name: 'shop-green',
          nodegroupName: 'main',
          updateId: update?.id,
        }),
      );
    };

    expect((await scale(5)).update?.status).toBe('Successful');
    expect(fixture.backend.nodeNames('shop-green')).toHaveLength(5);
    await scale(1);
    expect(fixture.backend.nodeNames('shop-green')).toHaveLength(1);
  });

  it('replaces its nodes by a version update', async () => {
    await fixture.eks.send(new CreateNodegroupCommand(newNodegroup({ version: '1.34' })));
    await nodegroupWith('ACTIVE');
    const before = fixture.backend.nodeNames('shop-green');

    await fixture.eks.send(
      new UpdateNodegroupVersionCommand({ ...CLUSTER, nodegroupName: 'main' }),
    );
    const updated = await until('the version', async () => {
      const found = await nodegroup();
      return found?.status === 'ACTIVE' && found.version === '1.35' && found;
    });

    expect(updated.releaseVersion).toMatch(/^1\.35\./);
    expect(fixture.backend.nodeNames('shop-green').filter((name) => before.includes(name))).toEqual(
      [],
    );
  });

  it('fails on demand with one of its issue codes', async () => {
    fixture.world.eks.outcomes.add({
      kind: 'nodegroup-create',
      name: 'main',
      outcome: {
        kind: 'fail',
        code: 'NodeCreationFailure',
        message: 'Instances failed to join the kubernetes cluster',
      },
    });
    await fixture.eks.send(new CreateNodegroupCommand(newNodegroup()));

    expect((await nodegroupWith('CREATE_FAILED')).health?.issues?.[0]?.code).toBe(
      'NodeCreationFailure',
    );
  });
});

describe('an add-on', () => {
  it('is healthy when its pods are: coredns is DEGRADED until nodes exist', async () => {
    await createAddon({ addonName: 'coredns' });
    await createAddon({ addonName: 'vpc-cni' });
    await addonWith('vpc-cni', 'ACTIVE');
    const degraded = await addonWith('coredns', 'DEGRADED');
    expect(degraded.health?.issues?.[0]?.code).toBe('InsufficientNumberOfReplicas');

    await fixture.eks.send(new CreateNodegroupCommand(newNodegroup()));
    const healthy = await addonWith('coredns', 'ACTIVE');

    expect(healthy).toMatchObject({
      addonVersion: 'v1.13.2-eksbuild.11',
      owner: 'aws',
      health: { issues: [] },
    });
  });

  it('takes only versions and configuration that fit', async () => {
    const refused = async (change: Parameters<typeof createAddon>[0]) =>
      expect(createAddon(change)).rejects.toBeInstanceOf(InvalidParameterException);

    await refused({ addonName: 'nothing' });
    await refused({ addonName: 'coredns', addonVersion: 'v1.12.4-eksbuild.18' });
    await refused({ addonName: 'coredns', configurationValues: '{"replicaCount":"two"}' });
    await refused({ addonName: 'coredns', configurationValues: '{"unknown":1}' });
    await createAddon({ addonName: 'coredns', configurationValues: 'replicaCount: 3' });
    await expect(createAddon({ addonName: 'coredns' })).rejects.toBeInstanceOf(
      ResourceInUseException,
    );
  });

  it('is updated to another version and deleted with its workloads', async () => {
    await fixture.eks.send(new CreateNodegroupCommand(newNodegroup()));
    await createAddon({ addonName: 'vpc-cni' });
    await addonWith('vpc-cni', 'ACTIVE');

    const { update } = await fixture.eks.send(
      new UpdateAddonCommand({
        ...CLUSTER,
        addonName: 'vpc-cni',
        addonVersion: 'v1.23.0-eksbuild.1',
      }),
    );
    expect((await addonWith('vpc-cni', 'ACTIVE')).addonVersion).toBe('v1.23.0-eksbuild.1');
    const described = await fixture.eks.send(
      new DescribeUpdateCommand({ name: 'shop-green', addonName: 'vpc-cni', updateId: update?.id }),
    );
    expect(described.update).toMatchObject({ status: 'Successful', type: 'AddonUpdate' });

    await fixture.eks.send(new DeleteAddonCommand({ ...CLUSTER, addonName: 'vpc-cni' }));
    await until(
      'the add-on to be gone',
      async () => (await fixture.eks.send(new ListAddonsCommand(CLUSTER))).addons?.length === 0,
    );
    expect(fixture.backend.objectKeys('shop-green')).not.toContain(
      'DaemonSet/kube-system/aws-node',
    );
  });

  it('does not replace a self-managed one of another version unless told to', async () => {
    await fixture.stop();
    await startWith({ bootstrapSelfManagedAddons: true });
    expect(fixture.backend.objectKeys('shop-green')).toContain('DaemonSet/kube-system/kube-proxy');

    const other = { addonName: 'vpc-cni', addonVersion: 'v1.23.0-eksbuild.1' };
    await createAddon(other);
    expect((await addonWith('vpc-cni', 'CREATE_FAILED')).health?.issues?.[0]?.code).toBe(
      'ConfigurationConflict',
    );
    await createAddon({
      addonName: 'kube-proxy',
      addonVersion: 'v1.34.6-eksbuild.18',
      resolveConflicts: 'OVERWRITE',
    });
    await addonWith('kube-proxy', 'ACTIVE');
  });

  it('has versions per Kubernetes minor, one of them the default, and a configuration schema', async () => {
    const { addons } = await fixture.eks.send(
      new DescribeAddonVersionsCommand({ kubernetesVersion: '1.36' }),
    );
    const defaults = addons?.map(({ addonName, addonVersions }) => [
      addonName,
      addonVersions?.filter(({ compatibilities }) =>
        compatibilities?.some(({ defaultVersion }) => defaultVersion),
      ).length,
    ]);
    const { configurationSchema } = await fixture.eks.send(
      new DescribeAddonConfigurationCommand({
        addonName: 'coredns',
        addonVersion: 'v1.14.3-eksbuild.3',
      }),
    );

    expect(defaults).toEqual(
      [
        'vpc-cni',
        'coredns',
        'kube-proxy',
        'aws-ebs-csi-driver',
        'metrics-server',
        'eks-pod-identity-agent',
      ].map((name) => [name, 1]),
    );
    expect(JSON.parse(configurationSchema ?? '')).toMatchObject({
      properties: { replicaCount: { type: 'integer' } },
    });
  });
});

describe('Pod Identity associations', () => {
  const orders = { ...CLUSTER, namespace: 'shop', serviceAccount: 'orders', roleArn: ROLES.orders };

  it('are listed without their role and described with it', async () => {
    const { association } = await fixture.eks.send(new CreatePodIdentityAssociationCommand(orders));
    const { associations } = await fixture.eks.send(
      new ListPodIdentityAssociationsCommand(CLUSTER),
    );
    const described = await fixture.eks.send(
      new DescribePodIdentityAssociationCommand({
        ...CLUSTER,
        associationId: association?.associationId,
      }),
    );

    expect(associations).toHaveLength(1);
    expect(associations?.[0]).not.toHaveProperty('roleArn');
    expect(described.association?.roleArn).toBe(ROLES.orders);
    await expect(
      fixture.eks.send(new CreatePodIdentityAssociationCommand(orders)),
    ).rejects.toBeInstanceOf(ResourceInUseException);
  });

  it('come and go with the add-on that owns them', async () => {
    const podIdentityAssociations = [{ serviceAccount: 'aws-node', roleArn: ROLES.orders }];
    await createAddon({ addonName: 'vpc-cni', podIdentityAssociations });
    const created = await addonWith('vpc-cni', 'ACTIVE');
    const listed = await fixture.eks.send(new ListPodIdentityAssociationsCommand(CLUSTER));
    expect(listed.associations?.[0]).toMatchObject({
      serviceAccount: 'aws-node',
      ownerArn: created.addonArn,
    });

    await fixture.eks.send(
      new UpdateAddonCommand({ ...CLUSTER, addonName: 'vpc-cni', podIdentityAssociations: [] }),
    );

    const after = await fixture.eks.send(new ListPodIdentityAssociationsCommand(CLUSTER));
    expect(after.associations).toEqual([]);
  });
});

describe('a deletion', () => {
  it('overtakes what is still being made in the cluster', async () => {
    fixture.world.eks.outcomes.add({ kind: 'addon-create', outcome: { kind: 'stuck' } });
    await createAddon({ addonName: 'coredns' });
    await createAddon({ addonName: 'vpc-cni' });

    await fixture.eks.send(new DeleteClusterCommand({ name: 'shop-green' }));
    await until('the cluster to be gone', async () => fixture.backend.running().length === 0);

    fixture.world.eks.outcomes.clear();
    await expect(addon('coredns')).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});

describe('trouble', () => {
  it('comes as faults on any operation', async () => {
    fixture.world.faults.add({
      operation: 'CreateNodegroup',
      where: { nodegroupName: 'main' },
      times: 1,
      effect: { kind: 'error', code: 'AccessDeniedException', status: 403 },
    });
    const create = new CreateNodegroupCommand(newNodegroup());

    await expect(fixture.eks.send(create)).rejects.toBeInstanceOf(AccessDeniedException);
    await fixture.eks.send(create);
  });
});
