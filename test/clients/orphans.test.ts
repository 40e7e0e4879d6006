/** `cutover doctor --orphans`: a real Temporal, an emulated AWS, and the command as a process. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateClusterCommand } from '@aws-sdk/client-eks';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createS3Capsules } from '#activities/adapters/capsules/s3-capsules.ts';
import { capsuleText, type CapsuleRoute } from '#domain/capsule/capsule.ts';
import { BUCKETS, ENGINE_CREDENTIALS, REGION, ROLES, SUBNETS } from '#sandbox/aws/seed.ts';
import { albRouterUnderTest, ROUTE } from '#test/contract/alb-under-test.ts';
import { ACCESS } from '#test/contract/emulated-aws.ts';
import { albRoute, capsuleOf } from '#test/domain/capsule/capsules.ts';
import { hurriedServer, quietTemporal } from '#test/support/temporal-server.ts';
import { MIGRATE_CLUSTER } from '#workflows/messages.ts';
import { runCli, type CliRun } from './run-cli.ts';

const PLAN = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));
const { signal } = new AbortController();
const { workflowId } = capsuleOf();
let temporal: TestWorkflowEnvironment;
let under: Awaited<ReturnType<typeof albRouterUnderTest>>;
let capsules: string;
let file: string;

beforeAll(async () => {
  quietTemporal();
  temporal = await hurriedServer();
});
afterAll(() => temporal.teardown());

beforeEach(async () => {
  under = await albRouterUnderTest();
  capsules = join(await mkdtemp(join(tmpdir(), 'cutover-orphans-')), 'capsules');
  file = join(capsules, 'one.json');
  const { router } = under;
  await router.attach(ROUTE, (await router.describe(ROUTE, signal)).before, signal);
});
afterEach(async () => {
  await under.stop();
  await rm(join(capsules, '..'), { recursive: true });
});

async function ourRoute(): Promise<CapsuleRoute> {
  const wayBack = await under.router.wayBack(ROUTE, signal);
  const { ruleArn: resource, blueTargetGroupArn } = ROUTE;
  return albRoute({ resource, access: ACCESS, blueTargetGroupArn, wayBack });
}

async function writtenDown(): Promise<void> {
  await mkdir(capsules);
  await writeFile(file, capsuleText(capsuleOf({ routes: [await ourRoute()] })));
}

const split = async (): Promise<void> =>
  under.router.setGreenPercent(ROUTE, 25, Date.now() + 60_000, signal);

function orphans(...args: readonly string[]): Promise<CliRun> {
  return runCli(['doctor', '--orphans', ...args, '-o', 'json'], {
    env: {
      AWS_ENDPOINT_URL: under.aws.world?.url ?? '',
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: ENGINE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ENGINE_CREDENTIALS.secretAccessKey,
      TEMPORAL_ADDRESS: temporal.address,
      CUTOVER_CAPSULES: capsules,
    },
  });
}

describe('cutover doctor --orphans', () => {
  it('finds nothing where nothing was ever written down, exit 0', async () => {
    const run = await orphans();

    expect(run.json()).toMatchObject({ orphans: [], looked: { capsules: 0, routes: 0 } });
    expect(run.code).toBe(0);
  });

  it('finds nothing where green has no weight, exit 0', async () => {
    await writtenDown();

    const run = await orphans();

    expect(run.json()).toMatchObject({ orphans: [], looked: { capsules: 1, routes: 1 } });
    expect(run.code).toBe(0);
  });

  it('finds split weights without a run, with the command that mends them, exit 2; with a run none', async () => {
    await writtenDown();
    await split();

    const alone = await orphans();
    const handle = await temporal.client.workflow.start(MIGRATE_CLUSTER, {
      workflowId,
      taskQueue: 'nobody',
    });
    const guarded = await orphans();
    await handle.terminate();
    const ended = await orphans();

    expect(alone.json()).toMatchObject({
      orphans: [
        {
          workflowId,
          id: 'web',
          resource: ROUTE.ruleArn,
          commands: [`cutover rollback --break-glass ${file}`],
        },
      ],
      live: [],
    });
    expect(guarded.json()).toMatchObject({ orphans: [], live: [workflowId] });
    expect([alone.code, guarded.code, ended.code]).toEqual([2, 0, 2]);
  });

  it('finds those of a plan without any capsule, with the aws commands', async () => {
    await split();
    const subnetIds = SUBNETS.map(({ subnetId }) => subnetId);
    await under.aws.owner.eks.send(
      new CreateClusterCommand({
        name: 'shop-blue',
        version: '1.34',
        roleArn: ROLES.cluster,
        resourcesVpcConfig: { subnetIds },
        accessConfig: { authenticationMode: 'API' },
      }),
    );

    const run = await orphans(PLAN);

    expect(run.json()).toMatchObject({
      orphans: [
        {
          source: 'plan',
          greenPercent: 25,
          commands: expect.arrayContaining([expect.stringContaining('aws elbv2 modify-rule')]),
        },
      ],
    });
    expect(run.code).toBe(2);
  });

  it('reads the capsules of the plan’s bucket; a bucket that it may not read is no answer, exit 1', async () => {
    await split();
    const bucket = BUCKETS.own.name;
    const place = { with: 's3', bucket, prefix: 'cutover', access: ACCESS } as const;
    const capsule = capsuleOf({ routes: [await ourRoute()] });
    await createS3Capsules(under.aws).write(place, capsule, signal);
    const plan = join(capsules, '..', 'plan.yaml');
    const capsuleIn = (name: string): string =>
      `rollback: { green: keep, capsule: { with: s3, bucket: ${name} } }`;
    const example = await readFile(PLAN, 'utf8');
    const planOf = example.replace(/rollback: .*/u, capsuleIn(bucket));
    await writeFile(plan, planOf);

    const run = await orphans(plan);
    await writeFile(plan, planOf.replace(bucket, BUCKETS.strangers.name));
    const strangers = await orphans(plan);

    const source = `s3://${bucket}/cutover/${workflowId}.json`;
    expect(run.json()).toMatchObject({
      orphans: [{ source, commands: [`cutover rollback --break-glass ${source}`] }],
      looked: { capsules: 1 },
    });
    expect(run.code).toBe(2);
    expect(strangers.code).toBe(1);
    expect(strangers.stderr).toContain('does not belong to account');
  });

  it('does not take for fine what it cannot read, exit 1', async () => {
    await mkdir(capsules);
    await writeFile(file, 'not a capsule');

    const run = await orphans();

    expect(run.json()).toMatchObject({
      orphans: [],
      unreadable: [`${file}: the capsule is not JSON`],
    });
    expect(run.code).toBe(1);
  });
});
