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
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Client, Connection } from '@temporalio/client';
import { migrationClient, type MigrationClient } from '#clients/migration-client.ts';
import { startAwsWorld, type AwsWorld } from '#sandbox/aws/aws-world.ts';
import { createCloudWatch, type CloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import { inMemoryBackend } from '#sandbox/aws/eks/in-memory-backend.ts';
import { createElbv2 } from '#sandbox/aws/elbv2/elbv2-service.ts';
import { ENGINE_CREDENTIALS, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import { translatedNetwork } from '#sandbox/data-plane/target-network.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { createSupervisor } from '#sandbox/processes/supervisor.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { startTemporal } from '#sandbox/temporal/temporal-server.ts';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { awsEnvironment } from '#sandbox/world/sandbox-environment.ts';
import { SEARCH_ATTRIBUTE_TYPES } from '#sandbox/temporal/search-attribute-types.ts';
import { startChild, type Child } from './child.ts';
import {
  createLoadBalancer,
  furnishCase,
  furnishRules,
  PODS_A_SIDE,
  type Place,
  type RulesPlace,
} from './furnish.ts';
import { patientOwner } from './patient-owner.ts';
import type { RoutePlace } from './rule-writes.ts';
import { SEED } from './setting.ts';

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
  /** One migration's many rules, spread over load balancers; furnished, and blue's targets healthy. */
  rules(number: number, count: number): Promise<RulesPlace>;
  stop(): Promise<void>;
}

const HEALTHY_WITHIN_MS = 120_000;
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
      searchAttributes: SEARCH_ATTRIBUTE_TYPES,
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
      services: (account) => {
        cloudWatch.reportUsage(account.instances);
        return [createElbv2({ account, dataPlane }).service, cloudWatch.service];
      },
    });
    undo.push(() => aws.stop());
    const elbv2 = patientOwner(aws.url);
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
    const furnisher = { elbv2, crowd };
    const healthy = async (routes: readonly RoutePlace[]): Promise<void> => {
      const isHealthy = ({ blueTargetGroupArn }: RoutePlace): boolean =>
        dataPlane.targetGroup(blueTargetGroupArn)?.count('healthy') === PODS_A_SIDE;
      await waitUntil(() => routes.every(isHealthy), {
        what: "blue's targets to be healthy",
        timeoutMs: HEALTHY_WITHIN_MS,
      });
    };
    return {
      aws,
      cloudWatch,
      elbv2,
      crowd,
      client,
      migrations: migrationClient({ client, connection, namespace, address }),
      loadBalancer: (name) => createLoadBalancer(elbv2, name),
      place: async (number, loadBalancerArn) => {
        const place = await furnishCase(furnisher, number, loadBalancerArn);
        await healthy([place]);
        return place;
      },
      rules: async (number, count) => {
        const place = await furnishRules(furnisher, number, count);
        await healthy(place.routes);
        return place;
      },
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}
