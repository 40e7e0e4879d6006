/**
 * The world of one migration, all of it in this process and only its worker outside: an emulated AWS account with its physics, light
 * clusters behind it (real Kubernetes APIs over TLS, in memory), a data plane that really serves, the shop's pods, and users. The
 * worker reaches AWS and Kubernetes through wires that a case can cut.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { startAwsWorld, type AwsWorld } from '#sandbox/aws/aws-world.ts';
import { createCloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import type { ClusterBackend } from '#sandbox/aws/eks/cluster-backend.ts';
import { createElbv2, type Elbv2 } from '#sandbox/aws/elbv2/elbv2-service.ts';
import { seedShopFrontDoor, SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { ENGINE_CREDENTIALS, REGION, ROLES, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import { translatedNetwork } from '#sandbox/data-plane/target-network.ts';
import {
  startLightKubernetes,
  type LightKubernetes,
} from '#sandbox/light-kubernetes/light-kubernetes.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { shopManifests } from '#sandbox/shop/manifests.ts';
import { ShopMetrics } from '#sandbox/shop/shop-metrics.ts';
import { startShopServer } from '#sandbox/shop/shop-server.ts';
import type { Shop } from '#sandbox/shop/shop.ts';
import { startTraffic, type TrafficGenerator } from '#sandbox/traffic/traffic-generator.ts';
import { awsEnvironment } from '#sandbox/world/sandbox-environment.ts';
import { CATALOG_ROLE } from '#sandbox/world/seed-blue.ts';
import { seedCluster } from '#sandbox/world/seed-cluster.ts';
import { seedPodRole } from '#sandbox/world/seed-pod-role.ts';
import { duplicateEffects, duplicateObjects } from './count-effects.ts';
import { userFigures, type UserFigures } from './count-failures.ts';
import { BLUE, GREEN } from './sides.ts';
import { watchSingletons, type SingletonWatch } from './watch-singletons.ts';
import { startWire, type Wire } from './wire.ts';

export interface LaneWorld {
  /** Variables for the worker's SDKs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly aws: AwsWorld;
  readonly elbv2: Elbv2;
  readonly light: LightKubernetes;
  readonly wires: { readonly aws: () => Wire; readonly kubernetes: () => Wire };
  readonly singletons: SingletonWatch;
  /** What is wrong with the world itself, and what must never be in it, in words; empty in a good run. */
  wrongs(): readonly string[];
  /** Half of green's answers to users are errors from now on. */
  breakGreen(): void;
  /** Green answers nobody well, not even probes; it must not have users. */
  breakGreenForAll(): void;
  /** Blue fails its health checks; it must not have users. Returns when its targets are seen to be ill. */
  blueFalters(): Promise<void>;
  blueRecovers(): Promise<void>;
  /** Nobody asks any more; what users met. */
  usersLeave(): Promise<UserFigures>;
  /** What was made or taken away twice, in words. */
  duplicates(): readonly string[];
  stop(): Promise<void>;
}

/** Enough to tell shares and errors by, few enough that one process can serve ten worlds. */
const REQUESTS_PER_SECOND = 8;
const WEB_PODS = 3;
const READY_WITHIN_MS = 300_000;
/** Of target groups' own seconds: probes have the five seconds to answer that AWS gives them; with fewer a starved machine looked like pods that were ill. */
const TIME_SCALE = 1;
/** Pages of 20 ms. */
const LATENCY = { medianMs: 20, sigma: 0.3 } as const;

