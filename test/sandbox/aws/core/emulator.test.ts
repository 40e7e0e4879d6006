import * as cloudWatchSdk from '@aws-sdk/client-cloudwatch';
import * as ec2Sdk from '@aws-sdk/client-ec2';
import * as eksSdk from '@aws-sdk/client-eks';
import * as elbSdk from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { AwsError } from '#sandbox/aws/core/aws-error.ts';
import { defectReporter } from '#sandbox/aws/core/defects.ts';
import { startAwsEmulator, type AwsEmulator } from '#sandbox/aws/core/emulator.ts';
import { Identities } from '#sandbox/aws/core/identities.ts';
import type { OperationHandlers } from '#sandbox/aws/core/operation-handlers.ts';
import { defineService } from '#sandbox/aws/core/service.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';

const CREATED = new Date('2026-11-22T10:00:00.000Z');

const eksHandlers: OperationHandlers<typeof eksSdk> = {
  DescribeCluster: ({ name }) => {
    if (name === 'taken') {
      throw new AwsError('ResourceInUseException', 'in use', {
        fields: { clusterName: 'taken' },
      });
    }
    return { cluster: { name: name ?? '', createdAt: CREATED, tags: { a: 'b' } } };
  },
  ListClusters: ({ maxResults }) => ({
    clusters: Array.from({ length: maxResults ?? 0 }, (_, i) => `c${i}`),
  }),
  ListTagsForResource: ({ resourceArn }) => ({ tags: { arn: resourceArn ?? '' } }),
  UntagResource: ({ tagKeys }) => {
    if (tagKeys?.join(',') !== 'one,two') throw new AwsError('BadRequestException', 'wrong keys');
    return {};
  },
  // The compiler lets a superfluous member of a handler's answer pass; the emulator must not.
  ListNodegroups: () => ({ nodegroups: [], surprise: true }),
};

const eks = defineService({
  sdk: eksSdk,
  signingName: 'eks',
  protocol: { kind: 'rest-json' },
  validationErrorCode: 'InvalidParameterException',
  handlers: eksHandlers,
});

const elbHandlers: OperationHandlers<typeof elbSdk> = {
  ModifyRule: ({ RuleArn, Actions }) => ({ Rules: [{ RuleArn, Actions, IsDefault: false }] }),
  CreateListener: () => {
    throw new AwsError('DuplicateListenerException', 'a <listener> & more');
  },
  DescribeRules: ({ RuleArns }) => ({ Rules: (RuleArns ?? []).map((RuleArn) => ({ RuleArn })) }),
  DeleteRule: () => ({}),
};

const elb = defineService({
  sdk: elbSdk,
  signingName: 'elasticloadbalancing',
  protocol: {
    kind: 'query',
    xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  },
  validationErrorCode: 'ValidationError',
  handlers: elbHandlers,
});

const ec2Handlers: OperationHandlers<typeof ec2Sdk> = {
  DescribeSubnets: ({ SubnetIds, Filters }) => ({
    Subnets: (SubnetIds ?? []).map((SubnetId) => ({
      SubnetId,
      VpcId: Filters?.[0]?.Values?.[1],
      AvailableIpAddressCount: 251,
      Tags: [{ Key: 'k', Value: 'v' }],
    })),
  }),
};

