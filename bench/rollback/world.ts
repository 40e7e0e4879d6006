/**
 * One long-lived light world for many migrations: a real Temporal server, the engine's real worker, the emulated ELBv2 and CloudWatch with
 * their physics (changes reach nodes after 0.2–3 s, custom metrics are 1–3 s late, ALB sums 60–180 s, writes are rate-limited) and a data
 * plane that really serves. Each case has a listener, a rule, two target groups, pods and users of its own; EKS and Kubernetes
 * are in memory (`worker-program.ts`).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Client, Connection } from '@temporalio/client';
import { migrationClient, type MigrationClient } from '#clients/migration-client.ts';
import { startAwsWorld, type AwsWorld } from '#sandbox/aws/aws-world.ts';
import { createCloudWatch, type CloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import { inMemoryBackend } from '#sandbox/aws/eks/in-memory-backend.ts';
import { createElbv2 } from '#sandbox/aws/elbv2/elbv2-service.ts';
import {
  ENGINE_CREDENTIALS,
  REGION,
  SANDBOX_CREDENTIALS,
  SECURITY_GROUPS,
  SUBNETS,
  VPC,
} from '#sandbox/aws/seed.ts';
import { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import { translatedNetwork } from '#sandbox/data-plane/target-network.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { createSupervisor } from '#sandbox/processes/supervisor.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { startTemporal } from '#sandbox/temporal/temporal-server.ts';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { awsEnvironment } from '#sandbox/world/sandbox-environment.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/search-attributes.ts';
import { startChild, type Child } from './child.ts';
import { SEED } from './setting.ts';

/** What one case moves. */
export interface Place {
  readonly number: number;
  readonly blue: string;
  readonly green: string;
  readonly ruleArn: string;
  readonly blueTargetGroupArn: string;
  readonly greenTargetGroupArn: string;
  /** Where its users come in. */
  readonly origin: string;
}

export interface World {
  readonly aws: AwsWorld;
  readonly cloudWatch: CloudWatch;
  /** Acts as the account's owner. */
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly crowd: Child;
  readonly migrations: MigrationClient;
  readonly client: Client;
  /** A load balancer for up to 49 cases. */
  loadBalancer(name: string): Promise<string>;
  /** Furnished, and blue's targets healthy. */
  place(number: number, loadBalancerArn: string): Promise<Place>;
  stop(): Promise<void>;
}

