import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  DescribeUpdateCommand,
  InvalidParameterException,
  InvalidRequestException,
  InvalidStateException,
  ListClustersCommand,
  paginateListClusters,
  ResourceInUseException,
  ResourceLimitExceededException,
  ResourceNotFoundException,
  TagResourceCommand,
  UpdateClusterConfigCommand,
  UpdateClusterVersionCommand,
  type Cluster,
} from '@aws-sdk/client-eks';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { FULL_SUBNET, SUBNETS } from '#sandbox/aws/seed.ts';
import { newCluster, newNodegroup, startWorld, type WorldFixture } from '../world-fixture.ts';

let fixture: WorldFixture;

beforeEach(async () => {
  fixture = await startWorld();
});
afterEach(async () => {
  await fixture.stop();
  expect(fixture.world.defects()).toEqual([]);
});

const describeCluster = async (name = 'shop-green'): Promise<Cluster | undefined> =>
  (await fixture.eks.send(new DescribeClusterCommand({ name }))).cluster;

const untilStatus = async (status: string, name = 'shop-green'): Promise<Cluster> =>
  waitUntil(
    async () => {
      const cluster = await describeCluster(name);
      return cluster?.status === status ? cluster : undefined;
    },
    { what: `${name} to be ${status}`, timeoutMs: 10_000 },
  );

const untilGone = async (name = 'shop-green'): Promise<void> => {
  await waitUntil(
    async () =>
      (await fixture.eks.send(new ListClustersCommand({}))).clusters?.includes(name) === false,
    {
      what: `${name} to be gone`,
      timeoutMs: 10_000,
    },
  );
};

const activeCluster = async (change: Parameters<typeof newCluster>[0] = {}): Promise<Cluster> => {
  await fixture.eks.send(new CreateClusterCommand(newCluster(change)));
  return untilStatus('ACTIVE', change.name);
};

const putOutcome = async (rule: object): Promise<void> => {
  await fetch(`${fixture.world.url}/_sandbox/eks/outcomes`, {
    method: 'PUT',
    body: JSON.stringify(rule),
  });
};

describe('a new cluster', () => {
  it('is CREATING without an endpoint first, then ACTIVE with everything a client needs', async () => {
    const { cluster: created } = await fixture.eks.send(
      new CreateClusterCommand(newCluster({ tags: { a: 'b' } })),
    );
    const cluster = await untilStatus('ACTIVE');

    expect(created).toMatchObject({ status: 'CREATING', version: '1.35', tags: { a: 'b' } });
    expect(created?.endpoint).toBeUndefined();
    expect(cluster).toMatchObject({
      arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop-green',
      createdAt: created?.createdAt,
      endpoint: 'https://shop-green.in-memory.invalid',
      deletionProtection: false,
      resourcesVpcConfig: {
        endpointPublicAccess: true,
        clusterSecurityGroupId: expect.stringMatching(/^sg-/),
      },
      identity: {
        oidc: {
          issuer: expect.stringMatching(
            /^https:\/\/oidc\.eks\.eu-west-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/,
          ),
        },
      },
    });
    expect(cluster.certificateAuthority?.data).toBeTruthy();
  });

  it.each([
    ['a name that begins with a dash', { name: '-x' }],
    ['a version that is not offered', { version: '1.20' }],
    ['a role that does not exist', { roleArn: 'arn:aws:iam::111122223333:role/nobody' }],
    [
      'a subnet that does not exist',
      { resourcesVpcConfig: { subnetIds: ['subnet-1', 'subnet-2'] } },
    ],
    [
      'subnets in one zone only',
      { resourcesVpcConfig: { subnetIds: [SUBNETS[0]?.subnetId ?? ''] } },
    ],
    [
      'a subnet without free addresses',
      { resourcesVpcConfig: { subnetIds: [...SUBNETS, FULL_SUBNET].map((s) => s.subnetId) } },
    ],
    [
      'a security group that does not exist',
      {
        resourcesVpcConfig: {
          subnetIds: SUBNETS.map((s) => s.subnetId),
          securityGroupIds: ['sg-nothing'],
        },
      },
    ],
  ])('is refused with %s', async (_what, change) => {
    await expect(
      fixture.eks.send(new CreateClusterCommand(newCluster(change))),
    ).rejects.toBeInstanceOf(InvalidParameterException);
  });

  it('is the same when asked for twice with one token, and refused otherwise', async () => {
    const request = newCluster({ clientRequestToken: 'cutover-1-green' });
    // However long the second call takes.
    await putOutcome({ kind: 'cluster-create', outcome: { kind: 'stuck' } });

    const { cluster: first } = await fixture.eks.send(new CreateClusterCommand(request));
    const { cluster: second } = await fixture.eks.send(new CreateClusterCommand(request));

    expect(second).toEqual(first);
    await expect(
      fixture.eks.send(new CreateClusterCommand({ ...request, version: '1.36' })),
    ).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(
      fixture.eks.send(new CreateClusterCommand({ ...request, clientRequestToken: 'another' })),
    ).rejects.toBeInstanceOf(ResourceInUseException);
  });

  it('counts against the quota', async () => {
    await fixture.stop();
    fixture = await startWorld({ clusterQuota: 1 });
    await fixture.eks.send(new CreateClusterCommand(newCluster()));

    await expect(
      fixture.eks.send(new CreateClusterCommand(newCluster({ name: 'other' }))),
    ).rejects.toBeInstanceOf(ResourceLimitExceededException);
  });

  it('fails on demand, with the issue', async () => {
    await putOutcome({
      kind: 'cluster-create',
      outcome: { kind: 'fail', code: 'InsufficientFreeAddresses', message: 'no room' },
    });
    await fixture.eks.send(new CreateClusterCommand(newCluster()));

    const failed = await untilStatus('FAILED');

    expect(failed.health?.issues).toMatchObject([
      { code: 'InsufficientFreeAddresses', message: 'no room' },
    ]);
    await fixture.eks.send(new DeleteClusterCommand({ name: 'shop-green' }));
    await untilGone();
  });

  it('stays CREATING on demand, until told to go on', async () => {
    await putOutcome({ kind: 'cluster-create', cluster: 'shop-green', outcome: { kind: 'stuck' } });
    await fixture.eks.send(new CreateClusterCommand(newCluster()));
    await waitUntil(() => fixture.world.eks.outcomes.stuck().length === 1, {
      what: 'the creation to be stuck',
      timeoutMs: 5_000,
    });

    expect((await describeCluster())?.status).toBe('CREATING');
    await fetch(`${fixture.world.url}/_sandbox/eks/outcomes`, { method: 'DELETE' });
    await untilStatus('ACTIVE');
  });
});