const ec2 = defineService({
  sdk: ec2Sdk,
  signingName: 'ec2',
  protocol: { kind: 'ec2-query', xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15' },
  validationErrorCode: 'InvalidParameterValue',
  handlers: ec2Handlers,
});

const cloudWatchHandlers: OperationHandlers<typeof cloudWatchSdk> = {
  GetMetricData: ({ MetricDataQueries }) => ({
    MetricDataResults: [{ Id: MetricDataQueries?.[0]?.Id, Timestamps: [CREATED], Values: [1.5] }],
  }),
  PutMetricData: ({ MetricData }) => {
    if (MetricData?.length !== 500)
      throw new AwsError('InvalidParameterValueException', 'expected 500');
    return {};
  },
};

const cloudWatch = defineService({
  sdk: cloudWatchSdk,
  signingName: 'monitoring',
  protocol: { kind: 'json-1.0' },
  validationErrorCode: 'InvalidParameterValueException',
  handlers: cloudWatchHandlers,
});

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const SERVICES = [eks, elb, ec2, cloudWatch];

let emulator: AwsEmulator;
let config: {
  endpoint: string;
  region: string;
  credentials: typeof credentials;
  maxAttempts: number;
};

const useEmulator = async (
  options: Partial<Parameters<typeof startAwsEmulator>[0]> = {},
): Promise<void> => {
  emulator = await startAwsEmulator({
    services: SERVICES,
    defects: defectReporter(() => undefined),
    ...options,
  });
  config = { endpoint: emulator.url, region: 'eu-west-1', credentials, maxAttempts: 1 };
};

beforeEach(async () => useEmulator());
afterEach(async () => emulator.stop());

describe('the wire', () => {
  it('speaks rest-json: labels, query parameters, timestamps, maps', async () => {
    const client = new eksSdk.EKSClient(config);

    const { cluster } = await client.send(new eksSdk.DescribeClusterCommand({ name: 'blue' }));
    const { clusters } = await client.send(new eksSdk.ListClustersCommand({ maxResults: 2 }));
    const arn = 'arn:aws:eks:eu-west-1:111122223333:cluster/blue';
    const { tags } = await client.send(new eksSdk.ListTagsForResourceCommand({ resourceArn: arn }));
    await client.send(
      new eksSdk.UntagResourceCommand({ resourceArn: arn, tagKeys: ['one', 'two'] }),
    );

    expect(cluster).toMatchObject({ name: 'blue', createdAt: CREATED, tags: { a: 'b' } });
    expect(clusters).toEqual(['c0', 'c1']);
    expect(tags).toEqual({ arn });
  });

  it('speaks query: nested lists in, XML out', async () => {
    const client = new elbSdk.ElasticLoadBalancingV2Client(config);
    const Actions: elbSdk.Action[] = [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: 'blue', Weight: 0 },
            { TargetGroupArn: 'green', Weight: 999 },
          ],
        },
      },
    ];

    const modified = await client.send(new elbSdk.ModifyRuleCommand({ RuleArn: 'r', Actions }));
    const described = await client.send(new elbSdk.DescribeRulesCommand({ RuleArns: ['a', 'b'] }));
    const nothing = await client.send(new elbSdk.DescribeRulesCommand({ RuleArns: [] }));
    await client.send(new elbSdk.DeleteRuleCommand({ RuleArn: 'r' }));

    expect(modified.Rules).toEqual([{ RuleArn: 'r', Actions, IsDefault: false }]);
    expect(described.Rules?.map((rule) => rule.RuleArn)).toEqual(['a', 'b']);
    expect(nothing.Rules ?? []).toEqual([]);
  });

  it('speaks the EC2 dialect', async () => {
    const client = new ec2Sdk.EC2Client(config);

    const { Subnets } = await client.send(
      new ec2Sdk.DescribeSubnetsCommand({
        SubnetIds: ['s-1', 's-2'],
        Filters: [{ Name: 'vpc-id', Values: ['a', 'vpc-1'] }],
      }),
    );

    expect(Subnets).toEqual(
      ['s-1', 's-2'].map((SubnetId) => ({
        SubnetId,
        VpcId: 'vpc-1',
        AvailableIpAddressCount: 251,
        Tags: [{ Key: 'k', Value: 'v' }],
      })),
    );
  });

  it('speaks JSON 1.0, also for compressed bodies', async () => {
    const client = new cloudWatchSdk.CloudWatchClient(config);
    const MetricDataQueries = [{ Id: 'q1' }];

    const data = await client.send(
      new cloudWatchSdk.GetMetricDataCommand({
        MetricDataQueries,
        StartTime: CREATED,
        EndTime: CREATED,
      }),
    );
    const MetricData = Array.from({ length: 500 }, (_, i) => ({
      MetricName: `metric-${i}-of-many`,
      Value: i,
    }));
    await client.send(new cloudWatchSdk.PutMetricDataCommand({ Namespace: 'Shop', MetricData }));

    expect(data.MetricDataResults).toEqual([{ Id: 'q1', Timestamps: [CREATED], Values: [1.5] }]);
  });
});