/** Returns when users are served by blue. */
export async function startLaneWorld({ seed }: { readonly seed: number }): Promise<LaneWorld> {
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const shopPort = await freePort();
    const dataPlane = new DataPlane({
      network: translatedNetwork(`http://127.0.0.1:${shopPort}`),
      seed,
      timeScale: TIME_SCALE,
    });
    undo.push(() => dataPlane.close());
    const cloudWatch = createCloudWatch({ dataPlane, seed });
    undo.push(() => cloudWatch.stop());
    // Pods are heard of before the shop is there: its metrics need the account, and the account its clusters.
    let shop: Shop | undefined;
    const light = await startLightKubernetes({
      seed,
      onPods: (cluster, pods) => shop?.directory.replaceCluster(cluster, pods),
    });
    undo.push(() => light.stopAll());
    const kubernetes = overAWire(light, undo);
    const made: Elbv2[] = [];
    const aws = await startAwsWorld({
      backend: kubernetes.backend,
      seed,
      services: (account) => {
        cloudWatch.reportUsage(account.instances);
        const elbv2 = createElbv2({ account, dataPlane });
        made.push(elbv2);
        return [elbv2.service, cloudWatch.service];
      },
    });
    undo.push(() => aws.stop());
    const [elbv2] = made;
    if (elbv2 === undefined)
      throw new Error('the emulator did not make its load balancing service');
    const [awsUrl, awsWire] = await wireTo(aws.url, undo);
    const owner = { endpoint: aws.url, region: REGION, credentials: SANDBOX_CREDENTIALS };
    const elbv2Client = new ElasticLoadBalancingV2Client(owner);
    const eksClient = new EKSClient(owner);
    const iamClient = new IAMClient(owner);
    undo.push(() => {
      elbv2Client.destroy();
      eksClient.destroy();
      iamClient.destroy();
    });
    light.followBindings(elbv2Client);
    const pods = await startShopServer({
      port: shopPort,
      seed,
      latency: LATENCY,
      metrics: new ShopMetrics({ client: new CloudWatchClient(owner) }),
    });
    shop = pods;
    undo.push(() => pods.close());
    const frontDoorPort = await seedShopFrontDoor(elbv2.world, 0);
    await seedCluster(eksClient, BLUE);
    furnishBlue(light, await seedPodRole({ eks: eksClient, iam: iamClient }, CATALOG_ROLE));
    const healthy = (targetGroupArn: string): number =>
      dataPlane.targetGroup(targetGroupArn)?.count('healthy') ?? 0;
    const blueIs = (what: string, fits: (count: number) => boolean): Promise<unknown> =>
      waitUntil(() => fits(healthy(SHOP_FRONT_DOOR.blueTargetGroupArn)), {
        what: `blue's targets to be ${what}`,
        timeoutMs: READY_WITHIN_MS,
        intervalMs: 200,
      });
    await blueIs('healthy', (count) => count === WEB_PODS);
    const traffic = startTraffic({
      target: `http://127.0.0.1:${frontDoorPort}`,
      requestsPerSecond: REQUESTS_PER_SECOND,
      seed,
      keep: 100_000,
    });
    undo.push(() => traffic.stop());
    const singletons = watchSingletons(light, { blue: BLUE, green: GREEN });
    undo.push(() => singletons.stop());
    return {
      environment: awsEnvironment(awsUrl, ENGINE_CREDENTIALS),
      aws,
      elbv2,
      light,
      wires: { aws: () => awsWire, kubernetes: kubernetes.wire },
      singletons,
      wrongs: () => [
        ...singletons.seenTwice(),
        ...aws
          .defects()
          .map(({ what, cause }) => `a defect of the emulator: ${what}: ${String(cause)}`),
      ],
      ...troubles(pods, traffic, blueIs),
      duplicates: () => [
        ...duplicateEffects(aws.audit.entries(), ROLES.engine),
        ...duplicateObjects(light.audit.entries()),
      ],
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function troubles(
  shop: Shop,
  traffic: TrafficGenerator,
  blueIs: (what: string, fits: (count: number) => boolean) => Promise<unknown>,
): Pick<
  LaneWorld,
  'breakGreen' | 'breakGreenForAll' | 'blueFalters' | 'blueRecovers' | 'usersLeave'
> {
  let brokenSinceMs: number | null = null;
  return {
    breakGreen: () => {
      brokenSinceMs = Date.now();
      shop.faults.set([{ cluster: GREEN, rate: 0.5 }]);
    },
    breakGreenForAll: () => shop.faults.set([{ cluster: GREEN, rate: 1, everyone: true }]),
    blueFalters: async () => {
      shop.faults.set([{ cluster: BLUE, rate: 1, everyone: true }]);
      await blueIs('ill', (count) => count === 0);
    },
    blueRecovers: async () => {
      shop.faults.set([]);
      await blueIs('well again', (count) => count === WEB_PODS);
    },
    usersLeave: async () => {
      await traffic.stop();
      return userFigures(traffic.log.between(0, Number.POSITIVE_INFINITY), GREEN, brokenSinceMs);
    },
  };
}

function furnishBlue(light: LightKubernetes, catalogRoleArn: string): void {
  const manifests = shopManifests({
    frontDoor: { kind: 'binding', targetGroupArn: SHOP_FRONT_DOOR.blueTargetGroupArn },
    catalogRoleArn,
    securityGroupId: SHOP_FRONT_DOOR.securityGroupId,
  });
  for (const manifest of manifests) light.cluster(BLUE).apply(manifest, 'shop-team');
}

/** The URL that leads to the same place over a wire of its own. */
async function wireTo(
  url: string,
  undo: (() => Promise<void> | void)[],
): Promise<readonly [string, Wire]> {
  const { protocol, host } = new URL(url);
  const wire = await startWire(host);
  undo.push(() => wire.stop());
  return [`${protocol}//${wire.address}`, wire];
}

/** The same clusters, which EKS says are to be found at the other end of a wire; they share one server. */
function overAWire(
  backend: ClusterBackend,
  undo: (() => Promise<void> | void)[],
): { readonly backend: ClusterBackend; readonly wire: () => Wire } {
  let laid: Promise<readonly [string, Wire]> | undefined;
  let known: Wire | undefined;
  return {
    wire: () => {
      if (known === undefined) throw new Error('no cluster was started yet');
      return known;
    },
    backend: {
      ...backend,
      start: async (cluster) => {
        const { endpoint, caData } = await backend.start(cluster);
        laid ??= wireTo(endpoint, undo);
        const [origin, wire] = await laid;
        known = wire;
        return { endpoint: `${origin}${new URL(endpoint).pathname}`, caData };
      },
    },
  };
}
