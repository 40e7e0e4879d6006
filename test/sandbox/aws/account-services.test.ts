import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  EntityAlreadyExistsException,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  LimitExceededException,
  ListOpenIDConnectProvidersCommand,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import {
  ENGINE_CREDENTIALS,
  REGION,
  ROLES,
  SECURITY_GROUPS,
  SUBNETS,
  VPC,
} from '#sandbox/aws/seed.ts';
import { clientConfig, startWorld, type WorldFixture } from './world-fixture.ts';

let fixture: WorldFixture;

beforeEach(async () => {
  fixture = await startWorld();
});
afterEach(async () => {
  await fixture.stop();
  expect(fixture.world.defects()).toEqual([]);
});

describe('EC2', () => {
  it('tells subnets with zone and free addresses, by id and by filter', async () => {
    const byId = await fixture.ec2.send(
      new DescribeSubnetsCommand({ SubnetIds: [SUBNETS[1]?.subnetId ?? ''] }),
    );
    const byFilter = await fixture.ec2.send(
      new DescribeSubnetsCommand({
        Filters: [
          { Name: 'vpc-id', Values: [VPC.vpcId] },
          { Name: 'tag:Name', Values: ['shop-private-*'] },
        ],
      }),
    );

    expect(byId.Subnets).toMatchObject([
      { AvailabilityZone: 'eu-west-1b', AvailableIpAddressCount: 4_091, VpcId: VPC.vpcId },
    ]);
    expect(byFilter.Subnets).toHaveLength(3);
  });

  it('names what does not exist, with its own code for each kind', async () => {
    await expect(
      fixture.ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-x'] })),
    ).rejects.toMatchObject({ name: 'InvalidSubnetID.NotFound' });
    await expect(
      fixture.ec2.send(new DescribeVpcsCommand({ VpcIds: ['vpc-x'] })),
    ).rejects.toMatchObject({ name: 'InvalidVpcID.NotFound' });
    await expect(
      fixture.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-x'] })),
    ).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
    await expect(
      fixture.ec2.send(
        new DescribeSubnetsCommand({ Filters: [{ Name: 'colour', Values: ['blue'] }] }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('tells security groups of a VPC', async () => {
    const { SecurityGroups } = await fixture.ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'vpc-id', Values: [VPC.vpcId] }] }),
    );

    expect(SecurityGroups?.map(({ GroupId }) => GroupId)).toEqual(Object.values(SECURITY_GROUPS));
  });
});