describe('refusals', () => {
  it('gives modelled errors their status, code and members', async () => {
    const eksClient = new eksSdk.EKSClient(config);
    const elbClient = new elbSdk.ElasticLoadBalancingV2Client(config);

    const inUse = eksClient.send(new eksSdk.DescribeClusterCommand({ name: 'taken' }));
    await expect(inUse).rejects.toBeInstanceOf(eksSdk.ResourceInUseException);
    await expect(inUse).rejects.toMatchObject({
      clusterName: 'taken',
      $metadata: { httpStatusCode: 409 },
    });
    const duplicate = elbClient.send(
      new elbSdk.CreateListenerCommand({ LoadBalancerArn: 'a', DefaultActions: [] }),
    );
    await expect(duplicate).rejects.toBeInstanceOf(elbSdk.DuplicateListenerException);
    await expect(duplicate).rejects.toMatchObject({ message: 'a <listener> & more' });
  });

  it('refuses requests that miss a required member', async () => {
    const client = new elbSdk.ElasticLoadBalancingV2Client(config);

    // @ts-expect-error RuleArn is missing on purpose.
    const refused = client.send(new elbSdk.ModifyRuleCommand({ Actions: [] }));

    await expect(refused).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'ModifyRule.RuleArn: required',
    });
  });

  it('answers 501 by name for operations nobody wrote', async () => {
    const refused = new eksSdk.EKSClient(config).send(
      new eksSdk.ListFargateProfilesCommand({ clusterName: 'x' }),
    );

    await expect(refused).rejects.toMatchObject({
      message: 'eks ListFargateProfiles is not emulated',
      $metadata: { httpStatusCode: 501 },
    });
  });

  it('turns a wrong answer of its own into an InternalFailure and keeps the defect', async () => {
    const refused = new eksSdk.EKSClient(config).send(
      new eksSdk.ListNodegroupsCommand({ clusterName: 'x' }),
    );

    await expect(refused).rejects.toMatchObject({ name: 'InternalFailure' });
    expect(emulator.defects().map(({ what }) => what)).toEqual(['eks ListNodegroups']);
  });

  it('refuses calls signed for another region', async () => {
    const client = new eksSdk.EKSClient({ ...config, region: 'us-east-1' });

    await expect(client.send(new eksSdk.ListClustersCommand({}))).rejects.toMatchObject({
      name: 'RegionNotEmulated',
    });
  });
});

describe('callers', () => {
  const arn = 'arn:aws:iam::111122223333:role/engine';
  const known = {
    ...credentials,
    accountId: '111122223333',
    arn,
    principalArn: arn,
    userId: 'AROA',
  };

  beforeEach(async () => {
    await emulator.stop();
    await useEmulator({ identities: new Identities([known]) });
  });

  it('verifies the signature of every protocol', async () => {
    const arnInPath = new eksSdk.ListTagsForResourceCommand({
      resourceArn: 'arn:aws:eks:eu-west-1:1:cluster/a b',
    });
    await new eksSdk.EKSClient(config).send(arnInPath);
    await new elbSdk.ElasticLoadBalancingV2Client(config).send(
      new elbSdk.DescribeRulesCommand({ RuleArns: ['a*b'] }),
    );
    await new ec2Sdk.EC2Client(config).send(new ec2Sdk.DescribeSubnetsCommand({}));

    expect(emulator.audit.entries().map(({ principalArn }) => principalArn)).toEqual([
      arn,
      arn,
      arn,
    ]);
  });

  it('refuses unknown keys and wrong secrets as AWS does', async () => {
    const stranger = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' };
    const forger = { ...credentials, secretAccessKey: 'wrong' };
    const list = new eksSdk.ListClustersCommand({});

    await expect(
      new eksSdk.EKSClient({ ...config, credentials: stranger }).send(list),
    ).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(
      new eksSdk.EKSClient({ ...config, credentials: forger }).send(list),
    ).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });
});

