/** `cutover init`: an emulated AWS with a load balancer and a cluster behind it, and the command as a process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EKSClient } from '@aws-sdk/client-eks';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { startAwsWorld } from '#sandbox/aws/aws-world.ts';
import { createElbv2, type Elbv2 } from '#sandbox/aws/elbv2/elbv2-service.ts';
import { seedShopFrontDoor, SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { ENGINE_CREDENTIALS, REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import { translatedNetwork } from '#sandbox/data-plane/target-network.ts';
import { startLightKubernetes } from '#sandbox/light-kubernetes/light-kubernetes.ts';
import { shopManifests } from '#sandbox/shop/manifests.ts';
import { awsEnvironment } from '#sandbox/world/sandbox-environment.ts';
import { seedCluster } from '#sandbox/world/seed-cluster.ts';
import { runCli, type CliRun } from './run-cli.ts';

const undo: (() => Promise<void> | void)[] = [];
let environment: Readonly<Record<string, string>>;
let folder: string;

beforeAll(async () => {
  const seed = 1;
  const dataPlane = new DataPlane({ network: translatedNetwork('http://127.0.0.1:1'), seed });
  undo.push(() => dataPlane.close());
  const light = await startLightKubernetes({ seed, onPods: () => undefined });
  undo.push(() => light.stopAll());
  const made: Elbv2[] = [];
  const aws = await startAwsWorld({
    backend: light,
    seed,
    services: (account) => {
      const elbv2 = createElbv2({ account, dataPlane });
      made.push(elbv2);
      return [elbv2.service];
    },
  });
  undo.push(() => aws.stop());
  for (const { world } of made) await seedShopFrontDoor(world, 0);
  const owner = { endpoint: aws.url, region: REGION, credentials: SANDBOX_CREDENTIALS };
  const elb = new ElasticLoadBalancingV2Client(owner);
  const eks = new EKSClient(owner);
  undo.push(() => {
    elb.destroy();
    eks.destroy();
  });
  light.followBindings(elb);
  await seedCluster(eks, 'shop-blue');
  const manifests = shopManifests({
    frontDoor: { kind: 'binding', targetGroupArn: SHOP_FRONT_DOOR.blueTargetGroupArn },
    securityGroupId: SHOP_FRONT_DOOR.securityGroupId,
  });
  for (const manifest of manifests) light.cluster('shop-blue').apply(manifest, 'shop-team');
  environment = awsEnvironment(aws.url, ENGINE_CREDENTIALS);
  folder = await mkdtemp(join(tmpdir(), 'cutover-init-'));
  undo.push(() => rm(folder, { recursive: true }));
});
afterAll(async () => {
  for (const step of undo.toReversed()) await step();
});

function init(...args: readonly string[]): Promise<CliRun> {
  return runCli(['init', ...args], { env: environment });
}

async function planned(text: string): Promise<CliRun> {
  const file = join(folder, 'plan.yaml');
  await writeFile(file, text);
  return runCli(['plan', file, '-o', 'json'], { env: environment });
}

describe('cutover init', () => {
  it('drafts a plan that names what leads users to blue, and is one as soon as its questions are answered', async () => {
    const run = await init('--cluster', 'shop-blue', '--target-version', '1.36');
    const unanswered = await planned(run.stdout);
    const answered = await planned(
      run.stdout
        .replaceAll('green: QUESTION', `green: ${SHOP_FRONT_DOOR.greenTargetGroupArn}`)
        .replaceAll('approvers: []', 'approvers: [sre]'),
    );

    expect(run.stderr).toContain('3 questions to answer');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(`rule: ${SHOP_FRONT_DOOR.ruleArn}`);
    expect(run.stdout).toContain(`blue: ${SHOP_FRONT_DOOR.blueTargetGroupArn}`);
    expect(run.stdout).toMatch(
      /# QUESTION: which target group is green’s\?.*\n\s*# aws elbv2 create-target-group --name shop-green .* --health-check-path \/healthz /u,
    );
    expect(run.stdout).toContain('# shop: path /* → shop/web');
    expect(unanswered.code).toBe(64);
    expect(unanswered.stderr).toContain('QUESTION');
    expect(answered.stderr).toBe('');
    expect(answered.code).toBe(0);
  });

  it('says with -o json what it was made of', async () => {
    const run = await init('--cluster', 'shop-blue', '-o', 'json');

    expect(run.json()).toMatchObject({
      plan: { spec: { green: { cluster: 'shop-green', version: '1.35' } } },
      inventory: {
        cluster: { name: 'shop-blue', version: '1.34', access: { account: '111122223333' } },
        namespaces: ['shop'],
        unread: [],
      },
    });
  });

  it('of a cluster that is not there says so, exit 1', async () => {
    const run = await init('--cluster', 'shop-bleu');

    expect(run.stderr).toContain('there is no such cluster');
    expect(run.stderr).toContain('shop-bleu');
    expect(run.stderr).not.toContain('    at ');
    expect(run.code).toBe(1);
  });

  it.each([
    [['--cluster', 'shop-blue', '--target-version', 'newest'], 'give a Kubernetes minor'],
    [[], '--cluster'],
  ])('typed as %j is wrong usage', async (args, says) => {
    const run = await init(...args);

    expect(run.stderr).toContain(says);
    expect(run.code).toBe(64);
  });
});