const PODS_A_SIDE = 3;
const HEALTHY_WITHIN_MS = 120_000;
const POD_PORT = 8080;
const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export async function startWorld(): Promise<World> {
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-rollback-bench-'));
  const undo: (() => Promise<void> | void)[] = [
    () => rm(stateDir, { recursive: true, force: true }),
  ];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const tools = await setUpTools(['temporal']);
    const supervisor = await createSupervisor({ stateDir });
    undo.push(() => supervisor.stop());
    const temporal = await startTemporal({
      supervisor,
      tools,
      stateDir,
      searchAttributes: Object.fromEntries(
        SEARCH_ATTRIBUTES.map(({ name, type }) => [name, type === 'INT' ? 'Int' : 'Keyword']),
      ),
    });
    const podsPort = await freePort();
    const network = translatedNetwork(`http://127.0.0.1:${podsPort}`);
    const dataPlane = new DataPlane({ network, seed: SEED });
    undo.push(() => dataPlane.close());
    const cloudWatch = createCloudWatch({ dataPlane, seed: SEED });
    undo.push(() => cloudWatch.stop());
    const aws = await startAwsWorld({
      backend: inMemoryBackend(),
      seed: SEED,
      services: (account) => [createElbv2({ account, dataPlane }).service, cloudWatch.service],
    });
    undo.push(() => aws.stop());
    // The owner prepares dozens of places; it waits where the account's rate limit says so.
    const elbv2 = new ElasticLoadBalancingV2Client({
      endpoint: aws.url,
      region: REGION,
      credentials: SANDBOX_CREDENTIALS,
      maxAttempts: 20,
    });
    undo.push(() => elbv2.destroy());
    const crowd = await startChild(program('crowd-program.ts'), {
      ...awsEnvironment(aws.url, SANDBOX_CREDENTIALS),
      BENCH_PODS_PORT: String(podsPort),
    });
    undo.push(() => crowd.stop());
    const worker = await startChild(program('worker-program.ts'), {
      ...awsEnvironment(aws.url, ENGINE_CREDENTIALS),
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      BENCH_STATE_DIR: stateDir,
    });
    undo.push(() => worker.stop());
    const { address, namespace } = temporal;
    const connection = await Connection.connect({ address });
    undo.push(() => connection.close());
    const client = new Client({ connection, namespace });
    return {
      aws,
      cloudWatch,
      elbv2,
      crowd,
      client,
      migrations: migrationClient({ client, connection, namespace, address }),
      loadBalancer: (name) => createLoadBalancer(elbv2, name),
      place: async (number, loadBalancerArn) => {
        const place = await furnish({ elbv2, crowd }, number, loadBalancerArn);
        const blue = (): number =>
          dataPlane.targetGroup(place.blueTargetGroupArn)?.count('healthy') ?? 0;
        await waitUntil(() => blue() === PODS_A_SIDE, {
          what: `the targets of ${place.blue} to be healthy`,
          timeoutMs: HEALTHY_WITHIN_MS,
        });
        return place;
      },
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function createLoadBalancer(
  elbv2: ElasticLoadBalancingV2Client,
  Name: string,
): Promise<string> {
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({
      Name,
      Subnets: SUBNETS.map(({ subnetId }) => subnetId),
      SecurityGroups: [SECURITY_GROUPS.loadBalancer],
    }),
  );
  return given(LoadBalancers?.[0]?.LoadBalancerArn);
}

async function furnish(
  { elbv2, crowd }: Pick<World, 'elbv2' | 'crowd'>,
  number: number,
  LoadBalancerArn: string,
): Promise<Place> {
  const [blue, green] = [`blue-${number}`, `green-${number}`];
  const [blueTargetGroupArn, greenTargetGroupArn] = await Promise.all(
    [blue, green].map((name, side) => furnishSide({ elbv2, crowd }, name, `10.${number}.${side}`)),
  );
  const Port = await freePort();
  const { Listeners } = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  const { Rules } = await elbv2.send(
    new CreateRuleCommand({
      ListenerArn: given(Listeners?.[0]?.ListenerArn),
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
      Actions: [{ Type: 'forward', TargetGroupArn: blueTargetGroupArn }],
    }),
  );
  return {
    number,
    blue,
    green,
    ruleArn: given(Rules?.[0]?.RuleArn),
    blueTargetGroupArn: given(blueTargetGroupArn),
    greenTargetGroupArn: given(greenTargetGroupArn),
    origin: `http://127.0.0.1:${Port}`,
  };
}

async function furnishSide(
  { elbv2, crowd }: Pick<World, 'elbv2' | 'crowd'>,
  Name: string,
  net: string,
): Promise<string> {
  const addresses = Array.from({ length: PODS_A_SIDE }, (_, index) => `${net}.${index + 1}`);
  await crowd.ask('pods', { cluster: Name, addresses });
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name,
      Protocol: 'HTTP',
      Port: POD_PORT,
      TargetType: 'ip',
      VpcId: VPC.vpcId,
      HealthCheckPath: '/healthz',
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 2,
    }),
  );
  const TargetGroupArn = given(TargetGroups?.[0]?.TargetGroupArn);
  await elbv2.send(
    new RegisterTargetsCommand({
      TargetGroupArn,
      Targets: addresses.map((Id) => ({ Id, Port: POD_PORT })),
    }),
  );
  return TargetGroupArn;
}

function given(value: string | undefined): string {
  if (value === undefined) throw new Error('the emulator left out what it always answers');
  return value;
}
