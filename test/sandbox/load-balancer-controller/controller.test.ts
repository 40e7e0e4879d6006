/** The stand-in on a real API server with real controllers, before the emulated load balancer and its real data plane. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { request } from 'undici';
import { seededAccount } from '#sandbox/aws/account.ts';
import { startAwsEmulator } from '#sandbox/aws/core/emulator.ts';
import { createElbv2 } from '#sandbox/aws/elbv2/elbv2-service.ts';
import { seedShopFrontDoor, SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import { translatedNetwork } from '#sandbox/data-plane/target-network.ts';
import { createAdminClient } from '#sandbox/kubernetes/admin-client.ts';
import type { ControlPlane } from '#sandbox/kubernetes/control-plane.ts';
import {
  CONTROL_PLANE_TOOLS,
  createControlPlanes,
} from '#sandbox/kubernetes/create-control-planes.ts';
import { startEtcd } from '#sandbox/kubernetes/etcd.ts';
import { deployments, pods } from '#sandbox/kubernetes/resources.ts';
import {
  startLoadBalancerController,
  type LoadBalancerController,
} from '#sandbox/load-balancer-controller/controller.ts';
import { targetGroupBindings } from '#sandbox/load-balancer-controller/target-group-binding.ts';
import { createSupervisor } from '#sandbox/processes/supervisor.ts';
import { applyShop } from '#sandbox/shop/apply-shop.ts';
import type { Shop } from '#sandbox/shop/shop.ts';
import { startShopServer } from '#sandbox/shop/shop-server.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { eventually } from '../data-plane/eventually.ts';

const BLUE = SHOP_FRONT_DOOR.blueTargetGroupArn;
const WAIT_MS = 30_000;

let blue: ControlPlane;
let shop: Shop;
let elbv2: ElasticLoadBalancingV2Client;
let controller: LoadBalancerController;
let door: string;
/** What was started, undone in reverse order, also when starting went wrong midway. */
const undos: (() => unknown)[] = [];

beforeAll(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-lbc-'));
  undos.push(() => rm(stateDir, { recursive: true, force: true }));
  const tools = await ensureTools(CONTROL_PLANE_TOOLS);
  const supervisor = await createSupervisor({ stateDir });
  undos.push(() => supervisor.stop());
  const etcd = await startEtcd({ supervisor, tools, stateDir });
  blue = await createControlPlanes({ supervisor, tools, stateDir, etcd }).start({
    name: 'shop-blue',
    version: '1.34',
    podCidr: '10.1.0.0/16',
    serviceCidr: '172.21.0.0/16',
  });
  await blue.addNodes([
    {
      name: 'blue-1',
      zone: 'eu-west-1a',
      internalIp: '10.20.0.11',
      kubeletVersion: 'v1.34.0-eks-1',
    },
  ]);

  shop = await startShopServer();
  undos.push(() => shop.close());
  const { endpoint, caData, adminToken } = blue;
  await shop.registerCluster(
    'shop-blue',
    createAdminClient({ endpoint, caData, bearerToken: adminToken }),
  );
  const dataPlane = new DataPlane({
    network: translatedNetwork(shop.origin),
    propagation: { minMs: 0, maxMs: 50 },
    timeScale: 0.02,
  });
  undos.push(() => dataPlane.close());
  const account = seededAccount();
  const { service, world } = createElbv2({ account, dataPlane });
  door = `http://127.0.0.1:${await seedShopFrontDoor(world, 0)}`;
  const emulator = await startAwsEmulator({
    services: [service],
    clock: account.clock,
    identities: account.identities,
  });
  undos.push(() => emulator.stop());
  elbv2 = new ElasticLoadBalancingV2Client({
    endpoint: emulator.url,
    region: 'eu-west-1',
    credentials: SANDBOX_CREDENTIALS,
  });
  undos.push(() => elbv2.destroy());
  controller = await startLoadBalancerController({
    clusterName: 'shop-blue',
    client: blue.client,
    elbv2,
    resyncMs: 500,
  });
  undos.push(() => controller.stop());
  await applyShop(blue.client, {
    frontDoor: { kind: 'binding', targetGroupArn: BLUE },
    securityGroupId: SHOP_FRONT_DOOR.securityGroupId,
  });
}, 120_000);

afterAll(async () => {
  for (const undo of undos.reverse()) await undo();
});

