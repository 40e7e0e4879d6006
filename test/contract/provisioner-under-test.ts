/**
 * Ways of making green for their contract: in memory; the EKS API, emulated; and the real kro controller on a real API server, with the
 * sandbox's stand-in for ACK's controller, in front of the emulated EKS. One ground carries many greens, each of a name of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateClusterCommand } from '@aws-sdk/client-eks';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { createEksNodegroups } from '#activities/adapters/aws/eks-nodegroups.ts';
import { createKroProvisioner } from '#activities/adapters/kro/kro-provisioner.ts';
import { createEksKubernetes } from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import { createEksProvisioner } from '#activities/adapters/provision/eks-provisioner.ts';
import { provisionerByWay } from '#activities/adapters/provision/provisioner-by-way.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { GreenOrder, KroWay, Way } from '#activities/ports/provisioner.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { ClusterBackend } from '#sandbox/aws/eks/cluster-backend.ts';
import { inMemoryBackend } from '#sandbox/aws/eks/in-memory-backend.ts';
import { kubernetesBackend } from '#sandbox/aws/eks/kubernetes-backend.ts';
import { ROLES, SUBNETS } from '#sandbox/aws/seed.ts';
import { HUB, seedHub } from '#sandbox/hub/seed-hub.ts';
import { HUB_TOOLS } from '#sandbox/hub/start-hub.ts';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import {
  CONTROL_PLANE_TOOLS,
  createControlPlanes,
} from '#sandbox/kubernetes/create-control-planes.ts';
import { startEtcd } from '#sandbox/kubernetes/etcd.ts';
import { createSupervisor } from '#sandbox/processes/supervisor.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { createBlue } from './eks-under-test.ts';
import { ACCESS, startEmulatedAws, type EmulatedAws } from './emulated-aws.ts';
import type { ProvisionerUnderTest } from './provisioner.contract.ts';

export const WITH_EKS = { with: 'eks' } as const;
export const WITH_KRO: KroWay = {
  with: 'kro',
  hub: HUB,
  definition: 'cutover-eks-green',
  namespace: 'default',
  values: {},
};

const REF = { workflowId: 'migrate/1/eu/blue', migrationId: 'aaaaaaaaaaaa' };
const BLUE = { access: ACCESS, name: 'shop-blue' };

export async function fakeProvisionerUnderTest(way: Way): Promise<ProvisionerUnderTest> {
  const { ports, world } = createFakeWorld();
  const { eks, calls, hub } = world;
  const access = world.plan.spec.access.default;
  const green = { access, name: 'shop-green' };
  const made = new Set<string>();
  const createLike = eks.clustersPort.createLike.bind(eks.clustersPort);
  eks.clustersPort.createLike = async (...args) => {
    const cluster = await createLike(...args);
    made.add(cluster.createdAt);
    return cluster;
  };
  return {
    ports,
    order: {
      way,
      ref: REF,
      blue: { access, name: 'shop-blue' },
      green: { ...green, version: '1.36' },
      hub: access,
    },
    fail: (what, code) => {
      if (what === 'cluster') eks.nextClusterIssue = `${code}: as injected`;
      else eks.nextNodegroupIssue = `${code}: as injected`;
    },
    stumble: () =>
      calls.failNext(
        way.with === 'eks' ? 'clusters.createLike' : 'provisioner.create',
        'unavailable',
      ),
    stranger: async () => {
      eks.addCluster(green, '1.30');
    },
    creations: () => made.size,
    stop: async () => {
      hub.instances.clear();
    },
  };
}

/** What greens of one suite share. */
export interface ProvisionerGround {
  readonly aws: EmulatedAws;
  readonly ports: Pick<Ports, 'provisioner' | 'clusters' | 'nodegroups' | 'kubernetes'>;
  readonly way: Way;
  stop(): Promise<void>;
}

export async function eksGround(): Promise<ProvisionerGround> {
  const aws = await startEmulatedAws();
  await createBlue(aws);
  return { aws, way: WITH_EKS, ...portsOver(aws), stop: async () => aws.stop() };
}

export interface HubGround extends ProvisionerGround {
  /** Of the hub, with all rights. */
  readonly admin: AdminClient;
}

