/**
 * Nodes without machines: Node objects like those EKS's instances register, kept alive by kwok. Called through a control
 * plane's `addNodes` and `removeNodes`, which the emulator's node groups use.
 */
import { waitUntil } from '../processes/wait-until.ts';
import type { AdminClient } from './admin-client.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { hasCondition, nodes, pods } from './resources.ts';

const READY_TIMEOUT_MS = 30_000;

interface NodeTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface NodeSpec {
  /** As on EKS: the private DNS name, such as `ip-10-0-1-17.eu-west-1.compute.internal`. */
  readonly name: string;
  /** Such as `eu-west-1a`. */
  readonly zone: string;
  readonly internalIp: string;
  /** Such as `v1.36.3-eks-113cf36`. */
  readonly kubeletVersion: string;
  /** Added to those every EKS node has; `eks.amazonaws.com/nodegroup` belongs here. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly NodeTaint[];
  /** @default m6i.xlarge */
  readonly instanceType?: string;
  /** EC2 instance id for `spec.providerID`. */
  readonly instanceId?: string;
  /** What pods may use. @default 4 cores, 15 GiB, 58 pods (an m6i.xlarge) */
  readonly allocatable?: {
    readonly cpu: string;
    readonly memory: string;
    readonly pods: string;
  };
}

const ALLOCATABLE = { cpu: '4', memory: '15Gi', pods: '58' } as const;

export async function addNodes(client: AdminClient, specs: readonly NodeSpec[]): Promise<void> {
  await Promise.all(specs.map((spec) => addNode(client, spec)));
  const waiting = new Set(specs.map((spec) => spec.name));
  await waitUntil(
    async () => {
      const { items } = await client.list(nodes);
      for (const node of items) if (hasCondition(node, 'Ready')) waiting.delete(node.metadata.name);
      return waiting.size === 0;
    },
    { what: `nodes to be ready: ${[...waiting].join(', ')}`, timeoutMs: READY_TIMEOUT_MS },
  );
}

async function addNode(client: AdminClient, spec: NodeSpec): Promise<void> {
  try {
    await client.create(nodes, nodeObject(spec));
  } catch (cause) {
    if (!(cause instanceof KubernetesApiError && cause.reason === 'AlreadyExists')) throw cause;
  }
}

function nodeObject(spec: NodeSpec) {
  const { name, zone, instanceType = 'm6i.xlarge', instanceId, taints = [] } = spec;
  const allocatable = spec.allocatable ?? ALLOCATABLE;
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node.kubernetes.io/instance-type': instanceType,
        'topology.kubernetes.io/zone': zone,
        'topology.kubernetes.io/region': zone.replace(/[a-z]$/u, ''),
        'eks.amazonaws.com/capacityType': 'ON_DEMAND',
        ...spec.labels,
      },
    },
    spec: {
      taints,
      ...(instanceId === undefined ? {} : { providerID: `aws:///${zone}/${instanceId}` }),
    },
    status: {
      allocatable,
      capacity: allocatable,
      addresses: [
        { type: 'InternalIP', address: spec.internalIp },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: 'containerd://2.1.5',
        kernelVersion: '6.12.46-66.121.amzn2023.x86_64',
        kubeProxyVersion: spec.kubeletVersion,
        kubeletVersion: spec.kubeletVersion,
        machineID: '',
        operatingSystem: 'linux',
        osImage: 'Amazon Linux 2023',
        systemUUID: '',
      },
    },
  };
}

/** Nothing new lands on them first, so that a pod deleted here does not come back to another node that goes. */
export async function removeNodes(client: AdminClient, names: readonly string[]): Promise<void> {
  const present = (await client.list(nodes)).items.filter((node) =>
    names.includes(node.metadata.name),
  );
  await Promise.all(
    present.map(({ metadata }) =>
      client.patch(nodes, { name: metadata.name }, { spec: { unschedulable: true } }),
    ),
  );
  await Promise.all(present.map(({ metadata }) => removeNode(client, metadata.name)));
}

async function removeNode(client: AdminClient, name: string): Promise<void> {
  const { items } = await client.list(pods, { fieldSelector: `spec.nodeName=${name}` });
  await Promise.all(items.map(({ metadata }) => client.delete(pods, metadata)));
  await client.delete(nodes, { name });
}