async function statesOf(arn: string): Promise<Readonly<Record<string, string>>> {
  const { TargetHealthDescriptions = [] } = await elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: arn }),
  );
  return Object.fromEntries(
    TargetHealthDescriptions.map(({ Target, TargetHealth }) => [
      Target?.Id ?? '',
      TargetHealth?.State ?? '',
    ]),
  );
}

async function webAddresses(): Promise<readonly string[]> {
  const { items } = await blue.client.list(pods, {
    namespace: 'shop',
    labelSelector: 'app.kubernetes.io/name=web',
  });
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap(({ status }) => status.podIP ?? []);
}

/** The target group holds exactly the pods of `web`, all healthy. */
function inStep(count: number): Promise<unknown> {
  return eventually(
    `${count} healthy targets, those of web`,
    async () => {
      const healthy = Object.entries(await statesOf(BLUE)).filter(
        ([, state]) => state !== 'draining',
      );
      const addresses = await webAddresses();
      return (
        healthy.length === count &&
        healthy.every(([id, state]) => state === 'healthy' && addresses.includes(id))
      );
    },
    WAIT_MS,
  );
}

describe('the stand-in of the load balancer controller', () => {
  it('registers the ready pods of a binding, so that users reach the shop through the load balancer', async () => {
    await inStep(3);

    const answer = await request(`${door}/catalog`);

    expect(answer.statusCode).toBe(200);
    expect(answer.headers['x-served-by-cluster']).toBe('shop-blue');
    expect(await webAddresses()).toContain(
      shop.directory.all().find(({ name }) => name === answer.headers['x-served-by-pod'])?.address,
    );
    await answer.body.dump();
    const binding = await blue.client.get(targetGroupBindings, { namespace: 'shop', name: 'web' });
    expect(binding?.metadata.finalizers).toEqual(['elbv2.k8s.aws/resources']);
    expect(binding?.status).toMatchObject({
      observedGeneration: 1,
      conditions: [{ type: 'Ready', status: 'True' }],
    });
    expect(controller.failures()).toEqual({});
  }, 60_000);

  it('follows pods as they come, go and are replaced', async () => {
    const scale = (replicas: number) =>
      blue.client.patch(deployments, { namespace: 'shop', name: 'web' }, { spec: { replicas } });
    await scale(5);
    await inStep(5);
    const [victim] = (
      await blue.client.list(pods, {
        namespace: 'shop',
        labelSelector: 'app.kubernetes.io/name=web',
      })
    ).items;
    await blue.client.delete(pods, { namespace: 'shop', name: victim?.metadata.name ?? '' });
    await inStep(5);
    await scale(3);
    await inStep(3);
  }, 60_000);

  it('deregisters what is not its own', async () => {
    await elbv2.send(
      new RegisterTargetsCommand({ TargetGroupArn: BLUE, Targets: [{ Id: '10.99.0.1' }] }),
    );

    await eventually(
      'the foreign target is leaving',
      async () => ['draining', undefined].includes((await statesOf(BLUE))['10.99.0.1']),
      WAIT_MS,
    );
    await inStep(3);
  }, 60_000);

  it('says on the binding that a target group does not exist', async () => {
    const missing = BLUE.replace('6d0ecf831eec9f09', '0000000000000000');
    await blue.client.apply(targetGroupBindings, {
      metadata: { name: 'lost', namespace: 'shop' },
      spec: { targetGroupARN: missing, targetType: 'ip', serviceRef: { name: 'web', port: 80 } },
    });

    await eventually(
      'the binding says so',
      async () => {
        const binding = await blue.client.get(targetGroupBindings, {
          namespace: 'shop',
          name: 'lost',
        });
        const [condition] = binding?.status?.conditions ?? [];
        return condition?.status === 'False' && condition.message?.includes('TargetGroupNotFound');
      },
      WAIT_MS,
    );
    expect(Object.keys(controller.failures())).toEqual(['shop/lost']);
  }, 60_000);

  it('takes its targets along when the binding is deleted', async () => {
    await blue.client.delete(targetGroupBindings, { namespace: 'shop', name: 'web' });

    await eventually(
      'the binding is gone',
      async () =>
        (await blue.client.get(targetGroupBindings, { namespace: 'shop', name: 'web' })) ===
        undefined,
      WAIT_MS,
    );
    await eventually(
      'no target is left',
      async () => Object.keys(await statesOf(BLUE)).length === 0,
      WAIT_MS,
    );
    expect((await request(door)).statusCode).toBe(503);
  }, 60_000);
});
