import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  DescribeClusterCommand,
  InvalidParameterException,
  InvalidRequestException,
  ListAccessEntriesCommand,
  ListAssociatedAccessPoliciesCommand,
  ResourceInUseException,
} from '@aws-sdk/client-eks';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { ENGINE_CREDENTIALS, OPERATOR_CREDENTIALS, ROLES } from '#sandbox/aws/seed.ts';
import { eksToken, type TokenWishes } from '../eks-token.ts';
import { newCluster, newNodegroup, startWorld, type WorldFixture } from '../world-fixture.ts';

const CLUSTER = { clusterName: 'shop-green' };
const VIEW = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';
const ADMIN = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';

const reviewSchema = z.object({
  status: z.object({
    authenticated: z.boolean(),
    user: z
      .object({ username: z.string(), uid: z.string(), groups: z.array(z.string()) })
      .optional(),
  }),
});

let fixture: WorldFixture;

const startWith = async (change: Parameters<typeof newCluster>[0] = {}): Promise<void> => {
  fixture = await startWorld();
  await fixture.eks.send(new CreateClusterCommand(newCluster(change)));
  await waitUntil(
    async () =>
      (await fixture.eks.send(new DescribeClusterCommand({ name: 'shop-green' }))).cluster
        ?.status === 'ACTIVE',
    { what: 'the cluster to be ACTIVE', timeoutMs: 10_000 },
  );
};

const review = async (token: string, cluster = 'shop-green') => {
  const response = await fetch(`${fixture.world.url}/_sandbox/token-webhook/${cluster}`, {
    method: 'POST',
    body: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token },
    }),
  });
  return reviewSchema.parse(await response.json()).status;
};

beforeEach(async () => startWith());
afterEach(async () => {
  await fixture.stop();
  expect(fixture.world.defects()).toEqual([]);
});

describe('access entries', () => {
  it('are made for the creator and for node roles by EKS itself', async () => {
    await fixture.eks.send(new CreateNodegroupCommand(newNodegroup()));

    const { accessEntries } = await fixture.eks.send(new ListAccessEntriesCommand(CLUSTER));
    const policies = await fixture.eks.send(
      new ListAssociatedAccessPoliciesCommand({ ...CLUSTER, principalArn: ROLES.engine }),
    );
    const nodes = await fixture.eks.send(
      new DescribeAccessEntryCommand({ ...CLUSTER, principalArn: ROLES.node }),
    );

    expect(accessEntries).toEqual([ROLES.engine, ROLES.node]);
    expect(policies.associatedAccessPolicies).toMatchObject([
      { policyArn: ADMIN, accessScope: { type: 'cluster' } },
    ]);
    expect(nodes.accessEntry?.type).toBe('EC2_LINUX');
  });

  it('are not offered to clusters that authenticate by config map', async () => {
    await fixture.stop();
    await startWith({ accessConfig: { authenticationMode: 'CONFIG_MAP' } });

    await expect(fixture.eks.send(new ListAccessEntriesCommand(CLUSTER))).rejects.toBeInstanceOf(
      InvalidRequestException,
    );
  });

  it('are refused for session ARNs, reserved groups, and a second time', async () => {
    const create = async (principalArn: string, kubernetesGroups: string[] = []) =>
      fixture.eks.send(
        new CreateAccessEntryCommand({ ...CLUSTER, principalArn, kubernetesGroups }),
      );

    await expect(
      create('arn:aws:sts::111122223333:assumed-role/shop-operator/me'),
    ).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(create(ROLES.operator, ['system:masters'])).rejects.toBeInstanceOf(
      InvalidParameterException,
    );
    await create(ROLES.operator, ['readers']);
    await expect(create(ROLES.operator)).rejects.toBeInstanceOf(ResourceInUseException);
  });

  it('grant their policies as RBAC, and take them away with the entry', async () => {
    await fixture.eks.send(
      new CreateAccessEntryCommand({ ...CLUSTER, principalArn: ROLES.operator }),
    );
    const before = fixture.backend.objectKeys('shop-green');
    const associate = async (namespaces: string[]) =>
      fixture.eks.send(
        new AssociateAccessPolicyCommand({
          ...CLUSTER,
          principalArn: ROLES.operator,
          policyArn: VIEW,
          accessScope: { type: 'namespace', namespaces },
        }),
      );

    await associate(['shop', 'orders']);
    await associate(['shop']);
    const granted = fixture.backend.objectKeys('shop-green').filter((key) => !before.includes(key));
    await fixture.eks.send(
      new DeleteAccessEntryCommand({ ...CLUSTER, principalArn: ROLES.operator }),
    );

    expect(granted).toEqual([expect.stringMatching(/^RoleBinding\/shop\/eks-access-/)]);
    expect(fixture.backend.objectKeys('shop-green')).toEqual(before);
  });
});