describe('listing', () => {
  it('pages through clusters', async () => {
    for (const name of ['c', 'a', 'b'])
      await fixture.eks.send(new CreateClusterCommand(newCluster({ name })));

    const pages: (readonly string[] | undefined)[] = [];
    for await (const { clusters } of paginateListClusters({ client: fixture.eks, pageSize: 2 }, {}))
      pages.push(clusters);

    expect(pages).toEqual([['a', 'b'], ['c']]);
  });

  it('tells the versions on offer and which is the default', async () => {
    const { clusterVersions } = await fixture.eks.send(new DescribeClusterVersionsCommand({}));
    const extended = await fixture.eks.send(
      new DescribeClusterVersionsCommand({ versionStatus: 'EXTENDED_SUPPORT' }),
    );

    expect(clusterVersions?.map(({ clusterVersion }) => clusterVersion)).toEqual([
      '1.36',
      '1.35',
      '1.34',
      '1.33',
    ]);
    expect(clusterVersions?.filter(({ defaultVersion }) => defaultVersion)).toHaveLength(1);
    expect(extended.clusterVersions?.map(({ clusterVersion }) => clusterVersion)).toEqual(['1.33']);
  });
});

describe('deleting', () => {
  it('is refused while node groups exist, then ends with the cluster gone and its name free', async () => {
    await activeCluster();
    await fixture.eks.send(new CreateNodegroupCommand(newNodegroup()));
    const remove = new DeleteClusterCommand({ name: 'shop-green' });

    await expect(fixture.eks.send(remove)).rejects.toBeInstanceOf(ResourceInUseException);
    await waitUntil(
      async () =>
        fixture.eks.send(
          new DeleteNodegroupCommand({ clusterName: 'shop-green', nodegroupName: 'main' }),
        ),
      { what: 'the node group to be deletable', timeoutMs: 5_000 },
    );
    await waitUntil(async () => fixture.eks.send(remove), {
      what: 'the cluster to be deletable',
      timeoutMs: 5_000,
    });
    expect((await describeCluster())?.status).toBe('DELETING');
    await untilGone();

    await expect(describeCluster()).rejects.toBeInstanceOf(ResourceNotFoundException);
    expect(fixture.backend.running()).toEqual([]);
    await fixture.eks.send(new CreateClusterCommand(newCluster()));
  });

  it('is refused under deletion protection until an update takes it off', async () => {
    await activeCluster({ deletionProtection: true });
    const remove = new DeleteClusterCommand({ name: 'shop-green' });

    await expect(fixture.eks.send(remove)).rejects.toBeInstanceOf(InvalidRequestException);
    const { update } = await fixture.eks.send(
      new UpdateClusterConfigCommand({ name: 'shop-green', deletionProtection: false }),
    );
    expect(update).toMatchObject({ status: 'InProgress', type: 'DeletionProtectionUpdate' });
    await expect(fixture.eks.send(remove)).rejects.toBeInstanceOf(ResourceInUseException);
    await untilStatus('ACTIVE');

    const described = await fixture.eks.send(
      new DescribeUpdateCommand({ name: 'shop-green', updateId: update?.id }),
    );
    expect(described.update?.status).toBe('Successful');
    await fixture.eks.send(remove);
    await untilGone();
  });
});