describe('faults', () => {
  const list = new eksSdk.ListClustersCommand({ maxResults: 1 });

  it('are outlived by the SDK when it is throttled twice, and surface the third time', async () => {
    const client = new eksSdk.EKSClient({ ...config, maxAttempts: 3 });

    emulator.faults.add({ operation: 'ListClusters', times: 2, effect: { kind: 'throttle' } });
    await expect(client.send(list)).resolves.toMatchObject({ clusters: ['c0'] });
    emulator.faults.add({ operation: 'ListClusters', times: 3, effect: { kind: 'throttle' } });
    await expect(client.send(list)).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 429 },
    });
  });

  it('hold a request up until its sender has given up, and let it land then', async () => {
    const client = new eksSdk.EKSClient({ ...config, maxAttempts: 1 });
    emulator.faults.add({ operation: 'ListClusters', effect: { kind: 'late', afterMs: 50 } });

    await expect(client.send(list, { abortSignal: AbortSignal.timeout(20) })).rejects.toThrow(
      'aborted',
    );
    await waitUntil(() => emulator.audit.entries().length > 0, {
      what: 'the request to land',
      timeoutMs: 5_000,
    });

    expect(emulator.audit.entries().map(({ result }) => result)).toEqual([
      { kind: 'lost', fault: 'late', effect: true, output: expect.anything() },
    ]);
  });

  it('lose the answer of a call that took effect', async () => {
    const client = new eksSdk.EKSClient(config);

    emulator.faults.add({
      operation: 'ListClusters',
      times: 1,
      effect: { kind: 'reset', moment: 'after' },
    });
    await expect(client.send(list)).rejects.toThrow('ECONNRESET');
    emulator.faults.add({ operation: 'ListClusters', times: 1, effect: { kind: 'truncate' } });
    await expect(client.send(list)).rejects.toBeInstanceOf(SyntaxError);

    expect(emulator.audit.entries().map(({ result }) => result)).toEqual([
      { kind: 'lost', fault: 'reset', effect: true, output: expect.anything() },
      { kind: 'lost', fault: 'truncate', effect: true, output: expect.anything() },
    ]);
  });

  it('strike only the inputs a rule names', async () => {
    const client = new eksSdk.EKSClient(config);
    emulator.faults.add({
      where: { name: 'green' },
      effect: { kind: 'error', code: 'AccessDeniedException', status: 403 },
    });

    await expect(
      client.send(new eksSdk.DescribeClusterCommand({ name: 'blue' })),
    ).resolves.toBeDefined();
    await expect(
      client.send(new eksSdk.DescribeClusterCommand({ name: 'green' })),
    ).rejects.toBeInstanceOf(eksSdk.AccessDeniedException);
  });

  it('are set, listed and removed over HTTP, and mistakes in them are named', async () => {
    const url = `${emulator.url}/_sandbox/faults`;
    const put = async (rule: object): Promise<Response> =>
      fetch(url, { method: 'PUT', body: JSON.stringify(rule) });
    const client = new eksSdk.EKSClient(config);

    const { id } = z
      .object({ id: z.string() })
      .parse(await (await put({ service: 'eks', effect: { kind: 'throttle' } })).json());
    await expect(client.send(list)).rejects.toMatchObject({ name: 'ThrottlingException' });
    await fetch(`${url}/${id}`, { method: 'DELETE' });
    await expect(client.send(list)).resolves.toBeDefined();

    expect((await put({ efect: { kind: 'throttle' } })).status).toBe(400);
  });
});

describe('the audit', () => {
  it('tells over HTTP who called what with which result', async () => {
    await new eksSdk.EKSClient(config).send(new eksSdk.DescribeClusterCommand({ name: 'blue' }));

    const answer = await fetch(`${emulator.url}/_sandbox/audit?operation=DescribeCluster`);

    expect(await answer.json()).toMatchObject({
      entries: [
        {
          service: 'eks',
          accessKeyId: 'AKIATEST',
          input: { name: 'blue' },
          result: { kind: 'ok' },
        },
      ],
    });
  });
});