describe('IAM', () => {
  it.each([
    ['no statement', { Version: '2012-10-17' }],
    ['an empty list of them', { Statement: [] }],
    ['a Sid twice', { Statement: [{ Sid: 'A' }, { Sid: 'A' }] }],
    ['a Sid of other characters', { Statement: { Sid: 'a-b' } }],
  ])('refuses a trust policy with %s', async (_, document) => {
    const PolicyDocument = JSON.stringify(document);
    const update = new UpdateAssumeRolePolicyCommand({ RoleName: 'shop-orders', PolicyDocument });

    await expect(fixture.iam.send(update)).rejects.toBeInstanceOf(MalformedPolicyDocumentException);
  });

  const Url = 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC';

  it('keeps OIDC providers', async () => {
    const create = new CreateOpenIDConnectProviderCommand({
      Url,
      ClientIDList: ['sts.amazonaws.com'],
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const { OpenIDConnectProviderArn } = await fixture.iam.send(create);
    const provider = { OpenIDConnectProviderArn };

    expect(OpenIDConnectProviderArn).toBe(
      'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC',
    );
    await expect(fixture.iam.send(create)).rejects.toBeInstanceOf(EntityAlreadyExistsException);
    expect(await fixture.iam.send(new GetOpenIDConnectProviderCommand(provider))).toMatchObject({
      ClientIDList: ['sts.amazonaws.com'],
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    await fixture.iam.send(new DeleteOpenIDConnectProviderCommand(provider));
    expect(
      (await fixture.iam.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList,
    ).toEqual([]);
  });

  it('answers trust policies percent-encoded, and refuses broken and oversized ones', async () => {
    const { Role } = await fixture.iam.send(new GetRoleCommand({ RoleName: 'shop-orders' }));
    const update = async (PolicyDocument: string) =>
      fixture.iam.send(
        new UpdateAssumeRolePolicyCommand({ RoleName: 'shop-orders', PolicyDocument }),
      );

    expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toMatchObject({
      Version: '2012-10-17',
    });
    await expect(update('{')).rejects.toBeInstanceOf(MalformedPolicyDocumentException);
    await expect(
      update(JSON.stringify({ Statement: { Effect: 'x'.repeat(2_048) } })),
    ).rejects.toBeInstanceOf(LimitExceededException);
    await expect(
      fixture.iam.send(new GetRoleCommand({ RoleName: 'nobody' })),
    ).rejects.toBeInstanceOf(NoSuchEntityException);
  });
});

describe('STS', () => {
  const assume = async (change: { RoleArn?: string; ExternalId?: string } = {}) =>
    fixture.sts.send(
      new AssumeRoleCommand({ RoleArn: ROLES.operator, RoleSessionName: 'ci', ...change }),
    );

  it('says who calls, for keys and for sessions of an assumed role', async () => {
    const engine = await fixture.sts.send(new GetCallerIdentityCommand({}));
    const { Credentials } = await assume();
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const session = await new STSClient(clientConfig(fixture.world.url, credentials)).send(
      new GetCallerIdentityCommand({}),
    );

    expect(engine).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/cutover-engine/sandbox',
    });
    expect(session.Arn).toBe('arn:aws:sts::111122223333:assumed-role/shop-operator/ci');
  });

  it('answers a presigned URL while it lives, and not afterwards', async () => {
    const signer = new SignatureV4({
      service: 'sts',
      region: REGION,
      credentials: ENGINE_CREDENTIALS,
      sha256: Sha256,
    });
    const { host, hostname, port } = new URL(fixture.world.url);
    const call = async (signingDate: Date): Promise<Response> => {
      const { query = {} } = await signer.presign(
        {
          method: 'GET',
          protocol: 'http:',
          hostname,
          port: Number(port),
          path: '/',
          query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
          headers: { host },
        },
        { expiresIn: 60, signingDate },
      );
      const search = new URLSearchParams();
      for (const [key, value] of Object.entries(query)) search.set(key, String(value));
      return fetch(`${fixture.world.url}/?${search.toString()}`);
    };

    const answered = await call(new Date());
    const expired = await call(new Date(Date.now() - 120_000));

    expect(await answered.text()).toContain(
      '<Arn>arn:aws:sts::111122223333:assumed-role/cutover-engine/sandbox</Arn>',
    );
    expect(expired.status).toBe(403);
    expect(await expired.text()).toContain('SignatureDoesNotMatch');
  });

  it('never writes session credentials into the audit', async () => {
    const { Credentials } = await assume();

    const audit = JSON.stringify(fixture.world.audit.entries({ operation: 'AssumeRole' }));

    expect(audit).not.toContain(Credentials?.SecretAccessKey);
    expect(audit).not.toContain(Credentials?.SessionToken);
  });

  it('lets nobody in whom the trust policy does not name', async () => {
    await expect(assume({ RoleArn: ROLES.node })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(
      assume({ RoleArn: 'arn:aws:iam::111122223333:role/nobody' }),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('demands the external id a role asks for, and sees a new role only in time', async () => {
    const Statement = {
      Effect: 'Allow',
      Principal: { AWS: ROLES.engine },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'right' } },
    };
    await fixture.iam.send(
      new CreateRoleCommand({
        RoleName: 'guarded',
        AssumeRolePolicyDocument: JSON.stringify({ Statement }),
      }),
    );
    const RoleArn = 'arn:aws:iam::111122223333:role/guarded';

    await waitUntil(async () => assume({ RoleArn, ExternalId: 'right' }), {
      what: 'the role',
      timeoutMs: 5_000,
    });

    await expect(assume({ RoleArn, ExternalId: 'wrong' })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(assume({ RoleArn })).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
