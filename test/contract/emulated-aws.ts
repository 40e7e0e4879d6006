/**
 * The AWS that the adapters' contract runs against, with nothing of ours between: the emulator, reached through
 * `AWS_ENDPOINT_URL` as every SDK reads it. Where that variable is set already, the endpoint it names is used instead
 * of an emulator of our own, and the account there must be furnished like the sandbox's.
 */
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { Route53Client } from '@aws-sdk/client-route-53';
import { createAwsClients, type AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import type { Access } from '#activities/ports/refs.ts';
import { startAwsWorld, type AwsWorld } from '#sandbox/aws/aws-world.ts';
import type { AwsAccount } from '#sandbox/aws/account.ts';
import type { Service } from '#sandbox/aws/core/service.ts';
import type { BucketSize } from '#sandbox/aws/core/token-bucket.ts';
import type { ClusterBackend } from '#sandbox/aws/eks/cluster-backend.ts';
import { inMemoryBackend } from '#sandbox/aws/eks/in-memory-backend.ts';
import { createRoute53, type Route53 } from '#sandbox/aws/route53/route53-service.ts';
import { createElbv2, type Elbv2 } from '#sandbox/aws/elbv2/elbv2-service.ts';
import { seedShopFrontDoor } from '#sandbox/aws/elbv2/seed.ts';
import { ACCOUNT_ID, ENGINE_CREDENTIALS, REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import { startFakePods, type FakePods } from '#test/sandbox/data-plane/fake-pods.ts';

export const ACCESS: Access = { account: ACCOUNT_ID, region: REGION };

/** Green's pods answer 201 and blue's 200, so that an answer tells who gave it. */
export const PODS = { blue: '10.20.0.10:8080', green: '10.20.16.10:8080' } as const;

export interface EmulatedAws {
  /** The adapters' clients, acting as the engine. */
  readonly clients: AwsClients;
  /** Raw clients of the account's owner, for what stood there before and for looking behind. */
  readonly owner: {
    readonly eks: EKSClient;
    readonly elb: ElasticLoadBalancingV2Client;
    readonly ec2: EC2Client;
    readonly route53: Route53Client;
  };
  /** The emulator itself, for faults and the audit; undefined at a foreign endpoint. */
  readonly world: AwsWorld | undefined;
  /** `host:port` of the emulator's name servers; undefined at a foreign endpoint, whose zones have servers of their own. */
  readonly nameServers: readonly string[] | undefined;
  stop(): Promise<void>;
}

export interface EmulatedAwsOptions {
  /** @default clusters of maps, without API servers */
  readonly backend?: ClusterBackend;
  readonly services?: (account: AwsAccount) => readonly Service[];
  /** See the emulator's own option; for tests that tell load balancers by their addresses. @default false */
  readonly ownAddresses?: boolean;
  /** Multiplies AWS's delays. @default 0.02 */
  readonly delayScale?: number;
  /** Of Route 53. @default none to speak of */
  readonly dnsRequestLimit?: BucketSize;
  /** Of S3's lists. @default 1000 */
  readonly keysPerPage?: number;
}

export async function startEmulatedAws(options: EmulatedAwsOptions = {}): Promise<EmulatedAws> {
  const foreign = process.env['AWS_ENDPOINT_URL'];
  const own = foreign === undefined ? await startOwn(options) : undefined;
  if (own !== undefined) {
    process.env['AWS_ENDPOINT_URL'] = own.world.url;
    process.env['AWS_ACCESS_KEY_ID'] = ENGINE_CREDENTIALS.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = ENGINE_CREDENTIALS.secretAccessKey;
  }
  const clients = createAwsClients();
  // A foreign account is reached by whatever credentials the SDK finds.
  const asOwner = {
    region: REGION,
    ...(own === undefined ? {} : { credentials: { ...SANDBOX_CREDENTIALS } }),
  };
  const owner = {
    eks: new EKSClient(asOwner),
    elb: new ElasticLoadBalancingV2Client(asOwner),
    ec2: new EC2Client(asOwner),
    route53: new Route53Client(asOwner),
  };
  return {
    clients,
    owner,
    world: own?.world,
    nameServers: own?.nameServers,
    stop: async () => {
      clients.close();
      owner.eks.destroy();
      owner.elb.destroy();
      owner.ec2.destroy();
      owner.route53.destroy();
      if (own === undefined) return;
      delete process.env['AWS_ENDPOINT_URL'];
      await own.stop();
    },
  };
}

async function startOwn(options: EmulatedAwsOptions): Promise<{
  readonly world: AwsWorld;
  readonly nameServers: readonly string[];
  readonly stop: () => Promise<void>;
}> {
  const pods = await startShopPods();
  const dataPlane = new DataPlane({
    network: pods.network,
    propagation: { minMs: 1, maxMs: 40 },
    timeScale: 0.01,
  });
  let seed: () => Promise<unknown> = async () => undefined;
  const dns: Route53[] = [];
  const world = await startAwsWorld({
    backend: options.backend ?? inMemoryBackend(),
    delayScale: options.delayScale ?? 0.02,
    keysPerPage: options.keysPerPage,
    services: (account) => {
      const elbv2 = createElbv2({
        account,
        dataPlane,
        mutationLimit: { ratePerSecond: 1000, burst: 1000 },
        ownAddresses: options.ownAddresses ?? false,
      });
      const route53 = createRoute53({
        account,
        addressOf: addressesOf(elbv2),
        requestLimit: options.dnsRequestLimit ?? { ratePerSecond: 1000, burst: 1000 },
      });
      dns.push(route53);
      seed = () => seedShopFrontDoor(elbv2.world, 0);
      return [elbv2.service, route53.service, ...(options.services?.(account) ?? [])];
    },
  });
  await seed();
  const nameServers = (await Promise.all(dns.map(async (one) => one.listen()))).flat();
  return {
    world,
    nameServers,
    stop: async () => {
      for (const one of dns) await one.stop();
      await world.stop();
      await dataPlane.close();
      await pods.close();
    },
  };
}

/** Where an alias leads: the address that stands for the load balancer's name. */
function addressesOf({ world }: Elbv2): (dnsName: string) => string | undefined {
  return (dnsName) =>
    [...world.state.loadBalancers.values()]
      .map(({ description }) => description.DNSName)
      .find((name) => `${name}.` === dnsName || `dualstack.${name}.` === dnsName);
}

async function startShopPods(): Promise<FakePods> {
  const pods = await startFakePods(Object.values(PODS));
  pods.set(PODS.green, { kind: 'answers', status: 201 });
  return pods;
}
