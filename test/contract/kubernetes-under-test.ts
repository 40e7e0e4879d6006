/** Cluster APIs for their contract: in memory; a light cluster and a real API server behind the emulated EKS, entered with an EKS token. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateClusterCommand } from '@aws-sdk/client-eks';
import { createEksAccess } from '#activities/adapters/aws/eks-access.ts';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import {
  createEksKubernetes,
  type ServiceAccountTokens,
} from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { kubernetesBackend } from '#sandbox/aws/eks/kubernetes-backend.ts';
import { ROLES, SUBNETS } from '#sandbox/aws/seed.ts';
import {
  CONTROL_PLANE_TOOLS,
  createControlPlanes,
} from '#sandbox/kubernetes/create-control-planes.ts';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { startEtcd } from '#sandbox/kubernetes/etcd.ts';
import {
  startLightKubernetes,
  type LightKubernetes,
  type LightKubernetesOptions,
} from '#sandbox/light-kubernetes/light-kubernetes.ts';
import { createSupervisor } from '#sandbox/processes/supervisor.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { identity } from './eks-under-test.ts';
import { ACCESS, startEmulatedAws, type EmulatedAws } from './emulated-aws.ts';
import type { KubernetesUnderTest } from './kubernetes.contract.ts';

/** A cold API server on a busy machine. */
export const SET_UP_TIMEOUT_MS = 120_000;

export async function fakeKubernetesUnderTest(): Promise<KubernetesUnderTest> {
  const { ports, world } = createFakeWorld();
  const { arn, createdAt, name } = world.blue;
  return {
    kubernetes: ports.kubernetes,
    cluster: { access: world.plan.spec.access.default, name },
    identity: { arn, createdAt },
    stop: async () => undefined,
  };
}

export async function eksKubernetesUnderTest(): Promise<
  KubernetesUnderTest & {
    readonly aws: EmulatedAws;
    readonly admin: AdminClient;
    readonly tokens: ServiceAccountTokens;
  }
> {
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-contract-'));
  const tools = await ensureTools(CONTROL_PLANE_TOOLS);
  const supervisor = await createSupervisor({ stateDir });
  const etcd = await startEtcd({ supervisor, tools, stateDir });
  const backend = kubernetesBackend(createControlPlanes({ supervisor, tools, stateDir, etcd }));
  const aws = await startEmulatedAws({ backend });
  const { kubernetes, cluster, identity: found } = await admitted(aws);
  const plane = backend.controlPlane(cluster.name);
  if (plane === undefined) throw new Error('the cluster ended while it started');
  return {
    aws,
    admin: plane.client,
    kubernetes,
    tokens: kubernetes,
    cluster,
    identity: found,
    stop: async () => {
      await kubernetes.close();
      await backend.stopAll();
      await aws.stop();
      await supervisor.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Hundreds of these fit into a process; see `sandbox/light-kubernetes/`. */
export async function lightKubernetesUnderTest(options: LightKubernetesOptions = {}): Promise<
  KubernetesUnderTest & {
    readonly aws: EmulatedAws;
    readonly light: LightKubernetes;
    readonly tokens: ServiceAccountTokens;
  }
> {
  const light = await startLightKubernetes(options);
  const aws = await startEmulatedAws({ backend: light });
  light.followBindings(aws.owner.elb);
  const { kubernetes, cluster, identity: found } = await admitted(aws);
  return {
    aws,
    light,
    kubernetes,
    tokens: kubernetes,
    cluster,
    identity: found,
    stop: async () => {
      await kubernetes.close();
      await light.stopAll();
      await aws.stop();
    },
  };
}

/** A cluster of the account, made by its owner and entered by the engine as its administrator. */
async function admitted({ clients, owner }: EmulatedAws) {
  const kubernetes = createEksKubernetes({ clients, clock: { nowMs: () => Date.now() } });
  const cluster: ClusterRef = { access: ACCESS, name: 'contract' };
  const { signal } = new AbortController();
  await owner.eks.send(
    new CreateClusterCommand({
      name: cluster.name,
      version: '1.36',
      roleArn: ROLES.cluster,
      resourcesVpcConfig: { subnetIds: SUBNETS.map(({ subnetId }) => subnetId) },
      accessConfig: { authenticationMode: 'API' },
    }),
  );
  const found = await eventually(
    'the cluster to be ACTIVE',
    async () => {
      const now = await createEksClusters({ clients }).describe(cluster, signal);
      return now?.status === 'ACTIVE' && now;
    },
    SET_UP_TIMEOUT_MS,
  );
  await createEksAccess({ clients }).admitAdmin(cluster, ROLES.engine, identity('admit'), signal);
  const api = await kubernetes.connect(cluster, found, signal);
  await eventually('the API server to admit us', async () => api.isReady(signal));
  return { kubernetes, cluster, identity: found };
}
