/**
 * The whole local world as one thing: Temporal, an emulated AWS whose clusters are real API servers, a shop on blue behind a
 * load balancer that really serves, and users. Invariants: everything that is a process is in the state directory's
 * ledger, so `down` and the reaper find it; ports are free ones unless told otherwise. Used by the demo, the benches,
 * the end-to-end tests and the `sandbox` verb.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EKSClient } from '@aws-sdk/client-eks';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { startAwsWorld, type AwsWorld } from '#sandbox/aws/aws-world.ts';
import { createCloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import { kubernetesBackend, type KubernetesBackend } from '#sandbox/aws/eks/kubernetes-backend.ts';
import { createElbv2, type Elbv2 } from '#sandbox/aws/elbv2/elbv2-service.ts';
import { ENGINE_CREDENTIALS, REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import type { DelayRange } from '#sandbox/data-plane/seeded-random.ts';
import { translatedNetwork } from '#sandbox/data-plane/target-network.ts';
import { seedHub } from '#sandbox/hub/seed-hub.ts';
import {
  createControlPlanes,
  CONTROL_PLANE_TOOLS,
} from '#sandbox/kubernetes/create-control-planes.ts';
import { startEtcd } from '#sandbox/kubernetes/etcd.ts';
import { createSupervisor, type Supervisor } from '#sandbox/processes/supervisor.ts';
import { startTemporal, type TemporalServer } from '#sandbox/temporal/temporal-server.ts';
import type { ToolPaths } from '#sandbox/tools/ensure-tools.ts';
import { trafficClient, type TrafficClient } from '#sandbox/traffic/traffic-client.ts';
import { SEARCH_ATTRIBUTE_TYPES } from '#sandbox/temporal/search-attribute-types.ts';
import { startShop, startTraffic } from './child-programs.ts';
import { withFollowers } from './cluster-followers.ts';
import { frontDoorListener, seedFrontDoor, type FrontDoorKind } from './front-door.ts';
import { choosePorts, type SandboxPorts } from './ports.ts';
import { awsEnvironment, pathWith } from './sandbox-environment.ts';
import { seedBlue } from './seed-blue.ts';
import type { ShopClient } from './shop-client.ts';

/** Programs that `ensureTools` must have been asked for. */
export const SANDBOX_TOOLS = ['temporal', ...CONTROL_PLANE_TOOLS] as const;

export interface SandboxOptions {
  readonly tools: ToolPaths;
  readonly stateDir: string;
  /** `fixed` for hands-on use, so that examples and bookmarks work. @default free */
  readonly ports?: 'fixed' | 'free';
  /** Users' requests. @default 160 */
  readonly requestsPerSecond?: number;
  /** A rule of the platform's load balancer, or an Ingress on blue that makes one. @default rule */
  readonly frontDoor?: FrontDoorKind;
  /** Users that keep the cookies they are given; 0 for users that are not told apart. @default 0 */
  readonly sessions?: number;
  /** A cluster with kro and ACK beside blue (examples/7-kro.yaml); `tools` must have `HUB_TOOLS`, too. @default false */
  readonly withHub?: boolean;
  /** Group versions that clusters serve although they are off by default, such as `networking.k8s.io/v1beta1`. @default none */
  readonly moreApis?: readonly string[];
  /** From the end of a minute until the load balancer's own metrics of it can be read. @default 60–180 s, as with AWS */
  readonly albLateness?: DelayRange;
  /** @default 1 */
  readonly seed?: number;
  /** Told what is being started, one sentence each. */
  readonly say?: (what: string) => void;
}