/** The engine has on the hub what `deploy/kro/engine-access.yaml` gives it, and no more. */
export async function hubGround(): Promise<HubGround> {
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-hub-'));
  const tools = await ensureTools([...CONTROL_PLANE_TOOLS, ...HUB_TOOLS]);
  const supervisor = await createSupervisor({ stateDir });
  const etcd = await startEtcd({ supervisor, tools, stateDir });
  const real = kubernetesBackend(createControlPlanes({ supervisor, tools, stateDir, etcd }));
  const aws = await startEmulatedAws({ backend: onlyHubIsReal(real) });
  await createBlue(aws);
  const awsUrl = aws.world?.url ?? '';
  const hub = await seedHub({ awsUrl, backend: real, supervisor, tools });
  const { ports, close } = portsOver(aws);
  return {
    aws,
    way: WITH_KRO,
    ports,
    admin: hub.admin,
    stop: async () => {
      await close();
      await hub.stop();
      await real.stopAll();
      await aws.stop();
      await supervisor.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

function portsOver({ clients }: EmulatedAws): {
  readonly ports: ProvisionerGround['ports'];
  readonly close: () => Promise<void>;
} {
  const clusters = createEksClusters({ clients });
  const nodegroups = createEksNodegroups({ clients });
  const kubernetes = createEksKubernetes({ clients, clock: { nowMs: () => Date.now() } });
  const eks = createEksProvisioner({ clusters, nodegroups });
  const kro = createKroProvisioner({ clients, clusters, kubernetes, eks });
  const provisioner = provisionerByWay({ eks, kro });
  return {
    ports: { clusters, nodegroups, kubernetes, provisioner },
    close: async () => kubernetes.close(),
  };
}

/** A hundred greens need no API server of their own. */
function onlyHubIsReal(real: ClusterBackend): ClusterBackend {
  const memory = inMemoryBackend();
  const of = (name: string): ClusterBackend => (name === HUB ? real : memory);
  return {
    start: async (cluster) => of(cluster.name).start(cluster),
    addNodes: async (name, nodes) => of(name).addNodes(name, nodes),
    removeNodes: async (name, names) => of(name).removeNodes(name, names),
    apply: async (name, manifests) => of(name).apply(name, manifests),
    remove: async (name, manifests) => of(name).remove(name, manifests),
    workloadHealth: async (name, workload) => of(name).workloadHealth(name, workload),
    stop: async (name) => of(name).stop(name),
  };
}

let greens = 0;

export function orderOn({ way }: ProvisionerGround): GreenOrder {
  greens += 1;
  const green = { access: ACCESS, name: `shop-green-${greens}`, version: '1.36' };
  // Of a migration of its own, as client tokens must not be used for two greens.
  const ref = { ...REF, migrationId: String(greens).padStart(12, 'a') };
  return { way, ref, blue: BLUE, green, hub: ACCESS };
}

export function provisionerUnderTest(ground: ProvisionerGround): ProvisionerUnderTest {
  const { ports, aws } = ground;
  const order = orderOn(ground);
  const { name } = order.green;
  const { world } = aws;
  return {
    ports,
    order,
    fail: (what, code) =>
      world?.eks.outcomes.add({
        kind: what === 'cluster' ? 'cluster-create' : 'nodegroup-create',
        cluster: name,
        outcome: { kind: 'fail', code, message: 'as injected' },
      }),
    stumble: () =>
      void world?.faults.add({
        operation: 'CreateCluster',
        where: { name },
        times: 1,
        effect: { kind: 'error', code: 'ServerException', status: 500 },
      }),
    stranger: async () => {
      await aws.owner.eks.send(
        new CreateClusterCommand({
          name,
          roleArn: ROLES.cluster,
          resourcesVpcConfig: { subnetIds: SUBNETS.map(({ subnetId }) => subnetId) },
        }),
      );
    },
    creations: () => {
      const answers = world?.audit.entries({ operation: 'CreateCluster' }) ?? [];
      // A repeated token is answered with the cluster that is there: creations differ in their time.
      const times = answers.flatMap(({ result }) => {
        const cluster = fieldsOf(result.kind === 'ok' ? fieldsOf(result.output)['cluster'] : null);
        return cluster['name'] === name ? [String(cluster['createdAt'])] : [];
      });
      return new Set(times).size;
    },
    stop: async () => undefined,
  };
}
