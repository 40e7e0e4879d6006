/** A VPC CNI and a CoreDNS that are no EKS add-ons, on a world in memory and over the wire of light clusters behind the emulated EKS. */
import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { createEksAccess } from '#activities/adapters/aws/eks-access.ts';
import { createEksAddons } from '#activities/adapters/aws/eks-addons.ts';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { createEksNodegroups } from '#activities/adapters/aws/eks-nodegroups.ts';
import { createEksKubernetes } from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import { createEksProvisioner } from '#activities/adapters/provision/eks-provisioner.ts';
import { provisionerByWay } from '#activities/adapters/provision/provisioner-by-way.ts';
import type { GreenInput } from '#activities/contract.ts';
import { createActivities } from '#activities/create-activities.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { listIn, podSpecOf } from '#domain/workloads/pod-spec.ts';
import { ROLES, SUBNETS } from '#sandbox/aws/seed.ts';
import { startLightKubernetes } from '#sandbox/light-kubernetes/light-kubernetes.ts';
import {
  createStage,
  failureOf,
  provisioned,
  resolvedInput,
  type Stage,
} from '#test/activities/run-activity.ts';
import { identity } from '#test/contract/eks-under-test.ts';
import { ACCESS, startEmulatedAws } from '#test/contract/emulated-aws.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

const corefile = (Corefile: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'coredns', namespace: 'kube-system' },
  data: { Corefile },
});

function ownCoreDns({ world }: Stage): void {
  world.blue.addons.delete('coredns');
  world.blueKubernetes.seed('configmaps', corefile('mine'));
}

/** ACTIVE, with nothing on it yet. */
async function activeGreen(stage: Stage): Promise<GreenInput> {
  const { activities, settled } = stage;
  const resolved = await resolvedInput(stage);
  const green = await settled(async () => activities.createGreen(resolved));
  const input = { ...resolved, green };
  await settled(async () => activities.awaitGreen(input));
  return input;
}

describe('a CoreDNS of people’s own', () => {
  it('is waited for on green, and has blue’s Corefile before node groups are made', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    ownCoreDns(stage);
    const input = await activeGreen(stage);

    expect(await failureOf(once(async () => activities.furnishGreen(input)))).toBe('waiting');
    expect([...(world.green?.nodegroups.keys() ?? [])]).toEqual([]);

    world.greenKubernetes.seed('configmaps', corefile('EKS’s'));
    const furnished = await once(async () => activities.furnishGreen(input));

    expect(furnished).toMatchObject({ selfManaged: 'coredns: Corefile', nodegroups: 1 });
    expect(world.greenKubernetes.all('configmaps')).toMatchObject([{ data: { Corefile: 'mine' } }]);
    expect(await once(async () => activities.furnishGreen(input))).not.toHaveProperty(
      'selfManaged',
    );
  });

  it('waits for a green that does not admit the engine yet, and says so when it never does', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    ownCoreDns(stage);
    const input = await activeGreen(stage);
    world.greenKubernetes.seed('configmaps', corefile('EKS’s'));
    const refused = async (elapsedMs: number): Promise<string> => {
      world.calls.failNext('kubernetes.merge', 'access-denied', 1);
      const scheduledTimestampMs = Date.now() - elapsedMs;
      const now = { scheduledTimestampMs, currentAttemptScheduledTimestampMs: Date.now() };
      return failureOf(once(async () => activities.furnishGreen(input), now));
    };

    expect(await refused(0)).toBe('waiting');
    expect(await refused(QUICK_TIMINGS.accessVisibleWithinMs + 1_000)).toBe('access-denied');
  });

  it('is no matter where EKS made it', async () => {
    const stage = createStage();
    stage.world.blueKubernetes.seed('configmaps', corefile('mine'));

    await provisioned(stage, await resolvedInput(stage));

    expect(stage.world.greenKubernetes.all('configmaps')).toEqual([]);
  });
});

const { signal } = new AbortController();