export interface Sandbox {
  readonly stateDir: string;
  readonly supervisor: Supervisor;
  readonly temporal: TemporalServer;
  readonly aws: AwsWorld;
  readonly elbv2: Elbv2;
  readonly clusters: KubernetesBackend;
  readonly shop: ShopClient;
  readonly traffic: TrafficClient;
  /** Where users come in, `http://127.0.0.1:PORT`. */
  readonly frontDoorUrl: string;
  readonly frontDoorListenerArn: string;
  readonly origins: { readonly shop: string; readonly traffic: string };
  /** Variables for the product's processes. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const DEFAULT_REQUESTS_PER_SECOND = 160;

/** Returns when users are being served by blue. Whatever was started is stopped again when something fails. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { tools, stateDir, seed = 1, say = () => undefined } = options;
  await mkdir(stateDir, { recursive: true });
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const ports = await choosePorts(options.ports ?? 'free');
    const supervisor = await createSupervisor({ stateDir });
    undo.push(() => supervisor.stop());
    say('Temporal server and UI, etcd, and the shop');
    const [temporal, etcd, shop] = await Promise.all([
      startTemporal({
        supervisor,
        tools,
        stateDir,
        ports: { frontend: ports.temporal, ui: ports.temporalUi },
        searchAttributes: SEARCH_ATTRIBUTE_TYPES,
      }),
      startEtcd({ supervisor, tools, stateDir }),
      startShop({
        supervisor,
        port: ports.shop,
        seed,
        env: awsEnvironment(awsUrl(ports), SANDBOX_CREDENTIALS),
      }),
    ]);

    say('the emulated AWS and its load balancer');
    const dataPlane = new DataPlane({ network: translatedNetwork(shop.origin), seed });
    undo.push(() => dataPlane.close());
    const elbv2Client = new ElasticLoadBalancingV2Client(clientConfig(ports));
    const eksClient = new EKSClient(clientConfig(ports));
    const iamClient = new IAMClient(clientConfig(ports));
    undo.push(() => {
      elbv2Client.destroy();
      eksClient.destroy();
      iamClient.destroy();
    });
    const clusters = withFollowers({
      backend: kubernetesBackend(
        createControlPlanes({ supervisor, tools, stateDir, etcd, moreApis: options.moreApis }),
        stateDir,
      ),
      elbv2: elbv2Client,
      shop: shop.client,
    });
    undo.push(() => clusters.stopAll());
    const { albLateness } = options;
    const { aws, elbv2 } = await startAws({
      ports,
      stateDir,
      seed,
      albLateness,
      clusters,
      dataPlane,
      undo,
    });
    const { frontDoor = 'rule' } = options;
    const shopFrontDoor = await seedFrontDoor(elbv2.world, frontDoor, ports.frontDoor);
    const frontDoorUrl = `http://127.0.0.1:${String(ports.frontDoor)}`;

    say('blue: a 1.34 control plane with nodes, add-ons and the shop');
    await seedBlue({ eks: eksClient, iam: iamClient }, clusters, shopFrontDoor);
    if (options.withHub === true) {
      say('the hub: a control plane with kro, and a stand-in for ACK');
      const hub = await seedHub({ awsUrl: aws.url, backend: clusters, supervisor, tools });
      undo.push(() => hub.stop());
    }
    const frontDoorListenerArn = await frontDoorListener(elbv2Client, frontDoor, frontDoorUrl);
    say('users');
    const traffic = await startTraffic({
      supervisor,
      target: frontDoorUrl,
      controlPort: ports.traffic,
      requestsPerSecond: options.requestsPerSecond ?? DEFAULT_REQUESTS_PER_SECOND,
      sessions: options.sessions ?? 0,
      seed,
    });
    return {
      stateDir,
      supervisor,
      temporal,
      aws,
      elbv2,
      clusters,
      shop: shop.client,
      traffic: trafficClient(traffic.origin),
      frontDoorUrl,
      frontDoorListenerArn,
      origins: { shop: shop.origin, traffic: traffic.origin },
      environment: {
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        ...awsEnvironment(aws.url, ENGINE_CREDENTIALS),
        CUTOVER_CAPSULES: join(stateDir, 'capsules'),
        PATH: pathWith(tools.path('temporal'), process.env['PATH'] ?? ''),
      },
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function startAws(parts: {
  readonly ports: SandboxPorts;
  readonly stateDir: string;
  readonly seed: number;
  readonly albLateness: DelayRange | undefined;
  readonly clusters: KubernetesBackend;
  readonly dataPlane: DataPlane;
  readonly undo: (() => Promise<void> | void)[];
}): Promise<{ readonly aws: AwsWorld; readonly elbv2: Elbv2 }> {
  const { ports, stateDir, seed, albLateness, clusters, dataPlane, undo } = parts;
  const cloudWatch = createCloudWatch({
    dataPlane,
    seed,
    ...(albLateness === undefined ? {} : { albLateness }),
  });
  undo.push(() => cloudWatch.stop());
  const made: Elbv2[] = [];
  const aws = await startAwsWorld({
    backend: clusters,
    port: ports.aws,
    seed,
    auditFile: join(stateDir, 'audit.ndjson'),
    services: (account) => {
      cloudWatch.reportUsage(account.instances);
      const elbv2 = createElbv2({ account, dataPlane });
      made.push(elbv2);
      return [elbv2.service, cloudWatch.service];
    },
  });
  undo.push(() => aws.stop());
  const [elbv2] = made;
  if (elbv2 === undefined) throw new Error('the emulator did not make its load balancing service');
  return { aws, elbv2 };
}

function awsUrl(ports: SandboxPorts): string {
  return `http://127.0.0.1:${String(ports.aws)}`;
}

function clientConfig(ports: SandboxPorts) {
  return { endpoint: awsUrl(ports), region: REGION, credentials: SANDBOX_CREDENTIALS };
}
