/** EKS on real API servers: what a CreateCluster call starts is what its endpoint answers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListClustersCommand,
  UpdateAddonCommand,
  type Cluster,
} from '@aws-sdk/client-eks';
import { z } from 'zod';
import { startAwsWorld, type AwsWorld } from '#sandbox/aws/aws-world.ts';
import { kubernetesBackend, type KubernetesBackend } from '#sandbox/aws/eks/kubernetes-backend.ts';
import { OPERATOR_CREDENTIALS, ROLES } from '#sandbox/aws/seed.ts';
import { createAdminClient, type AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import {
  CONTROL_PLANE_TOOLS,
  createControlPlanes,
} from '#sandbox/kubernetes/create-control-planes.ts';
import { startEtcd } from '#sandbox/kubernetes/etcd.ts';
import { deployments, namespaces, nodes, pods } from '#sandbox/kubernetes/resources.ts';
import { createSupervisor, type Supervisor } from '#sandbox/processes/supervisor.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { eksToken } from '../eks-token.ts';
import { clientConfig, newCluster, newNodegroup } from '../world-fixture.ts';

const CLUSTER = { clusterName: 'shop-green' };
const NAMESPACE = 'shop';

let stateDir: string;
let supervisor: Supervisor;
let backend: KubernetesBackend;
let world: AwsWorld;
let eks: EKSClient;
let cluster: Cluster;

const until = async <T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> =>
  waitUntil(probe, { what, timeoutMs: 60_000, intervalMs: 100 });

const addonIs = async (addonName: string, status: string, addonVersion?: string) =>
  until(`${addonName} to be ${status}`, async () => {
    const { addon } = await eks.send(new DescribeAddonCommand({ ...CLUSTER, addonName }));
    return (
      addon?.status === status &&
      (addonVersion === undefined || addon.addonVersion === addonVersion) &&
      addon
    );
  });

/** A client of the new cluster with nothing but what EKS told and a token of those credentials. */
const clientOf = async (credentials?: typeof OPERATOR_CREDENTIALS): Promise<AdminClient> =>
  createAdminClient({
    endpoint: cluster.endpoint ?? '',
    caData: cluster.certificateAuthority?.data ?? '',
    bearerToken: await eksToken(credentials === undefined ? {} : { credentials }),
  });

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cutover-eks-'));
  const tools = await ensureTools(CONTROL_PLANE_TOOLS);
  supervisor = await createSupervisor({ stateDir });
  const etcd = await startEtcd({ supervisor, tools, stateDir });
  backend = kubernetesBackend(createControlPlanes({ supervisor, tools, stateDir, etcd }));
  world = await startAwsWorld({ backend });
  eks = new EKSClient(clientConfig(world.url));
  await eks.send(new CreateClusterCommand(newCluster({ version: '1.36' })));
  cluster = await until('the cluster to be ACTIVE', async () => {
    const { cluster: described } = await eks.send(
      new DescribeClusterCommand({ name: 'shop-green' }),
    );
    return described?.status === 'ACTIVE' && described;
  });
}, 120_000);

afterAll(async () => {
  await backend.stopAll();
  await world.stop();
  await supervisor.stop();
  await rm(stateDir, { recursive: true, force: true });
  expect(world.defects()).toEqual([]);
});

describe('a cluster behind EKS', () => {
  it('is a real API server of the wished version that lets its creator in by an EKS token', async () => {
    const client = await clientOf();

    const version = z
      .object({ major: z.string(), minor: z.string() })
      .parse(await client.raw({ method: 'GET', path: '/version' }));
    const issuer = z
      .object({ issuer: z.string() })
      .parse(await client.raw({ method: 'GET', path: '/.well-known/openid-configuration' }));
    await client.create(namespaces, { metadata: { name: NAMESPACE } });
    await client.close();

    expect(version).toEqual({ major: '1', minor: '36' });
    expect(issuer.issuer).toBe(cluster.identity?.oidc?.issuer);
  });

  it('lets others in by their access entry only, with the rights of its policies, also in namespaces to come', async () => {
    const operator = await clientOf(OPERATOR_CREDENTIALS);
    const inNamespace = { namespace: 'operators' };
    await expect(operator.list(pods, inNamespace)).rejects.toMatchObject({ status: 401 });

    await eks.send(new CreateAccessEntryCommand({ ...CLUSTER, principalArn: ROLES.operator }));
    await eks.send(
      new AssociateAccessPolicyCommand({
        ...CLUSTER,
        principalArn: ROLES.operator,
        policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
        accessScope: { type: 'namespace', namespaces: ['operators'] },
      }),
    );
    await until('the operator to be known', async () =>
      operator
        .list(pods, inNamespace)
        .catch((cause: unknown) => z.object({ status: z.literal(403) }).safeParse(cause).success),
    );
    const creator = await clientOf();
    await creator.create(namespaces, { metadata: { name: 'operators' } });

    await until('the operator to see the namespace', async () => operator.list(pods, inNamespace));
    await expect(operator.list(pods, { namespace: 'default' })).rejects.toMatchObject({
      status: 403,
    });
    await operator.close();
    await creator.close();
  });

  it('has add-ons whose pods decide their health, and nodes that make them run', async () => {
    await eks.send(new CreateAddonCommand({ ...CLUSTER, addonName: 'coredns' }));
    await eks.send(new CreateAddonCommand({ ...CLUSTER, addonName: 'vpc-cni' }));
    await addonIs('vpc-cni', 'ACTIVE');
    await addonIs('coredns', 'DEGRADED');

    await eks.send(new CreateNodegroupCommand(newNodegroup()));
    await until('the node group to be ACTIVE', async () => {
      const { nodegroup } = await eks.send(
        new DescribeNodegroupCommand({ ...CLUSTER, nodegroupName: 'main' }),
      );
      return nodegroup?.status === 'ACTIVE';
    });
    await addonIs('coredns', 'ACTIVE');

    const client = await clientOf();
    const { items } = await client.list(nodes);
    const zones = items.map(({ metadata }) => metadata.labels['topology.kubernetes.io/zone']);
    await client.close();
    expect(new Set(zones)).toEqual(new Set(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']));
  });

  it('replaces the pods of an add-on by an update', async () => {
    const addonVersion = 'v1.14.3-eksbuild.14';
    await eks.send(new UpdateAddonCommand({ ...CLUSTER, addonName: 'coredns', addonVersion }));
    await addonIs('coredns', 'ACTIVE', addonVersion);

    const coredns = await backend
      .controlPlane('shop-green')
      ?.client.get(deployments, { namespace: 'kube-system', name: 'coredns' });

    expect(JSON.stringify(coredns?.spec)).toContain(`eks/coredns:${addonVersion}`);
  });

  it('is gone when it is deleted: no API server, and the name may be used again', async () => {
    await eks.send(new DeleteNodegroupCommand({ ...CLUSTER, nodegroupName: 'main' }));
    await until('the cluster to be deletable', async () =>
      eks.send(new DeleteClusterCommand({ name: 'shop-green' })),
    );
    await until(
      'the cluster to be gone',
      async () => (await eks.send(new ListClustersCommand({}))).clusters?.length === 0,
    );

    const client = await clientOf();
    await expect(client.raw({ method: 'GET', path: '/readyz' })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await client.close();
    expect(backend.controlPlane('shop-green')).toBeUndefined();
  });
});
