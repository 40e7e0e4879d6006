/**
 * One real cluster behind the emulated EKS, with nodes, add-ons and StorageClasses as a green that is well has them, and the activities
 * over the real adapters: what a migration meets there. Blue is the same cluster.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeAddonCommand,
  DescribeNodegroupCommand,
} from '@aws-sdk/client-eks';
import { createEksAccess } from '#activities/adapters/aws/eks-access.ts';
import { createEksAddons } from '#activities/adapters/aws/eks-addons.ts';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { createEksKubernetes } from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import { probeProgram } from '#activities/adapters/surroundings/probe-program.ts';
import type { GreenInput, MigrationActivities } from '#activities/contract.ts';
import { createActivities } from '#activities/create-activities.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { kubernetesBackend } from '#sandbox/aws/eks/kubernetes-backend.ts';
import { ROLES, SUBNETS } from '#sandbox/aws/seed.ts';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import {
  CONTROL_PLANE_TOOLS,
  createControlPlanes,
} from '#sandbox/kubernetes/create-control-planes.ts';
import { startEtcd } from '#sandbox/kubernetes/etcd.ts';
import { NODE_IMAGE } from '#sandbox/node-agent/node-agent.ts';
import { createSupervisor } from '#sandbox/processes/supervisor.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { identity } from '#test/contract/eks-under-test.ts';
import { ACCESS, startEmulatedAws } from '#test/contract/emulated-aws.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { createStage, resolvedInput } from '#test/activities/run-activity.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { applyStorageClass } from './storage-class.ts';

export const SET_UP_TIMEOUT_MS = 180_000;
const NAME = 'probed';
const ADDONS: Readonly<Record<string, string>> = {
  'vpc-cni': '',
  // The next version no longer takes it.
  'kube-proxy': JSON.stringify({ ipvs: { scheduler: 'rr' } }),
  coredns: '',
  'aws-ebs-csi-driver': '',
};
const OLD_KUBE_PROXY = 'v1.35.3-eksbuild.18';

type Probes = NonNullable<MigrationPlan['spec']['addons']['probes']>;

export interface ClusterToProbe {
  readonly activities: MigrationActivities;
  readonly admin: AdminClient;
  /** Of a migration of its own; nothing is left of others'. */
  input(migrationId: string, addons?: Partial<MigrationPlan['spec']['addons']>): GreenInput;
  stop(): Promise<void>;
}

export async function startClusterToProbe(): Promise<ClusterToProbe> {
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-probes-'));
  const tools = await ensureTools(CONTROL_PLANE_TOOLS);
  const supervisor = await createSupervisor({ stateDir });
  const etcd = await startEtcd({ supervisor, tools, stateDir });
  const planes = createControlPlanes({ supervisor, tools, stateDir, etcd });
  const backend = kubernetesBackend(planes, stateDir);
  const aws = await startEmulatedAws({ backend });
  const { clients } = aws;
  const { eks } = aws.owner;
  const kubernetes = createEksKubernetes({ clients, clock: { nowMs: () => Date.now() } });
  const clusters = createEksClusters({ clients });
  const ref: ClusterRef = { access: ACCESS, name: NAME };
  const { signal } = new AbortController();
  const subnets = SUBNETS.map(({ subnetId }) => subnetId);
  const clusterName = NAME;

  await eks.send(
    new CreateClusterCommand({
      name: NAME,
      version: '1.36',
      roleArn: ROLES.cluster,
      resourcesVpcConfig: { subnetIds: subnets },
      accessConfig: { authenticationMode: 'API' },
    }),
  );
  const found = await eventually(
    'the cluster to be ACTIVE',
    async () => {
      const now = await clusters.describe(ref, signal);
      return now?.status === 'ACTIVE' && now;
    },
    SET_UP_TIMEOUT_MS,
  );
  await createEksAccess({ clients }).admitAdmin(ref, ROLES.engine, identity('admit'), signal);
  await eks.send(
    new CreateNodegroupCommand({
      clusterName,
      nodegroupName: 'workers',
      subnets,
      nodeRole: ROLES.node,
      scalingConfig: { minSize: 2, maxSize: 2, desiredSize: 2 },
    }),
  );
  await eventually(
    'the nodes',
    async () => {
      const command = new DescribeNodegroupCommand({ clusterName, nodegroupName: 'workers' });
      return (await eks.send(command)).nodegroup?.status === 'ACTIVE';
    },
    SET_UP_TIMEOUT_MS,
  );
  for (const [addonName, configurationValues] of Object.entries(ADDONS))
    await eks.send(
      new CreateAddonCommand({
        clusterName,
        addonName,
        resolveConflicts: 'OVERWRITE',
        ...(addonName === 'kube-proxy' ? { addonVersion: OLD_KUBE_PROXY } : {}),
        ...(configurationValues === '' ? {} : { configurationValues }),
      }),
    );
  for (const addonName of Object.keys(ADDONS))
    await eventually(
      `add-on ${addonName}`,
      async () => {
        const { addon } = await eks.send(new DescribeAddonCommand({ clusterName, addonName }));
        return addon?.status === 'ACTIVE';
      },
      SET_UP_TIMEOUT_MS,
    );
  const plane = backend.controlPlane(NAME);
  if (plane === undefined) throw new Error('the cluster ended while it started');
  await applyStorageClass(plane.client, 'gp3', 'gp3');

  const { ports } = createFakeWorld();
  // Of what probes have nothing to do with.
  const { resolved } = await resolvedInput(createStage());
  const addons = createEksAddons({ clients });
  const surroundings = { ...ports.surroundings, ...probeProgram() };
  const activities = createActivities(
    { ...ports, clusters, addons, kubernetes, surroundings },
    { ...QUICK_TIMINGS, waitSeconds: [0.3] },
  );
  return {
    activities,
    admin: plane.client,
    input: (migrationId, addonsOfPlan = {}) => {
      const probes: Probes = {
        image: NODE_IMAGE,
        namespace: `probes-${migrationId}`,
        outside: 'sts.eu-west-1.amazonaws.com',
        // Machines are shared and noisy: a process may take seconds to begin.
        forSeconds: 30,
      };
      const { spec } = fakePlan({
        access: { default: { account: ACCESS.account, region: ACCESS.region } },
        blue: { cluster: NAME },
        green: { cluster: NAME, version: '1.36', provision: { with: 'eks' } },
        addons: { choose: 'default', pinned: {}, probes, ...addonsOfPlan },
      });
      const { arn, createdAt, version } = found;
      const cluster = { name: NAME, arn, createdAt, version };
      return {
        ref: { workflowId: `migrate/1/eu/${NAME}`, migrationId },
        spec,
        resolved: { ...resolved, blue: cluster },
        green: cluster,
      };
    },
    stop: async () => {
      await kubernetes.close();
      await backend.stopAll();
      await aws.stop();
      await supervisor.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
