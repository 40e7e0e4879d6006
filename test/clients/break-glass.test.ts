/** `cutover rollback --break-glass` as a person runs it: a process, AWS credentials, and no Temporal anywhere. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createTargetGroups } from '#activities/adapters/aws/target-groups.ts';
import { createS3Capsules } from '#activities/adapters/capsules/s3-capsules.ts';
import { createSsmCapsules } from '#activities/adapters/capsules/ssm-capsules.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { capsuleText, type Capsule } from '#domain/capsule/capsule.ts';
import { albRouterUnderTest, ROUTE } from '#test/contract/alb-under-test.ts';
import { ACCESS, PODS } from '#test/contract/emulated-aws.ts';
import { albRoute, capsuleOf } from '#test/domain/capsule/capsules.ts';
import { BUCKETS, ENGINE_CREDENTIALS, REGION } from '#sandbox/aws/seed.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { runCli, type CliRun } from './run-cli.ts';

const { signal } = new AbortController();
let under: Awaited<ReturnType<typeof albRouterUnderTest>>;
let folder: string;
let file: string;

/** Green at 50 %, and the capsule that was written before. */
beforeEach(async () => {
  under = await albRouterUnderTest();
  folder = await mkdtemp(join(tmpdir(), 'cutover-break-glass-'));
  file = join(folder, "shop's capsule.json");
  const { router } = under;
  await router.attach(ROUTE, (await router.describe(ROUTE, signal)).before, signal);
  const route = albRoute({
    resource: ROUTE.ruleArn,
    access: ACCESS,
    blueTargetGroupArn: ROUTE.blueTargetGroupArn,
    wayBack: await router.wayBack(ROUTE, signal),
  });
  await writeFile(file, capsuleText(capsuleOf({ routes: [route] })));
  await router.setGreenPercent(ROUTE, 50, Date.now() + 60_000, signal);
});
afterEach(async () => {
  await under.stop();
  await rm(folder, { recursive: true });
});

function cutover(...args: readonly string[]): Promise<CliRun> {
  return runCli(args, {
    env: {
      AWS_ENDPOINT_URL: under.aws.world?.url ?? '',
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: ENGINE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ENGINE_CREDENTIALS.secretAccessKey,
      // Nothing listens there.
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    },
  });
}

async function blueServes(): Promise<void> {
  const { elb } = under.aws.owner;
  const [Id, Port] = PODS.blue.split(':');
  await elb.send(
    new RegisterTargetsCommand({
      TargetGroupArn: ROUTE.blueTargetGroupArn,
      Targets: [{ Id, Port: Number(Port) }],
    }),
  );
  const targetGroups = createTargetGroups({ clients: under.aws.clients });
  await eventually('blue to be healthy', async () => {
    const { healthy } = await targetGroups.readHealth(ACCESS, ROUTE.blueTargetGroupArn, signal);
    return healthy > 0;
  });
}

async function capsuleOfFile(): Promise<Capsule> {
  const parsed = parseCapsule(await readFile(file, 'utf8'));
  if (!parsed.ok) throw new Error('no capsule');
  return parsed.capsule;
}

const greenPercent = async (): Promise<number | null> =>
  under.router.readGreenPercent(ROUTE, signal);

