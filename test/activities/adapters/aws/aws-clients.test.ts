import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { createAwsClients, type AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { createEksAccess } from '#activities/adapters/aws/eks-access.ts';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { eksToken } from '#activities/adapters/kubernetes/eks-token.ts';
import type { Access } from '#activities/ports/refs.ts';
import { ROLES } from '#sandbox/aws/seed.ts';
import { ACCESS, startEmulatedAws, type EmulatedAws } from '#test/contract/emulated-aws.ts';

let aws: EmulatedAws;
const { signal } = new AbortController();
const OTHER_ROLE = 'arn:aws:iam::111122223333:role/cutover-other';

beforeEach(async () => {
  aws = await startEmulatedAws();
  aws.world?.account.iam.seedRole('cutover-other', {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: ROLES.engine },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'agreed' } },
    },
  });
});
afterEach(async () => aws.stop());

const whoAmI = async (access: Access): Promise<string> =>
  (await createEksAccess({ clients: aws.clients }).whoAmI(access, signal)).arn;
const assumptions = (): number =>
  aws.world?.audit.entries().filter(({ operation }) => operation === 'AssumeRole').length ?? 0;

describe('whose credentials are used', () => {
  it('the worker’s own where the plan names no role', async () => {
    expect(await whoAmI(ACCESS)).toBe(ROLES.engine);
    expect(assumptions()).toBe(0);
  });

  it('the worker’s own where the plan names the role that it has already', async () => {
    expect(await whoAmI({ ...ACCESS, roleArn: ROLES.engine })).toBe(ROLES.engine);
    expect(assumptions()).toBe(0);
  });

  it('those of the role the plan names, assumed once for all services', async () => {
    const access = { ...ACCESS, roleArn: OTHER_ROLE, externalId: 'agreed' };

    expect(await whoAmI(access)).toBe(OTHER_ROLE);
    await createEksClusters({ clients: aws.clients }).versions(access, signal);

    const entries = aws.world?.audit.entries() ?? [];
    expect(entries.at(-1)).toMatchObject({
      operation: 'DescribeClusterVersions',
      principalArn: OTHER_ROLE,
    });
    expect(assumptions()).toBe(1);
  });

  it('none where the role does not let us in', async () => {
    const access = { ...ACCESS, roleArn: OTHER_ROLE, externalId: 'guessed' };

    await expect(whoAmI(access)).rejects.toMatchObject({ type: 'access-denied' });
  });
});

describe('EKS tokens', () => {
  const urlOf = (token: string): URL => {
    const [prefix, version, text = ''] = token.split(/[-.]/u).slice(-3);
    expect([prefix, version]).toEqual(['aws', 'v1']);
    return new URL(Buffer.from(text, 'base64url').toString());
  };
  let clients: AwsClients;
  beforeEach(() => {
    clients = createAwsClients();
  });
  afterEach(() => clients.close());

  it('are presigned calls for one cluster, to the endpoint that the SDK uses', async () => {
    const token = await eksToken(clients.sts(ACCESS), 'shop-green');

    const url = urlOf(token);
    expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/u);
    expect(url.origin).toBe(aws.world?.url);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Expires': '60',
    });
  });

  it('name the region’s own endpoint on AWS itself', async () => {
    const endpoint = process.env['AWS_ENDPOINT_URL'];
    delete process.env['AWS_ENDPOINT_URL'];

    const token = await eksToken(clients.sts({ ...ACCESS, region: 'eu-central-1' }), 'shop-green');

    process.env['AWS_ENDPOINT_URL'] = endpoint;
    expect(urlOf(token).origin).toBe('https://sts.eu-central-1.amazonaws.com');
  });

  it('are made without a call', async () => {
    const before = aws.world?.audit.entries().length;

    await eksToken(clients.sts(ACCESS), 'shop-green');

    expect(aws.world?.audit.entries().length).toBe(before);
  });
});

describe('clients', () => {
  it('are the same for the same access', () => {
    const { clients } = aws;

    expect(clients.sts(ACCESS)).toBe(clients.sts({ ...ACCESS }));
    expect(clients.sts(ACCESS)).not.toBe(clients.sts({ ...ACCESS, region: 'eu-central-1' }));
    expect(clients.eks(ACCESS).read).not.toBe(clients.eks(ACCESS).write);
  });

  it('end a call that is not answered in time', async () => {
    aws.world?.faults.add({
      operation: 'GetCallerIdentity',
      effect: { kind: 'hang', moment: 'before' },
    });
    const clients = createAwsClients({ requestTimeoutMs: 100 });

    const asked = clients.sts(ACCESS).send(new GetCallerIdentityCommand({}));

    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
    clients.close();
  });
});