describe('EKS tokens', () => {
  it('let the cluster creator in, under its session name, whatever host was signed', async () => {
    const status = await review(await eksToken());

    expect(status).toEqual({
      authenticated: true,
      user: {
        username: 'arn:aws:sts::111122223333:assumed-role/cutover-engine/sandbox',
        uid: 'aws-iam-authenticator:111122223333:AROACUTOVERCUTOVERENGINE',
        groups: [expect.stringMatching(/^eks-access-entry:/)],
      },
    });
    expect(
      (await review(await eksToken({ host: new URL(fixture.world.url).host }))).authenticated,
    ).toBe(true);
  });

  it('let a principal in once it has an entry, with the groups of the entry', async () => {
    const token = await eksToken({ credentials: OPERATOR_CREDENTIALS });
    expect(await review(token)).toEqual({ authenticated: false });

    await fixture.eks.send(
      new CreateAccessEntryCommand({
        ...CLUSTER,
        principalArn: ROLES.operator,
        kubernetesGroups: ['readers'],
      }),
    );

    expect((await review(token)).user?.groups).toContain('readers');
  });

  it('work with session credentials of an assumed role', async () => {
    const { Credentials } = await fixture.sts.send(
      new AssumeRoleCommand({ RoleArn: ROLES.operator, RoleSessionName: 'ci' }),
    );
    await fixture.eks.send(
      new CreateAccessEntryCommand({ ...CLUSTER, principalArn: ROLES.operator }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };

    expect((await review(await eksToken({ credentials }))).user?.username).toBe(
      'arn:aws:sts::111122223333:assumed-role/shop-operator/ci',
    );
    expect(
      (await review(await eksToken({ credentials: { ...credentials, sessionToken: 'other' } })))
        .authenticated,
    ).toBe(false);
  });

  it.each<[string, () => TokenWishes]>([
    ['another cluster', () => ({ cluster: 'shop-blue' })],
    [
      'a wrong secret',
      () => ({ credentials: { ...ENGINE_CREDENTIALS, secretAccessKey: 'guess' } }),
    ],
    [
      'an unknown key',
      () => ({ credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } }),
    ],
    ['a signature older than 15 minutes', () => ({ signedAt: new Date(Date.now() - 16 * 60_000) })],
    ['an expiry beyond 15 minutes', () => ({ expiresIn: 3_600 })],
    ['another action', () => ({ action: 'AssumeRole' })],
  ])('are refused with %s', async (_what, wishes) => {
    expect(await review(await eksToken(wishes()))).toEqual({ authenticated: false });
  });

  it('that are no tokens at all are refused quietly', async () => {
    expect(await review('')).toEqual({ authenticated: false });
    expect(await review('k8s-aws-v1.AAAA')).toEqual({ authenticated: false });
    expect(await review('a-service-account-token')).toEqual({ authenticated: false });
    expect(await review(await eksToken(), 'no-such-cluster')).toEqual({ authenticated: false });
  });
});