describe('cutover rollback --break-glass', () => {
  it('brings the route back through a throttled API, exit 4, and prints the same as commands', async () => {
    await blueServes();
    under.aws.world?.faults.add({
      operation: 'ModifyRule',
      times: 3,
      effect: { kind: 'throttle' },
    });

    const run = await cutover('rollback', '--break-glass', file, '--yes', '-o', 'json');

    expect(run.code).toBe(4);
    expect(run.json()).toMatchObject({
      workflowId: capsuleOf().workflowId,
      outcome: 'rolled-back',
      routes: [{ id: 'web', result: 'on-blue', was: 'elsewhere', attempts: 4 }],
    });
    expect(run.stderr).toContain('aws elbv2 modify-rule --region eu-west-1 --cli-input-json');
    expect(await greenPercent()).toBeNull();
    expect(under.aws.world?.defects()).toEqual([]);
  });

  it('only prints with --dry-run', async () => {
    const run = await cutover('rollback', '--break-glass', file, '--dry-run');

    expect(run.code).toBe(0);
    expect(run.stdout).toContain(`aws elbv2 describe-rules --region eu-west-1`);
    expect(await greenPercent()).toBe(50);
  });

  it('finds its capsule in Parameter Store too', async () => {
    const capsule = await capsuleOfFile();
    const place = { with: 'ssm', prefix: '/cutover', access: ACCESS } as const;
    await createSsmCapsules(under.aws).write(place, capsule, signal);
    const path = `ssm:/cutover/${capsule.workflowId}`;

    const run = await cutover('rollback', '--break-glass', path, '--dry-run', '-o', 'json');
    const nowhere = await cutover('rollback', '--break-glass', 'ssm:/nowhere', '--dry-run');

    expect(run.json()).toMatchObject({ capsule });
    expect(run.code).toBe(0);
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toContain('there is no capsule at ssm:/nowhere');
  });

  it('carries out a capsule in S3, and believes none in a bucket of another account', async () => {
    await blueServes();
    const capsule = await capsuleOfFile();
    const place = { with: 's3', prefix: 'cutover', access: ACCESS } as const;
    const bucket = BUCKETS.own.name;
    await createS3Capsules(under.aws).write({ ...place, bucket }, capsule, signal);
    const access = { ...ACCESS, account: BUCKETS.strangers.owner };
    const strangers = { ...place, bucket: BUCKETS.strangers.name, access };
    await createS3Capsules(under.aws).write(strangers, capsule, signal);
    const key = `cutover/${capsule.workflowId}.json`;
    const breakGlass = async (source: string): Promise<CliRun> =>
      cutover('rollback', '--break-glass', source, '--yes');

    const trap = await breakGlass(`s3://${strangers.bucket}/${key}`);
    const nowhere = await breakGlass(`s3://${bucket}/nowhere.json`);
    const odd = await breakGlass(`s3://${bucket}`);

    expect([trap.code, nowhere.code, odd.code]).toEqual([1, 1, 1]);
    expect(trap.stderr).toContain(`does not belong to account ${ACCESS.account}`);
    expect(nowhere.stderr).toContain(`there is no capsule at s3://${bucket}/nowhere.json`);
    expect(odd.stderr).toContain('s3://BUCKET/KEY');
    expect(await greenPercent()).toBe(50);

    const run = await breakGlass(`s3://${bucket}/${key}`);

    expect(run.code).toBe(4);
    expect(await greenPercent()).toBeNull();
  });

  it('leaves users where they are when blue has nobody, exit 7, until it is forced', async () => {
    const refused = await cutover('rollback', '--break-glass', file, '--yes');
    expect(refused.code).toBe(7);
    expect(refused.stdout).toContain('no healthy target');
    expect(await greenPercent()).toBe(50);

    const forced = await cutover('rollback', '--break-glass', file, '--yes', '--force');
    expect(forced.code).toBe(4);
    expect(await greenPercent()).toBeNull();
  });

  it('says which permission is missing, exit 1', async () => {
    await blueServes();
    under.aws.world?.faults.add({
      operation: 'ModifyRule',
      effect: { kind: 'error', code: 'AccessDenied', status: 403 },
    });

    const run = await cutover('rollback', '--break-glass', file, '--yes');

    expect(run.code).toBe(1);
    expect(run.stdout).toContain('AccessDenied');
    expect(await greenPercent()).toBe(50);
  });

  it.each([
    ['{"schema":1}', 1, 'workflowId: found nothing'],
    ['not json', 1, 'the capsule is not JSON'],
  ])('refuses %j', async (text, code, expected) => {
    await writeFile(file, text);

    const run = await cutover('rollback', '--break-glass', file, '--yes');

    expect(run.code).toBe(code);
    expect(run.stderr).toContain(expected);
    expect(run.stderr).not.toContain('    at ');
  });

  it('takes no migration beside it, and says where a file is not', async () => {
    const both = await cutover('rollback', 'some-id', '--break-glass', file);
    expect(both.code).toBe(64);

    const nowhere = await cutover('rollback', '--break-glass', join(folder, 'none.json'));
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toContain('none.json cannot be read');
  });
});