describe('updates', () => {
  it('change one thing at a time, and only what is different', async () => {
    await activeCluster();
    const update = async (change: object) =>
      fixture.eks.send(new UpdateClusterConfigCommand({ name: 'shop-green', ...change }));
    const logging = { clusterLogging: [{ types: ['api' as const], enabled: true }] };

    await expect(update({})).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(update({ deletionProtection: false })).rejects.toBeInstanceOf(
      InvalidParameterException,
    );
    await expect(update({ deletionProtection: true, logging })).rejects.toBeInstanceOf(
      InvalidParameterException,
    );
    await update({ logging });
    await expect(update({ deletionProtection: true })).rejects.toBeInstanceOf(
      ResourceInUseException,
    );

    expect((await untilStatus('ACTIVE')).logging?.clusterLogging?.[0]).toEqual({
      types: ['api'],
      enabled: true,
    });
  });

  it('are one when asked for twice with one token', async () => {
    await activeCluster();
    const request = { name: 'shop-green', deletionProtection: true, clientRequestToken: 'once' };

    const first = await fixture.eks.send(new UpdateClusterConfigCommand(request));
    const second = await fixture.eks.send(new UpdateClusterConfigCommand(request));

    expect(second.update?.id).toBe(first.update?.id);
    await untilStatus('ACTIVE');
  });

  it('raise the version by one minor, not against readiness errors and never back', async () => {
    await activeCluster({ version: '1.34' });
    const to = async (version: string, force = false) =>
      fixture.eks.send(new UpdateClusterVersionCommand({ name: 'shop-green', version, force }));

    await expect(to('1.36')).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(to('1.33')).rejects.toBeInstanceOf(InvalidRequestException);
    await fetch(`${fixture.world.url}/_sandbox/eks/insights/shop-green`, {
      method: 'PUT',
      body: JSON.stringify({
        name: 'Kubelet version skew',
        kubernetesVersion: '1.35',
        status: 'ERROR',
        reason: 'old',
      }),
    });
    await expect(to('1.35')).rejects.toBeInstanceOf(InvalidStateException);
    await to('1.35', true);

    expect((await untilStatus('ACTIVE')).version).toBe('1.35');
  });

  it('of their health are told, as soon as a scenario says so', async () => {
    await activeCluster();
    const issue = {
      code: 'IamRoleNotFound',
      message: 'The role is gone.',
      resourceIds: ['shop-eks-cluster'],
    };

    await fetch(`${fixture.world.url}/_sandbox/eks/health/shop-green`, {
      method: 'PUT',
      body: JSON.stringify({ issues: [issue] }),
    });

    expect((await describeCluster())?.health).toEqual({ issues: [issue] });
  });

  it('of tags are seen, in time', async () => {
    const { arn: resourceArn } = await activeCluster({ tags: { a: '1' } });

    await fixture.eks.send(new TagResourceCommand({ resourceArn, tags: { b: '2' } }));

    await waitUntil(async () => (await describeCluster())?.tags?.['b'] === '2', {
      what: 'the tag',
      timeoutMs: 5_000,
    });
  });

  it('of tags are not seen at once', async () => {
    await fixture.stop();
    fixture = await startWorld({ delayScale: 1_000 });
    const { cluster } = await fixture.eks.send(
      new CreateClusterCommand(newCluster({ tags: { a: '1' } })),
    );

    await fixture.eks.send(new TagResourceCommand({ resourceArn: cluster?.arn, tags: { b: '2' } }));

    expect((await describeCluster())?.tags).toEqual({ a: '1' });
  });
});