const ENI_CONFIG_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'eniconfigs.crd.k8s.amazonaws.com' },
  spec: {
    group: 'crd.k8s.amazonaws.com',
    scope: 'Cluster',
    names: { kind: 'ENIConfig', plural: 'eniconfigs', singular: 'eniconfig' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
};
const ENI_CONFIG = {
  apiVersion: 'crd.k8s.amazonaws.com/v1alpha1',
  kind: 'ENIConfig',
  metadata: { name: 'eu-west-1a' },
  spec: { subnet: 'subnet-of-pods', securityGroups: ['sg-of-pods'] },
};

describe('a VPC CNI and a CoreDNS that EKS installed with blue, and people changed', () => {
  it('have their settings on a green of the same kind, over the wire', async () => {
    const light = await startLightKubernetes();
    const aws = await startEmulatedAws({ backend: light });
    const { clients, owner } = aws;
    const { eks } = owner;
    const clusters = createEksClusters({ clients });
    const nodegroups = createEksNodegroups({ clients });
    const kubernetes = createEksKubernetes({ clients, clock: { nowMs: () => Date.now() } });
    const clusterAccess = createEksAccess({ clients });
    try {
      await eks.send(
        new CreateClusterCommand({
          name: 'shop-blue',
          version: '1.34',
          roleArn: ROLES.cluster,
          resourcesVpcConfig: { subnetIds: SUBNETS.map(({ subnetId }) => subnetId) },
          accessConfig: { authenticationMode: 'API' },
        }),
      );
      await eventually('blue to be ACTIVE', async () => {
        const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'shop-blue' }));
        return cluster?.status === 'ACTIVE';
      });
      const blue = light.cluster('shop-blue');
      const env = [{ name: 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG', value: 'true' }];
      const people = 'kubectl';
      blue.apply(
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          metadata: { name: 'aws-node', namespace: 'kube-system' },
          spec: { template: { spec: { containers: [{ name: 'aws-node', env }] } } },
        },
        people,
      );
      blue.apply(corefile('example.internal:53 { forward . 10.0.0.2 }'), people);
      blue.apply(ENI_CONFIG_DEFINITION);
      blue.apply(ENI_CONFIG);
      await clusterAccess.admitAdmin(
        { access: ACCESS, name: 'shop-blue' },
        ROLES.engine,
        identity('blue'),
        signal,
      );
      const eksProvisioner = createEksProvisioner({ clusters, nodegroups });
      const fakes = createFakeWorld();
      const ports = {
        ...fakes.ports,
        clusters,
        nodegroups,
        addons: createEksAddons({ clients }),
        clusterAccess,
        kubernetes,
        provisioner: provisionerByWay({ eks: eksProvisioner, kro: fakes.ports.provisioner }),
      };
      const stage = createStage();
      const activities = createActivities(ports, QUICK_TIMINGS);
      const inMemory = await resolvedInput(stage);
      const found = await clusters.describe({ access: ACCESS, name: 'shop-blue' }, signal);
      if (found === null) throw new Error('blue is there');
      const { name, arn, createdAt, version } = found;
      const resolved = {
        ...inMemory.resolved,
        engineArn: ROLES.engine,
        blue: { name, arn, createdAt, version },
      };
      const input = { ...inMemory, resolved };
      const { settled } = stage;
      const green = await settled(async () => activities.createGreen(input));
      await settled(async () => activities.awaitGreen({ ...input, green }));
      light.cluster('shop-green').apply(ENI_CONFIG_DEFINITION);
      const furnished = await settled(async () => activities.furnishGreen({ ...input, green }));

      expect(furnished.selfManaged).toBe(
        'vpc-cni: AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG; coredns: Corefile; ENIConfig eu-west-1a',
      );
      const connection = await kubernetes.connect(
        { access: ACCESS, name: 'shop-green' },
        green,
        signal,
      );
      const kinds = {
        cni: { apiVersion: 'apps/v1', plural: 'daemonsets' },
        corefile: { apiVersion: 'v1', plural: 'configmaps' },
        eni: { apiVersion: 'crd.k8s.amazonaws.com/v1alpha1', plural: 'eniconfigs' },
      };
      const cni = await connection.get(kinds.cni, 'kube-system', 'aws-node', signal);
      const [container = {}] = listIn(podSpecOf(fieldsOf(cni)), 'containers');
      expect(container).toMatchObject({ image: expect.stringContaining('eks/vpc-cni') });
      expect(listIn(container, 'env')).toEqual(
        expect.arrayContaining([
          { name: 'CLUSTER_NAME', value: 'shop-green' },
          { name: 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG', value: 'true' },
        ]),
      );
      const config = await connection.get(kinds.corefile, 'kube-system', 'coredns', signal);
      expect(config).toMatchObject({
        data: { Corefile: expect.stringContaining('example.internal') },
      });
      expect(await connection.get(kinds.eni, null, 'eu-west-1a', signal)).toMatchObject({
        spec: ENI_CONFIG.spec,
      });
    } finally {
      await kubernetes.close();
      await aws.stop();
      await light.stopAll();
    }
  }, 60_000);
});
