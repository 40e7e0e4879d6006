/** The seeded front door in an emulator of its own, with pods behind it and the real SDK client in front. */
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { request } from 'undici';
import { seededAccount } from '#sandbox/aws/account.ts';
import type { BucketSize } from '#sandbox/aws/core/token-bucket.ts';
import { startAwsEmulator, type AwsEmulator } from '#sandbox/aws/core/emulator.ts';
import { createElbv2 } from '#sandbox/aws/elbv2/elbv2-service.ts';
import { seedShopFrontDoor } from '#sandbox/aws/elbv2/seed.ts';
import { DataPlane, type DataPlaneOptions } from '#sandbox/data-plane/data-plane.ts';
import { startFakePods, type FakePods } from '../../data-plane/fake-pods.ts';

export const BLUE_POD = '10.1.0.1';
export const GREEN_POD = '10.2.0.1';

export interface FrontDoor {
  readonly client: ElasticLoadBalancingV2Client;
  readonly emulator: AwsEmulator;
  readonly dataPlane: DataPlane;
  readonly pods: FakePods;
  readonly port: number;
  get(
    path?: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; pod: string; body: string }>;
  close(): Promise<void>;
}

export async function openFrontDoor(
  options: {
    readonly dataPlane?: Partial<DataPlaneOptions>;
    readonly mutationLimit?: BucketSize;
    readonly maxAttempts?: number;
  } = {},
): Promise<FrontDoor> {
  const pods = await startFakePods([`${BLUE_POD}:8080`, `${GREEN_POD}:8080`]);
  const dataPlane = new DataPlane({
    network: pods.network,
    propagation: { minMs: 0, maxMs: 0 },
    timeScale: 0.005,
    ...options.dataPlane,
  });
  const account = seededAccount({ delayScale: 0.05 });
  const { service, world } = createElbv2({
    account,
    dataPlane,
    mutationLimit: options.mutationLimit ?? { ratePerSecond: 1_000, burst: 1_000 },
  });
  const port = await seedShopFrontDoor(world, 0);
  const emulator = await startAwsEmulator({
    services: [service],
    clock: account.clock,
    identities: account.identities,
  });
  const client = new ElasticLoadBalancingV2Client({
    endpoint: emulator.url,
    region: 'eu-west-1',
    credentials: {
      accessKeyId: 'AKIACUTOVERENGINE001',
      secretAccessKey: 'emulated/secret/of/the/cutover/engine/01',
    },
    maxAttempts: options.maxAttempts ?? 1,
  });
  return {
    client,
    emulator,
    dataPlane,
    pods,
    port,
    get: async (path = '/', headers = {}) => {
      const answer = await request(`http://127.0.0.1:${port}${path}`, { headers });
      return {
        status: answer.statusCode,
        pod: String(answer.headers['x-pod'] ?? ''),
        body: await answer.body.text(),
      };
    },
    close: async () => {
      client.destroy();
      await emulator.stop();
      await dataPlane.close();
      await pods.close();
      expect(emulator.defects()).toEqual([]);
    },
  };
}
