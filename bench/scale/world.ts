/**
 * A world for a thousand migrations on two cores: a real Temporal server, the engine's own worker program with production's timings,
 * the emulated AWS with its rate limits and physics, light clusters. Emulator, clusters, data plane and pods are this process;
 * Temporal and the worker are processes of their own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EKSClient } from '@aws-sdk/client-eks';
import { Client, Connection } from '@temporalio/client';
import { migrationClient, type MigrationClient } from '#clients/migration-client.ts';
import { pollersOf } from '#clients/temporal/pollers.ts';
import { QUEUES } from '#domain/queues.ts';
import { startAwsWorld, type AwsWorld } from '#sandbox/aws/aws-world.ts';
import { createCloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import { createElbv2, type Elbv2 } from '#sandbox/aws/elbv2/elbv2-service.ts';
import { QUOTA_CODES } from '#sandbox/aws/quotas/quota-book.ts';
import { ENGINE_CREDENTIALS, REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import { translatedNetwork } from '#sandbox/data-plane/target-network.ts';
import {
  startLightKubernetes,
  type LightKubernetes,
} from '#sandbox/light-kubernetes/light-kubernetes.ts';
import { createSupervisor } from '#sandbox/processes/supervisor.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { startTemporal } from '#sandbox/temporal/temporal-server.ts';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { awsEnvironment } from '#sandbox/world/sandbox-environment.ts';
import { SEARCH_ATTRIBUTE_TYPES } from '#sandbox/temporal/search-attribute-types.ts';
import { patientOwner } from '../rollback/patient-owner.ts';
import { createListeners, furnish, type Place } from './furnish.ts';
import { imageEnvironment } from '../image-environment.ts';
import { inLanes } from './lanes.ts';
import { startPods } from './pods.ts';
import { FURNISHED_AT_ONCE, MUTATION_LIMIT, SEED, USERS_BEFORE_MS } from './setting.ts';
import { startUsers, type Users } from './users.ts';

export interface World {
  readonly aws: AwsWorld;
  readonly light: LightKubernetes;
  readonly migrations: MigrationClient;
  readonly client: Client;
  readonly users: Users;
  readonly worker: { readonly pid: number; readonly logFile: string };
  /** Of so many migrations, all with users on blue and blue's targets healthy. The rate limit begins to count after it. */
  furnish(migrations: number): Promise<readonly Place[]>;
  stop(): Promise<void>;
}

const WORKER = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));
const READY_WITHIN_MS = 60_000;
const IDENTITY = 'scale';
/** Clusters of all migrations, blue and green, and vCPUs of their nodes; AWS's own quotas can be raised. */
const CLUSTER_QUOTA = 5_000;
const VCPU_QUOTA = 50_000;

export async function startWorld(): Promise<World> {
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-scale-bench-'));
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
      database: 'memory',
      searchAttributes: SEARCH_ATTRIBUTE_TYPES,
    });
    const pods = await startPods();
    undo.push(() => pods.stop());
    // Health checks at AWS's own pace: a tenth of it would be six hundred probes a second.
    const dataPlane = new DataPlane({
      network: translatedNetwork(pods.origin),
      seed: SEED,
      timeScale: 1,
    });
    undo.push(() => dataPlane.close());
    const cloudWatch = createCloudWatch({ seed: SEED });
    undo.push(() => cloudWatch.stop());
    const light = await startLightKubernetes({ seed: SEED });
    undo.push(() => light.stopAll());
    // What stands there before the first migration was made long ago, at nobody's expense.
    let furnishing = true;
    const mutationLimit = {
      get ratePerSecond() {
        return furnishing ? 10_000 : MUTATION_LIMIT.ratePerSecond;
      },
      get burst() {
        return furnishing ? 10_000 : MUTATION_LIMIT.burst;
      },
    };
    let elbv2: Elbv2 | undefined;
    const aws = await startAwsWorld({
      backend: light,
      seed: SEED,
      clusterQuota: CLUSTER_QUOTA,
      services: (account) => {
        cloudWatch.reportUsage(account.instances);
        elbv2 = createElbv2({ account, dataPlane, mutationLimit });
        return [elbv2.service, cloudWatch.service];
      },
    });
    undo.push(() => aws.stop());
    aws.account.quotas.set(QUOTA_CODES.onDemand, VCPU_QUOTA);
    if (elbv2 === undefined) throw new Error('the emulator has no load balancers');
    const owner = patientOwner(aws.url);
    undo.push(() => owner.destroy());
    const eks = new EKSClient({
      endpoint: aws.url,
      region: REGION,
      credentials: { ...SANDBOX_CREDENTIALS },
    });
    undo.push(() => eks.destroy());
    light.followBindings(owner);
    const users = startUsers(elbv2.world, cloudWatch.store);
    undo.push(() => users.stop());
    const { address, namespace } = temporal;
    const connection = await Connection.connect({ address });
    undo.push(() => connection.close());
    const client = new Client({ connection, namespace });
    const access = { client, connection, namespace, address };
    const worker = await supervisor.spawn({
      name: 'worker',
      command: process.execPath,
      args: [WORKER],
      env: {
        ...(await imageEnvironment()),
        ...awsEnvironment(aws.url, ENGINE_CREDENTIALS),
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: namespace,
        CUTOVER_CAPSULES: join(stateDir, 'capsules'),
        CUTOVER_LOG_LEVEL: 'warn',
        POD_NAME: IDENTITY,
      },
      ready: {
        timeoutMs: READY_WITHIN_MS,
        probe: async () =>
          (await pollersOf(access, QUEUES.main, 'workflow')).identities.includes(IDENTITY),
      },
    });
    const isHealthy = ({ blueTargetGroupArn }: Place): boolean =>
      (dataPlane.targetGroup(blueTargetGroupArn)?.count('healthy') ?? 0) >= PODS_OF_WEB;
    return {
      aws,
      light,
      client,
      users,
      worker,
      migrations: migrationClient(access),
      furnish: async (count) => {
        const listeners = await createListeners(owner, count);
        const numbers = Array.from({ length: count }, (_, number) => number);
        const places = await inLanes(numbers, FURNISHED_AT_ONCE, async (number) => {
          const place = await furnish({ elbv2: owner, eks, light }, number, listeners);
          users.add(place);
          return place;
        });
        await waitUntil(() => places.every(isHealthy), {
          what: "blue's targets to be healthy",
          timeoutMs: HEALTHY_WITHIN_MS,
          intervalMs: 1_000,
        });
        await delay(USERS_BEFORE_MS);
        furnishing = false;
        return places;
      },
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** The shop's own number (`sandbox/shop/manifests.ts`). */
const PODS_OF_WEB = 3;
// Longer than a health check's interval: on a machine that stalls a first one may fail.
const HEALTHY_WITHIN_MS = 400_000;
